-- Full text search. Both indexes keep no text of their own: their content is a view over `articles`, and triggers alone
-- keep them right. Folding is pure SQL, so any connection may write: unicode61 takes the marks off, but leaves đ, which is
-- a letter of its own (U+0111, U+0110) and is often mistyped as eth (U+00F0, U+00D0). One character stays one character,
-- so that an offset in the folded text is an offset in the article.

create view doc_fold as
select id,
       replace(replace(replace(replace(title, 'đ', 'd'), 'Đ', 'D'), 'ð', 'd'), 'Ð', 'D') as title,
       replace(replace(replace(replace(coalesce(summary, ''), 'đ', 'd'), 'Đ', 'D'), 'ð', 'd'), 'Ð', 'D') as summary,
       replace(replace(replace(replace(text, 'đ', 'd'), 'Đ', 'D'), 'ð', 'd'), 'Ð', 'D') as text
from articles;

-- Finds whatever the typing: `chuyen doi so` is `chuyển đổi số`.
create virtual table articles_fts using fts5(
    title, summary, text,
    content='doc_fold', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);

create view doc_exact as
select id, title || char(10) || coalesce(summary, '') || char(10) || text as words from articles;

-- The set of syllables as they are spelled: tells `đổi mới` from `đời mới`. detail=none keeps one entry a syllable and
-- article; order and nearness are what articles_fts is asked for.
create virtual table articles_exact using fts5(
    words,
    content='doc_exact', content_rowid='id', tokenize='unicode61 remove_diacritics 0', detail=none, columnsize=0
);

create trigger articles_search_insert after insert on articles begin
    insert into articles_fts (rowid, title, summary, text)
    select id, title, summary, text from doc_fold where id = new.id;
    insert into articles_exact (rowid, words) select id, words from doc_exact where id = new.id;
end;

-- A BEFORE trigger still sees the old row through the views; the index must be told the very words that it holds.
create trigger articles_search_delete before delete on articles begin
    insert into articles_fts (articles_fts, rowid, title, summary, text)
    select 'delete', id, title, summary, text from doc_fold where id = old.id;
    insert into articles_exact (articles_exact, rowid, words)
    select 'delete', id, words from doc_exact where id = old.id;
end;

-- Only a changed text costs anything: new tags and scores leave the index alone.
create trigger articles_search_before_update before update of id, title, summary, text on articles
when old.id is not new.id or old.title is not new.title or old.summary is not new.summary or old.text is not new.text begin
    insert into articles_fts (articles_fts, rowid, title, summary, text)
    select 'delete', id, title, summary, text from doc_fold where id = old.id;
    insert into articles_exact (articles_exact, rowid, words)
    select 'delete', id, words from doc_exact where id = old.id;
end;
create trigger articles_search_after_update after update of id, title, summary, text on articles
when old.id is not new.id or old.title is not new.title or old.summary is not new.summary or old.text is not new.text begin
    insert into articles_fts (rowid, title, summary, text)
    select id, title, summary, text from doc_fold where id = new.id;
    insert into articles_exact (rowid, words) select id, words from doc_exact where id = new.id;
end;

-- Articles that an older database already holds.
insert into articles_fts (articles_fts) values ('rebuild');
insert into articles_exact (articles_exact) values ('rebuild');
