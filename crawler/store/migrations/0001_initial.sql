-- The tables of the contract. Times are ISO 8601 with +07:00, days YYYY-MM-DD in Asia/Ho_Chi_Minh.

-- ── Who we watch ───────────────────────────────────────────────────────────────────────────────
create table agencies (
    id text primary key,
    name_vi text not null,
    name_en text not null,
    kind text not null check (kind in ('ministry', 'ministerial', 'government', 'province', 'party', 'press')),
    city integer not null default 0,        -- 1: a centrally-run city
    valid_from text,                        -- null: always
    valid_to text,                          -- null: still
    successor text references agencies (id) deferrable initially deferred,
    portal text
) strict;

create table sources (
    id text primary key,
    name text not null,
    kind text not null check (kind in ('press', 'portal', 'foreign')),
    key_press integer not null default 0,
    agency_id text references agencies (id),
    home text not null,
    languages text not null default '["vi"]',   -- JSON array of ISO 639-1
    status text not null default 'unknown' check (status in ('ok', 'quiet', 'failing', 'dead', 'blocked', 'unknown')),
    status_reason text,                     -- a reason of `failures`, or null while all is well
    last_success_at text,
    last_new_at text
) strict;

create table endpoints (
    url text not null,
    source_id text not null references sources (id) on delete cascade,
    kind text not null check (kind in ('home', 'feed', 'sitemap', 'listing', 'column')),
    selector text,                          -- CSS selector or URL pattern of a listing's articles
    origin text not null default 'roster' check (origin in ('roster', 'discovered')),
    verified_on text,                       -- null: an unverified endpoint never makes its source failing
    unverified integer not null default 0,  -- 1: the roster says that nobody has seen it work
    etag text,
    last_modified text,
    digest text,
    status text not null default 'unknown' check (status in ('ok', 'quiet', 'failing', 'dead', 'blocked', 'unknown')),
    reason text,                            -- why the last visit failed
    http_status integer,
    title text,
    items integer,                          -- how many entries its last whole answer listed
    warc_file text,                         -- a column's archived page: its evidence
    warc_offset integer,
    checked_at text,
    success_at text,
    next_check_at text,
    failures integer not null default 0,    -- in a row
    primary key (source_id, url)
) strict;

-- ── What was found ─────────────────────────────────────────────────────────────────────────────
-- Every URL ever considered, canonical, with its one state.
create table pages (
    id integer primary key,
    url text not null unique,
    source_id text not null references sources (id),
    state text not null check (state in ('discovered', 'unrelated', 'candidate', 'article', 'document', 'failed', 'refused')),
    reason text,
    http_status integer,
    digest text,
    title text,                             -- as the endpoint that listed it wrote it
    published_on text,                      -- as the endpoint said, or read from a page that was scanned away
    published_hint text,                    -- the endpoint's own date, ISO 8601, for extraction to fall back on
    found_on text,
    way text,
    same_as text,                           -- the canonical URL that this one turned out to be
    first_seen_at text not null,
    fetched_at text,
    tries integer not null default 0,
    warc_file text,
    warc_offset integer
) strict;
-- serves: what is left to fetch, and a source's counts by state
create index pages_source_state on pages (source_id, state);
-- serves: process (candidates), re-process (everything archived)
create index pages_state on pages (state);
-- serves: the denominators of share of voice
create index pages_first_seen on pages (first_seen_at);

-- Which dedicated column or special page listed which URL: what `columns-2025` counts.
create table column_items (
    source_id text not null,
    column_url text not null,
    url text not null,
    seen_at text not null,
    primary key (column_url, url),
    foreign key (source_id, column_url) references endpoints (source_id, url) on delete cascade
) strict;

create table stories (
    id integer primary key,
    first_article_id integer references articles (id) deferrable initially deferred,
    articles integer not null default 0
) strict;

