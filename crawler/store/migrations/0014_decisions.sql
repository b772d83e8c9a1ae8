-- What people decide, kept so that it outlives re-reading, measuring, joining and repair, and can be taken back.

-- Taking a correction back is a row too: nothing is ever deleted. The view corrections_in_force leaves both out.
alter table corrections add column takes_back integer references corrections (id);
-- The article's address: its row can be lost and made again from the archive, its corrections cannot.
alter table corrections add column url text;
update corrections set url = (select url from articles where articles.id = corrections.article_id);
-- serves: corrections in force
create index corrections_takes_back on corrections (takes_back) where takes_back is not null;
-- serves: decisions by day
create index corrections_at on corrections (at);

-- What the machine says of each field on which a person's word stands: it comes back when the word is taken back.
create table machine_tags (
    article_id integer not null references articles (id) on delete cascade,
    field text not null,                    -- as in corrections
    value text not null,                    -- JSON: what stood in the field's columns
    primary key (article_id, field)
) strict, without rowid;

-- Who confirmed or rejected a piece of evidence; null while only a rule speaks for it.
alter table evidence add column actor text;

-- Append-only, like corrections: what people decided of evidence and of proposed columns. Rows are known by what they are
-- about, not by ids: evidence is found again by every measure, and in every joined database under another id.
create table decisions (
    id integer primary key,
    about text not null check (about in ('evidence', 'column')),
    target_id text not null default '',     -- evidence alone
    unit_id text not null,                  -- the evidence's unit; the column's source
    url text not null,
    kind text not null default '',          -- evidence alone
    state text not null check (state in ('confirmed', 'rejected', 'accepted', 'detected', 'proposed')),
    actor text not null,
    at text not null,
    note text,
    takes_back integer references decisions (id)
) strict;
-- serves: the last word on a piece of evidence
create index decisions_subject on decisions (about, target_id, unit_id, url, kind);
-- serves: decisions by day
create index decisions_at on decisions (at);
create index decisions_takes_back on decisions (takes_back) where takes_back is not null;
