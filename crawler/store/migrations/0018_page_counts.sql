-- How many pages each source has in each state: counting millions of rows whenever somebody looks at the sources takes too long.
create table page_counts (
    source_id text not null references sources (id) on delete cascade,
    state text not null,
    pages integer not null,
    primary key (source_id, state)
) strict, without rowid;
insert into page_counts (source_id, state, pages) select source_id, state, count(*) from pages group by source_id, state;

-- No `on conflict`: whatever statement fires a trigger imposes its own word on conflicts.
create trigger page_counts_insert after insert on pages begin
    insert into page_counts select new.source_id, new.state, 0
    where not exists (select 1 from page_counts where source_id = new.source_id and state = new.state);
    update page_counts set pages = pages + 1 where source_id = new.source_id and state = new.state;
end;
create trigger page_counts_delete after delete on pages begin
    update page_counts set pages = pages - 1 where source_id = old.source_id and state = old.state;
end;
create trigger page_counts_update after update of source_id, state on pages
when old.source_id <> new.source_id or old.state <> new.state begin
    update page_counts set pages = pages - 1 where source_id = old.source_id and state = old.state;
    insert into page_counts select new.source_id, new.state, 0
    where not exists (select 1 from page_counts where source_id = new.source_id and state = new.state);
    update page_counts set pages = pages + 1 where source_id = new.source_id and state = new.state;
end;
