-- Which texts speak of which science task, kept from one measure to the next, so that only what is new is held together.
create table task_matches (
    task_id text not null references tasks (id) on delete cascade,
    article_id integer not null references articles (id) on delete cascade,
    score real not null,                    -- share of the title's syllables in one place of the text
    strong integer not null,                -- 1: beyond doubt; 0: a person has to look
    passage text not null,
    primary key (task_id, article_id)
) strict, without rowid;
create index task_matches_article on task_matches (article_id);

alter table tasks add column matched text;  -- the title that was held against all texts; null: none yet

-- Texts that have not been held against the tasks since they were written or changed.
create table task_todo (
    article_id integer primary key references articles (id) on delete cascade
) strict;
-- Not `insert or ignore`: the statement that fires a trigger, an upsert say, imposes its own word on conflicts.
create trigger task_todo_new after insert on articles
begin
    insert into task_todo select new.id where not exists (select 1 from task_todo where article_id = new.id);
end;
create trigger task_todo_changed after update of title, text on articles when old.title <> new.title or old.text <> new.text
begin
    insert into task_todo select new.id where not exists (select 1 from task_todo where article_id = new.id);
end;
