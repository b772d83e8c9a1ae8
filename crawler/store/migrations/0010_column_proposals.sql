-- Columns that the crawl found by itself, for a person to look at.

-- One row a column proposed. What is clear is visited at once, and counts until a person rejects it; what is not clear waits.
create table column_proposals (
    id integer primary key,
    source_id text not null references sources (id) on delete cascade,
    url text not null,
    state text not null default 'proposed' check (state in ('proposed', 'accepted', 'rejected')),
    clear integer not null,                 -- 1: named as a column; 0: visited only once a person accepts it
    why text not null check (why in ('anchor', 'address', 'title', 'items')),
    anchor text,                            -- the words of the link
    title text,                             -- what the page calls itself
    found_on text not null,                 -- the page that links to it
    found_at text not null,
    seen_at text not null,                  -- when it was last found
    decided_by text,
    decided_at text,
    note text,
    unique (source_id, url)
) strict;
-- serves: the review queue
create index column_proposals_state on column_proposals (state, found_at);

-- When each site's navigation was last walked through for a column.
create table column_searches (
    source_id text primary key references sources (id) on delete cascade,
    searched_at text not null,
    pages integer not null,                 -- how many pages were read
    menu text not null                      -- a digest of the home page's menu then
) strict, without rowid;
