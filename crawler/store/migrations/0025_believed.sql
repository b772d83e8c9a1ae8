-- When an endpoint's 304 is believed: crawler/schedule.py.
alter table endpoints add column whole_at text;                       -- its last answer with a body
alter table endpoints add column lies integer not null default 0;     -- 1 once it named one ETag or Last-Modified for two bodies
