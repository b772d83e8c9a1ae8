-- What people said of articles and have not taken back; of several words on one field the last one counts.
create view corrections_in_force as
select id, article_id, field, value, actor, at, note from corrections c
where takes_back is null and not exists (select 1 from corrections t where t.takes_back = c.id);
