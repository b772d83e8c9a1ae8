-- What the last visit to a channel's own address was like, where no source of the roster has that address.
alter table channels add column checked_at text;
alter table channels add column reason text;        -- why it could not be read
alter table channels add column http_status integer;
alter table channels add column title text;         -- what the page or feed calls itself
alter table channels add column items integer;      -- entries that it listed
alter table channels add column last_item_on text;  -- the day of the newest of them that bears a date