create table articles (
    id integer primary key,
    url text not null unique,
    source_id text not null references sources (id),
    title text not null,
    summary text,
    text text not null,
    author text,
    language text,
    published_at text,                      -- ISO 8601 +07:00, or YYYY-MM-DD where no time is known, or null
    published_on text,                      -- the day of it, or null
    date_source text not null default 'none',
    fetched_at text not null,
    words integer not null,
    relevance integer not null check (relevance in (0, 1, 2)),
    relevance_score real not null,
    story_id integer references stories (id),
    original integer not null default 1,    -- 1: the first of its story
    kind text not null default 'article' check (kind in ('article', 'document')),
    model text not null,
    gone_at text
) strict;
-- serves: newest coverage, weekly curve
create index articles_published on articles (published_on, id);
create index articles_source on articles (source_id, published_on);
create index articles_story on articles (story_id);
create index articles_relevant on articles (relevance, published_on);

-- The passages that made an article relevant, and those that name a body: the evidence of a tag.
create table article_spans (
    article_id integer not null references articles (id) on delete cascade,
    tag text not null,                      -- 'relevance', or 'agency:' and the id
    field text not null check (field in ('title', 'text')),
    start integer not null,                 -- offsets in characters of the NFC form
    "end" integer not null,
    primary key (article_id, tag, field, start)
) strict, without rowid;

create table article_versions (
    article_id integer not null references articles (id) on delete cascade,
    n integer not null,
    digest text not null,
    title text not null,
    text text not null,
    seen_at text not null,
    warc_file text,
    warc_offset integer,
    primary key (article_id, n)
) strict;

-- ── What it says ───────────────────────────────────────────────────────────────────────────────
create table topics (
    id text primary key,
    name_vi text not null,
    name_en text not null,
    facet text not null check (facet in ('subject', 'audience', 'action')),
    position integer not null default 0
) strict;

create table article_topics (
    article_id integer not null references articles (id) on delete cascade,
    topic_id text not null references topics (id),
    score real not null,
    decided_by text not null check (decided_by in ('model', 'rule', 'person')),
    model text,
    primary key (article_id, topic_id)
) strict;
create index article_topics_topic on article_topics (topic_id, article_id);

create table article_agencies (
    article_id integer not null references articles (id) on delete cascade,
    agency_id text not null references agencies (id),
    mentions integer not null,
    in_title integer not null default 0,
    role text not null check (role in ('actor', 'named')),
    decided_by text not null check (decided_by in ('model', 'rule', 'person')),
    primary key (article_id, agency_id)
) strict;
create index article_agencies_agency on article_agencies (agency_id, article_id);

-- Append-only: a person's word outlives every re-run.
create table corrections (
    id integer primary key,
    article_id integer not null references articles (id),
    field text not null,                    -- relevance | topic:ID | agency:ID | published_on | story
    value text,
    actor text not null,
    at text not null,
    note text
) strict;
create index corrections_article on corrections (article_id, id);

-- ── What the programme owes ────────────────────────────────────────────────────────────────────
create table targets (
    id text primary key,
    position integer not null,
    name_vi text not null,
    name_en text not null,
    due_on text not null,
    share real not null,                    -- the share to reach, 0..1
    unit text not null check (unit in ('agency', 'source', 'channel', 'task', 'programme')),
    measured_by text not null check (measured_by in ('crawl', 'figures', 'register')),
    rule text not null
) strict;

create table target_units (
    target_id text not null references targets (id) on delete cascade,
    unit_id text not null,
    primary key (target_id, unit_id)
) strict;

create table evidence (
    id integer primary key,
    target_id text not null references targets (id),
    unit_id text not null,
    url text not null,
    article_id integer references articles (id),
    kind text not null check (kind in ('plan', 'plan-report', 'mention', 'resolution-plan', 'column', 'column-item',
                                       'special-page', 'article', 'figure', 'task-match')),
    state text not null default 'detected' check (state in ('detected', 'confirmed', 'rejected')),
    decided_by text not null default 'rule' check (decided_by in ('model', 'rule', 'person')),
    decided_at text not null,
    published_on text,                      -- evidence counts for a day when it was published on or before it
    passage text,                           -- the words that decided
    document text,                          -- number and date of a plan, as written
    issued_by text,                         -- the body that issued it then, where a predecessor did
    warc_file text,
    warc_offset integer,
    rule text not null,
    note text,
    unique (target_id, unit_id, url, kind)
) strict;
create index evidence_unit on evidence (unit_id, target_id);
create index evidence_article on evidence (article_id);

