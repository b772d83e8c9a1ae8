-- ── What results are counted with ──────────────────────────────────────────────────────────────
-- Every article that came, went, or whose words, place or tags changed, in the order of the changes: whoever counts with sets of
-- articles in memory reads here which to look at again. Marks that the sets below have taken in are deleted.
create table article_marks (
    seq integer primary key autoincrement,      -- the last one of each article alone is kept
    article_id integer not null unique,
    token integer not null default (random())   -- tells this history from another database's of the same length
) strict;
-- The history of each database begins with a mark of its own; article 0 is none.
insert into article_marks (article_id) values (0);

-- The sets as they were at one mark: which articles have a topic, name a body, are of an outlet, a language, a day, a week.
create table article_sets (
    family text not null,
    value text not null,                        -- an id, a language, a day; '' where an article has none
    members blob not null,                      -- article ids as a Roaring bitmap; of family `copies`: 64-bit story ids
    primary key (family, value)
) strict;
create table article_sets_mark (
    seq integer not null,
    token integer not null
) strict;

-- Not `insert or replace`: whatever statement fires a trigger, `insert or ignore` say, imposes its own word on conflicts.
create trigger article_marks_insert after insert on articles begin
    delete from article_marks where article_id = new.id;
    insert into article_marks (article_id) values (new.id);
end;
create trigger article_marks_update
after update of id, source_id, title, summary, text, language, published_on, relevance, story_id, original on articles
when old.id is not new.id or old.source_id is not new.source_id or old.title is not new.title
    or old.summary is not new.summary or old.text is not new.text or old.language is not new.language
    or old.published_on is not new.published_on or old.relevance is not new.relevance
    or old.story_id is not new.story_id or old.original is not new.original
begin
    delete from article_marks where article_id in (old.id, new.id);
    insert into article_marks (article_id) select old.id union select new.id;
end;
create trigger article_marks_delete after delete on articles begin
    delete from article_marks where article_id = old.id;
    insert into article_marks (article_id) values (old.id);
end;
create trigger article_topics_marks_insert after insert on article_topics begin
    delete from article_marks where article_id = new.article_id;
    insert into article_marks (article_id) values (new.article_id);
end;
create trigger article_topics_marks_update
after update of article_id, topic_id on article_topics
when old.article_id is not new.article_id or old.topic_id is not new.topic_id
begin
    delete from article_marks where article_id in (old.article_id, new.article_id);
    insert into article_marks (article_id) select old.article_id union select new.article_id;
end;
create trigger article_topics_marks_delete after delete on article_topics begin
    delete from article_marks where article_id = old.article_id;
    insert into article_marks (article_id) values (old.article_id);
end;
create trigger article_agencies_marks_insert after insert on article_agencies begin
    delete from article_marks where article_id = new.article_id;
    insert into article_marks (article_id) values (new.article_id);
end;
create trigger article_agencies_marks_update
after update of article_id, agency_id on article_agencies
when old.article_id is not new.article_id or old.agency_id is not new.agency_id
begin
    delete from article_marks where article_id in (old.article_id, new.article_id);
    insert into article_marks (article_id) select old.article_id union select new.article_id;
end;
create trigger article_agencies_marks_delete after delete on article_agencies begin
    delete from article_marks where article_id = old.article_id;
    insert into article_marks (article_id) values (old.article_id);
end;
