-- Who may sign in, who is signed in, and who changed what. A database of its own: no page, export or query of the site
-- reads from it, and copies of the data carry no password. Times are ISO 8601 with +07:00.

create table accounts (
    id integer primary key,
    username text not null unique check (username = lower(username)),
    name text not null,                 -- as pages show it
    role text not null check (role in ('staff', 'analyst', 'admin')),
    password text,                      -- argon2id; null until the one-time link was used
    locked_at text,                     -- null while the account may be used
    created_at text not null,
    signed_in_at text
);

-- One row for each browser that is signed in; taking the row away signs it out at once.
create table sessions (
    id integer primary key,
    token blob not null unique,         -- SHA-256 of what the cookie holds: a stolen copy opens nothing
    account_id integer not null references accounts (id) on delete cascade,
    started_at text not null,
    seen_at text not null,              -- to the minute
    expires_at text not null,
    address text not null,
    agent text not null                 -- the browser as it names itself
);
create index sessions_account on sessions (account_id);

-- Links with which a person sets their password, once.
create table links (
    id integer primary key,
    code blob not null unique,          -- SHA-256
    account_id integer references accounts (id) on delete cascade,  -- null: whoever uses it becomes the first administrator
    made_at text not null,
    expires_at text not null
);

-- Attempts to sign in, kept while they count.
create table attempts (
    id integer primary key,
    at integer not null,                -- seconds since 1970
    name blob not null,                 -- a keyed digest of the name as typed: people type passwords there by mistake
    address text not null,
    failed integer not null             -- 1 from the start, so that guesses made at once all count
);
create index attempts_name on attempts (name, at);
create index attempts_address on attempts (address, at);
create index attempts_at on attempts (at);

-- Every write that a person caused, for ever.
create table audit (
    id integer primary key,
    at text not null,
    actor text not null,                -- the username, or `nq57` for the command line
    deed text not null,                 -- account.created, article.corrected, ...
    subject text not null,              -- what it was done to
    detail text not null,               -- a JSON object
    address text not null
);
create index audit_actor on audit (actor, id);
create index audit_at on audit (at);
create trigger audit_stays_as_written before update on audit begin select raise(abort, 'the audit log is only added to'); end;
create trigger audit_stays before delete on audit begin select raise(abort, 'the audit log is only added to'); end;
