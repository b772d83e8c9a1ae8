-- The index of exact spelling keeps the order of words: `bán dẫn` is then told from a text in which `bạn đàn` stands in one place
-- and `bán` and `dẫn` in two others. The triggers of 0002_search.sql hold for it unchanged.
drop table articles_exact;
create virtual table articles_exact using fts5(
    words,
    content='doc_exact', content_rowid='id', tokenize='unicode61 remove_diacritics 0', columnsize=0
);
insert into articles_exact (articles_exact) values ('rebuild');
