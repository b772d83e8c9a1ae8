-- Taking an article out, SQLite looks for stories that begin with it: without an index through all of them.
create index stories_first on stories (first_article_id);
