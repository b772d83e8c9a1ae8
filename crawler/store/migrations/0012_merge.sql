-- Which database this is, so that rows and archive files keep their origin when shards are joined: crawler/store/merge.py.
create table identity (
    uuid text primary key
) strict;
insert into identity (uuid) values (lower(hex(randomblob(6))));

-- Where a joined run comes from: the other database's uuid, a colon, its id there. Null: a run of this database.
alter table runs add column origin text;
create unique index runs_origin on runs (origin) where origin is not null;
