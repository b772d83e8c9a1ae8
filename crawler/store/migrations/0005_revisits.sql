-- A crash may come between two pages of a listing: those behind the first are then asked again.
alter table endpoints add column unfinished integer not null default 0;     -- 1 while its later pages are still to be asked

-- An article is fetched again while it is young enough to be edited: crawler/store/revisits.py.
alter table pages add column etag text;
alter table pages add column last_modified text;
alter table pages add column next_fetch_at text;            -- null: never again
alter table pages add column revisits integer not null default 0;
-- serves: the revisits that are due
create index pages_next_fetch on pages (source_id, next_fetch_at) where next_fetch_at is not null;
