-- Titles have an index of their own: what is said in a title comes first, and to find those in the index of all words takes as
-- long as to find the articles. The index of spelling has the columns of the folded one, so that a phrase lies in one of them
-- in both, and whoever types marks needs to be answered from it alone.
drop trigger articles_search_insert;
drop trigger articles_search_delete;
drop trigger articles_search_before_update;
drop trigger articles_search_after_update;
drop table articles_exact;
drop view doc_exact;

create virtual table articles_exact using fts5(
    title, summary, text,
    content='articles', content_rowid='id', tokenize='unicode61 remove_diacritics 0', columnsize=0
);
create virtual table articles_titles using fts5(
    title,
    content='doc_fold', content_rowid='id', tokenize='unicode61 remove_diacritics 2', columnsize=0
);

create trigger articles_search_insert after insert on articles begin
    insert into articles_fts (rowid, title, summary, text)
    select id, title, summary, text from doc_fold where id = new.id;
    insert into articles_titles (rowid, title) select id, title from doc_fold where id = new.id;
    insert into articles_exact (rowid, title, summary, text) values (new.id, new.title, new.summary, new.text);
end;

-- A BEFORE trigger still sees the old row through the view; the index must be told the very words that it holds.
create trigger articles_search_delete before delete on articles begin
    insert into articles_fts (articles_fts, rowid, title, summary, text)
    select 'delete', id, title, summary, text from doc_fold where id = old.id;
    insert into articles_titles (articles_titles, rowid, title)
    select 'delete', id, title from doc_fold where id = old.id;
    insert into articles_exact (articles_exact, rowid, title, summary, text)
    values ('delete', old.id, old.title, old.summary, old.text);
end;

-- Only a changed text costs anything: new tags and scores leave the indexes alone.
create trigger articles_search_before_update before update of id, title, summary, text on articles
when old.id is not new.id or old.title is not new.title or old.summary is not new.summary or old.text is not new.text begin
    insert into articles_fts (articles_fts, rowid, title, summary, text)
    select 'delete', id, title, summary, text from doc_fold where id = old.id;
    insert into articles_titles (articles_titles, rowid, title)
    select 'delete', id, title from doc_fold where id = old.id;
    insert into articles_exact (articles_exact, rowid, title, summary, text)
    values ('delete', old.id, old.title, old.summary, old.text);
end;
create trigger articles_search_after_update after update of id, title, summary, text on articles
when old.id is not new.id or old.title is not new.title or old.summary is not new.summary or old.text is not new.text begin
    insert into articles_fts (rowid, title, summary, text)
    select id, title, summary, text from doc_fold where id = new.id;
    insert into articles_titles (rowid, title) select id, title from doc_fold where id = new.id;
    insert into articles_exact (rowid, title, summary, text) values (new.id, new.title, new.summary, new.text);
end;

-- Articles that an older database already holds.
insert into articles_titles (articles_titles) values ('rebuild');
insert into articles_exact (articles_exact) values ('rebuild');
