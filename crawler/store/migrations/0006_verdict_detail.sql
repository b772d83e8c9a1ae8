-- How much stands behind a verdict on figures or a register: `51/56` (units that reported of those that owe), a share, a score.
alter table target_verdicts add column detail text;
