-- What people decided of evidence and columns and have not taken back: the last word on each.
create view decisions_in_force as
select id, about, target_id, unit_id, url, kind, state, actor, at, note from (
    select d.*, row_number() over (partition by about, target_id, unit_id, url, kind order by at desc, id desc) as n
    from decisions d where takes_back is null and not exists (select 1 from decisions t where t.takes_back = d.id))
where n = 1;
