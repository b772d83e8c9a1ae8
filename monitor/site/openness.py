"""A table's name in, whether it is open without the right to read texts, out; what is not named here is closed."""

from __future__ import annotations

WITHOUT_TEXT = (
    "articles_public", "topics", "article_topics", "agencies", "article_agencies", "stories", "article_scores", "samples",
    "sample_strata", "sample_articles", "sources", "endpoints", "pages", "column_items", "column_searches", "targets",
    "target_units", "evidence_public", "target_verdicts", "target_progress", "figures", "task_groups", "duties", "duty_words",
    "tasks", "channels", "tallies", "ledger", "runs", "identity", "backfills", "failures", "signals", "article_marks",
    "article_sets", "article_sets_mark", "task_todo", "tally_days", "tally_basis", "outputs", "page_counts",
)  # fmt: skip
"""Tables and views in which no sentence of an article stands."""
WITH_TEXT = (
    "articles", "article_spans", "article_versions", "article_signatures", "corrections", "machine_tags", "decisions",
    "column_proposals", "evidence", "report_months", "task_matches",
)  # fmt: skip
"""Tables with texts, passages of them, what tells of them, or people's notes; a test holds the two lists whole."""
