-- What people are asked to check, and what is learnt from their checks about the counts.

-- How sure the topic model is of every topic of every relevant article, the topics that it did not give included: made again
-- from the text whenever it is missing.
create table article_scores (
    article_id integer not null references articles (id) on delete cascade,
    topic_id text not null references topics (id),
    score real not null,                    -- the probability of the topic
    given integer not null,                 -- 1: it reaches the topic's threshold, whatever people said afterwards
    doubt real not null,                    -- 1 at the threshold, 0 where the model is certain
    model text not null,
    primary key (article_id, topic_id)
) strict, without rowid;
-- serves: the texts worth a person's minute
create index article_scores_doubt on article_scores (article_id) where doubt >= 0.5;
-- serves: the strata of a sample
create index article_scores_topic on article_scores (topic_id, given, score);
create trigger article_scores_outdated after update of title, text, model on articles
when old.title <> new.title or old.text <> new.text or old.model <> new.model
begin
    delete from article_scores where article_id = new.id;
end;

-- A random sample of the relevant articles, drawn to learn how often one topic is given wrongly or missed.
create table samples (
    id integer primary key,
    topic_id text not null references topics (id),
    model text not null,                    -- the sample speaks for this model's decisions alone
    seed integer not null,
    size integer not null,
    drawn_at text not null
) strict;
create index samples_topic on samples (topic_id, id);

-- The parts of the articles that were sampled apart: those given the topic or not, with a score from low up to high.
create table sample_strata (
    sample_id integer not null references samples (id) on delete cascade,
    stratum integer not null,
    given integer not null,
    low real not null,                      -- included
    high real not null,                     -- not included
    population integer not null,            -- articles in it when the sample was drawn
    primary key (sample_id, stratum)
) strict, without rowid;

-- The articles drawn, in the order in which they are to be checked; what people said of them stands in corrections.
create table sample_articles (
    sample_id integer not null references samples (id) on delete cascade,
    position integer not null,              -- random, so that a sample checked in part is a random one too
    article_id integer not null references articles (id) on delete cascade,
    stratum integer not null,
    primary key (sample_id, position)
) strict, without rowid;
create index sample_articles_article on sample_articles (article_id);
