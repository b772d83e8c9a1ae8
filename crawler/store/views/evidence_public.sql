-- The evidence without the words that decided and without reviewers' notes.
create view evidence_public as
select id, target_id, unit_id, url, article_id, kind, state, decided_by, decided_at, published_on, document, issued_by, warc_file,
    warc_offset, rule
from evidence;
