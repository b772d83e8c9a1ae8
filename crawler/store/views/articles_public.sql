-- The articles without their texts: for readers to whom the settings do not open the texts.
create view articles_public as
select id, url, source_id, title, author, language, published_at, published_on, date_source, fetched_at, words, relevance,
    relevance_score, story_id, original, kind, model, gone_at
from articles;
