"""A count stands with its error where a checked sample says how large that is, and without one where nothing is known."""

from __future__ import annotations

import shutil
from pathlib import Path

from datasette.app import Datasette

from classifier.suggest import PACKAGED_MODEL
from classifier.taxonomy import load_taxonomy
from crawler.store import articles
from crawler.store.db import open_database
from monitor.sample import draw
from monitor.serve import config_dir
from tests.serve.figures import as_read

TOPIC = "science-technology"


async def test_a_checked_sample_puts_its_error_beside_the_count(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "nq57.db"
    shutil.copy(database, copy)
    await _expect(copy, "")
    db = open_database(copy)
    articles.sync_topics(db, [(t.id, t.name_vi, t.name_en, t.facet) for t in load_taxonomy()])
    drawn = draw(db, TOPIC, 1000, 57, PACKAGED_MODEL)
    await _expect(copy, "")
    with db.atomic():
        db.execute(
            """insert into corrections (article_id, field, value, actor, at)
               select article_id, ?, article_id % 2, 'lan', '2099-01-01' from sample_articles""",
            [f"topic:{TOPIC}"],
        )
        half = db.execute("select sum(article_id % 2) from sample_articles").fetchone()[0]
    db.close()
    assert drawn.size == drawn.population
    await _expect(copy, f"Thực có khoảng {half} ± 0 bài (khoảng tin cậy 95 %)")


async def _expect(database: Path, sentence: str) -> None:
    """The sentence, or no error at all, on the topic's page and in a search for it; nothing in any other search."""
    site = Datasette(files=[str(database)], config_dir=config_dir())
    await site.invoke_startup()
    for page in (f"/chu-de/{TOPIC}", f"/tim?topic={TOPIC}"):
        shown = as_read((await site.client.get(page)).text)
        assert sentence in shown if sentence else "±" not in shown
    assert "±" not in (await site.client.get("/tim?q=doanh+nghiep")).text
    site.close()
