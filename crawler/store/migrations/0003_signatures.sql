-- What a text is recognised by when it is reprinted: made once when the article is read, so that stories need no text again.
create table article_signatures (
    article_id integer primary key references articles (id) on delete cascade,
    signature blob not null
) strict;
