-- Days whose articles, or what is said of them, have changed since they were counted: only these are counted again.
create table tally_days (
    day text primary key
) strict, without rowid;

-- What the counts rest on beside the articles (kinds of sources, successors, task groups); a change makes all of them anew.
create table tally_basis (
    digest text not null
) strict;

-- Not `insert or ignore`: the statement that fires a trigger, an upsert say, imposes its own word on conflicts.
create trigger tally_days_article_new after insert on articles when new.relevance > 0 and new.published_on is not null
begin
    insert into tally_days select new.published_on
    where not exists (select 1 from tally_days where day = new.published_on);
end;
create trigger tally_days_article_gone after delete on articles when old.relevance > 0 and old.published_on is not null
begin
    insert into tally_days select old.published_on
    where not exists (select 1 from tally_days where day = old.published_on);
end;
create trigger tally_days_article_changed
after update of published_on, relevance, story_id, original, language, source_id on articles
when old.published_on is not new.published_on or (old.relevance > 0) <> (new.relevance > 0) or old.story_id is not new.story_id
    or old.original <> new.original or old.language is not new.language or old.source_id <> new.source_id
begin
    insert into tally_days select old.published_on
    where old.published_on is not null and not exists (select 1 from tally_days where day = old.published_on);
    insert into tally_days select new.published_on
    where new.published_on is not null and not exists (select 1 from tally_days where day = new.published_on);
end;
create trigger tally_days_topic_new after insert on article_topics
begin
    insert into tally_days select published_on from articles where id = new.article_id and published_on is not null
        and not exists (select 1 from tally_days where day = published_on);
end;
create trigger tally_days_topic_gone after delete on article_topics
begin
    insert into tally_days select published_on from articles where id = old.article_id and published_on is not null
        and not exists (select 1 from tally_days where day = published_on);
end;
create trigger tally_days_agency_new after insert on article_agencies
begin
    insert into tally_days select published_on from articles where id = new.article_id and published_on is not null
        and not exists (select 1 from tally_days where day = published_on);
end;
create trigger tally_days_agency_gone after delete on article_agencies
begin
    insert into tally_days select published_on from articles where id = old.article_id and published_on is not null
        and not exists (select 1 from tally_days where day = published_on);
end;

-- Everything that a source published, by the Monday of its week: what a share of everything published is a share of.
create table outputs (
    source_id text not null references sources (id) on delete cascade,
    starts_on text not null,
    published integer not null,
    primary key (source_id, starts_on)
) strict, without rowid;
create index outputs_starts_on on outputs (starts_on);
