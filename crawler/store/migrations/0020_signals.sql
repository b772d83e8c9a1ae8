-- What is out of the ordinary in the counts, each against the thing's own past: monitor/signals.py says how it is told.
create table signals (
    kind text not null check (kind in ('spike', 'silence', 'no-coverage', 'first-coverage')),
    dim text not null check (dim in ('agency', 'source', 'topic')),
    key text not null,
    first_on text not null,                 -- the days that it speaks of: a week, 30 days, or one day
    last_on text not null,
    value integer not null,                 -- relevant articles in these days
    expected real,                          -- a week's articles by the thing's own past; null where no past is asked
    since text,                             -- the first day of that past; of a silence, the Monday on which it began
    rule text not null,
    primary key (dim, key, kind, last_on)
) strict, without rowid;
-- serves: the newest of all, and those of a period
create index signals_last_on on signals (last_on, kind);
