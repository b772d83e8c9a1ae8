-- How far each archive file of others has been read, so that an interrupted backfill goes on where it stopped.
create table backfills (
    file text primary key,                  -- path or URL as it was given
    bytes integer not null,                 -- its size then: a file of another size is read from its beginning
    part_bytes integer not null,
    parts_done integer not null,
    finished_at text
) strict;