create table target_verdicts (
    target_id text not null references targets (id) on delete cascade,
    unit_id text not null,
    as_of text not null,
    verdict text not null check (verdict in ('met', 'not_met', 'unknown')),
    reason text not null,
    since text,                             -- first day of the unbroken run of this verdict and reason
    rule text not null,
    last_item_on text,                      -- a column's or page's newest item
    evidence_id integer references evidence (id) on delete set null,
    primary key (target_id, unit_id, as_of)
) strict;
create index target_verdicts_as_of on target_verdicts (as_of, target_id);

create table figures (
    target_id text not null references targets (id),
    unit_id text not null,
    period text not null,
    numerator real not null,
    denominator real not null,
    document text not null,
    primary key (target_id, unit_id, period)
) strict;

create table target_progress (
    target_id text not null references targets (id) on delete cascade,
    as_of text not null,
    met integer not null,
    not_met integer not null,
    unknown integer not null,
    denominator integer not null,
    share real,                             -- met / denominator; null while there is nothing to count
    confirmed integer not null default 0,   -- of the met, those whose evidence a person confirmed
    primary key (target_id, as_of)
) strict;

create table task_groups (
    id text primary key,
    position integer not null,
    name_vi text not null,
    name_en text not null,
    topics text not null                    -- JSON array of topics.id
) strict;

create table duties (
    id text not null,
    agency_id text not null,
    period text not null,
    due_on text not null,
    state text not null check (state in ('waiting', 'done', 'late')),
    primary key (id, agency_id, period)
) strict;

create table tasks (
    id text primary key,
    title text not null,
    agency_id text references agencies (id),
    year_from integer,
    year_to integer,
    secret integer not null default 0
) strict;

create table channels (
    id text primary key,
    name text not null,
    url text,
    kind text not null check (kind in ('tv', 'publication', 'social')),
    audience text,
    status text not null default 'unknown'
) strict;

-- ── Counts ─────────────────────────────────────────────────────────────────────────────────────
-- Rebuilt from the rows at every measure. `dim` is one of all | topic | agency | source | source-kind |
-- language | task-group; `key` the id in it ('' for all). Relevant coverage only (relevance 1 and 2).
create table tallies (
    period text not null check (period in ('day', 'week', 'month')),
    starts_on text not null,
    dim text not null,
    key text not null,
    articles integer not null,
    stories integer not null,
    originals integer not null,
    primary key (dim, key, period, starts_on)
) strict, without rowid;

create table ledger (
    source_id text not null references sources (id) on delete cascade,
    week text not null,                     -- YYYY-Www
    listed integer not null,
    fetched integer not null,
    unrelated integer not null,
    candidate integer not null,
    article integer not null,
    document integer not null,
    failed integer not null,
    refused integer not null,
    primary key (source_id, week)
) strict;

-- ── How it went ────────────────────────────────────────────────────────────────────────────────
create table runs (
    id integer primary key,
    command text not null,
    started_at text not null,
    finished_at text,
    state text not null check (state in ('running', 'ok', 'attention', 'failed', 'interrupted')),
    summary text                            -- JSON
) strict;

create table failures (
    run_id integer not null references runs (id) on delete cascade,
    source_id text,
    url text,
    stage text not null,                    -- roster | discover | fetch | archive | process | measure
    severity text not null check (severity in ('error', 'warning')),
    reason text not null check (reason in ('dns', 'refused', 'timeout', 'http', 'robots', 'too-large', 'too-slow', 'redirect',
        'outside-hosts', 'private-address', 'bad-feed', 'bad-encoding', 'no-text', 'bad-date', 'trap', 'soft-404', 'paywall',
        'needs-script', 'bot-wall', 'rate-limited', 'bad-document', 'empty', 'too-many', 'disk-full', 'worker-lost')),
    detail text,
    at text not null
) strict;
create index failures_run on failures (run_id, source_id);
create index failures_source on failures (source_id, at);
