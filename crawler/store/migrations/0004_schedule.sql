-- What an endpoint's next visit is decided from: crawler/schedule.py.
alter table endpoints add column interval_s integer;      -- seconds between two visits while it answers; null: it never did
alter table endpoints add column new_items integer;       -- of the entries last listed, those that had never been seen
alter table endpoints add column changed_at text;         -- the last visit that brought something new
alter table endpoints add column failing_since text;      -- the first of the failures in a row; null while it answers
