"""Feeds: the pages of topics, bodies, sources, groups and weeks name one that a feed reader reads whole."""

import sqlite3
from pathlib import Path
from typing import Any

import feedparser
import lxml.html
import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")
COUNTED = {
    "/chu-de/digital-transformation": """select count(*) from articles a join article_topics t on t.article_id = a.id
        where a.relevance > 0 and t.topic_id = 'digital-transformation'""",
    "/co-quan/bo-khcn": """select count(*) from articles a join article_agencies g on g.article_id = a.id
        where a.relevance > 0 and g.agency_id = 'bo-khcn'""",
    "/bao/song-viet": "select count(*) from articles where relevance > 0 and source_id = 'song-viet'",
    "/bao/evil": "select count(*) from articles where relevance > 0 and source_id = 'evil'",
    "/nhom/education": """select count(distinct a.id) from articles a join article_topics t on t.article_id = a.id
        join task_groups g on g.id = 'education' join json_each(g.topics) j on j.value = t.topic_id where a.relevance > 0""",
    "/tuan/2026-W43": """select count(*) from articles where relevance > 0
        and published_on between '2026-10-19' and '2026-10-25'""",
}


@pytest.mark.parametrize("page", COUNTED)
async def test_a_page_names_its_feed_and_the_feed_has_its_articles(client: Any, database: Path, page: str) -> None:
    head = lxml.html.fromstring((await client.get(page)).text)
    named = [link.get("href") for link in head.xpath("//link[@rel='alternate'][@type='application/atom+xml']")]
    assert len(named) == 2 and set(head.xpath("//a[@type='application/atom+xml']/@href")) == {named[1]}
    answer = await client.get(named[1])
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo and feed.version == "atom10" and feed.feed.title and feed.feed.updated_parsed
    wanted = sqlite3.connect(database).execute(COUNTED[page]).fetchone()[0]
    assert wanted and len(feed.entries) == wanted == len({entry.id for entry in feed.entries})
    for entry in feed.entries:
        assert entry.title is not None and entry.updated_parsed and "/bai/" in entry.link
