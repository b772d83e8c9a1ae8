-- The review queue looks at tags in doubt among a million articles: without reading through their texts.
-- serves: articles whose relevance is in doubt
create index articles_unsure on articles (relevance_score) where relevance_score between 0.25 and 0.75;
-- serves: which article speaks for its story, and what a story weighs
create index articles_place on articles
    (id, story_id, original, relevance, published_at, published_on, fetched_at, source_id);
