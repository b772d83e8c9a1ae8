"""Whoever decides of a topic sees by which words the model went, in the queue and beside the article; nobody else does."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from datasette.app import Datasette

from monitor.serve import config_dir
from monitor.site import spoken
from tests.serve.people import sign_in
from tests.serve.test_review import seed_queues

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Datasette]:
    """A site with something in each queue."""
    path = tmp_path_factory.mktemp("spoken") / "x.db"
    seed_queues(path)
    datasette = Datasette(files=[str(path)], config_dir=config_dir())
    await datasette.invoke_startup()
    yield datasette
    datasette.close()


def shown(html: str, way: str) -> list[str]:
    return re.findall(rf'<span class="word {way}">([^<]*)</span>', html)


async def test_the_queue_tells_the_words_for_and_against(site: Datasette) -> None:
    lan = sign_in(site, "staff")
    for query, phrase in (("kind=tags&topic=youth", "“học sinh”"), ("kind=samples", "“trường học”")):
        page = (await lan.get(f"/duyet?{query}")).text
        assert phrase in shown(page, "for") and shown(page, "against"), query
        assert not [word for word in shown(page, "for") + shown(page, "against") if word.startswith("~") or "#" in word]
    assert not shown((await lan.get("/duyet?kind=evidence")).text, "for")


async def test_the_article_tells_them_to_those_who_may_correct(site: Datasette) -> None:
    page = (await sign_in(site, "staff").get("/bai/3")).text
    assert "“học sinh”" in shown(page, "for") and page.count('<details class="words">') == 2
    assert not shown((await site.client.get("/bai/3")).text, "for")


async def test_without_a_model_the_pages_stand_without_the_words(
    site: Datasette, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    damaged = tmp_path / "topics.npz"
    lan = sign_in(site, "staff")
    for content in (None, b"PK"):
        if content:
            damaged.write_bytes(content)
        monkeypatch.setattr(spoken, "model_path", lambda _: damaged)
        for path in ("/bai/3", "/duyet?kind=tags"):
            response = await lan.get(path)
            assert response.status_code == 200 and not shown(response.text, "for"), path
