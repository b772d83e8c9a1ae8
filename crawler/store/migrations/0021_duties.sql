-- Why a duty stands as it does: `word` (somebody said so), `special-page` or `no-page` (the crawl saw it), `no-word` (nobody has).
alter table duties add column reason text not null default 'no-word';
alter table duties add column done_on text;         -- the day on which it was done, where that is known
alter table duties add column document text;        -- what says so

-- What people said of duties (`nq57 import duties`). Append-only: the newest word on a duty counts.
create table duty_words (
    id integer primary key,
    duty_id text not null,
    unit_id text not null,                  -- agencies.id, or sources.id of a key newspaper
    period text not null,                   -- YYYY, YYYY-MM, or `once`
    state text not null check (state in ('waiting', 'done', 'late')),
    done_on text,
    document text not null,
    at text not null
) strict;
create index duty_words_duty on duty_words (duty_id, unit_id, period, id);
