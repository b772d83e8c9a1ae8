-- ── What was reported ──────────────────────────────────────────────────────────────────────────
-- A monthly report as it was when it was first made: asked for again it is read from here, whatever has changed since.
create table report_months (
    month text primary key,                 -- YYYY-MM; the report is due on the 20th of it
    first_on text not null,                 -- the period: from the 20th of the month before
    last_on text not null,                  -- to the 19th
    frozen_at text not null,
    digest text not null,                   -- SHA-256 of `content`
    content text not null                   -- everything that the report says, as canonical JSON
) strict;
