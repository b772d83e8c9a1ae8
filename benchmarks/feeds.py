"""Reading feeds beside feedparser and fastfeedparser: items a second, and how many odd feeds each reads without a mistake."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from benchmarks.odd_feeds import URL, Odd, odd_feeds
from benchmarks.pages import texts_of_items
from benchmarks.peer import files, peers, turns_of
from benchmarks.turns import Result, cpu_of, in_turns
from crawler.discover.feeds import read_feed
from crawler.items import Unreadable

READERS = ("feedparser", "fastfeedparser")
ITEMS = 200
FEEDS = 5


def right(items: Sequence[Sequence[str | None]], odd: Odd) -> bool:
    """Are all items there, in order, each with its title, its address and its instant (None where the feed gives none)?"""
    found = [(" ".join((title or "").split()), (link or "").strip(), _instant(when)) for title, link, when in items]
    return found == [(item.title, item.link, _instant(item.when)) for item in odd.items]


def ours(body: bytes, url: str) -> list[tuple[str, str, str | None]]:
    """What the crawl takes from a feed."""
    try:
        entries = read_feed(body, url).entries
    except Unreadable:
        return []
    return [(e.title or "", e.url, e.published.value.isoformat() if e.published else None) for e in entries]


def _instant(when: str | None) -> datetime | None:
    if not when:
        return None
    value = datetime.fromisoformat(when)
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def run() -> Iterator[Result]:
    """The odd feeds first, then the time for ordinary ones."""
    odd = odd_feeds()
    plain = [_ordinary(n) for n in range(FEEDS)]
    with files([o.body for o in odd] + plain, ".xml") as paths, peers(READERS, "feeds") as (found, absent):
        questions = [[path, URL] for path in paths]
        answers = {name: peer.ask(feeds=questions[: len(odd)])[0] for name, peer in found.items()}
        answers["nq57"] = [ours(o.body, URL) for o in odd]
        correct = {name: sum(map(right, read, odd)) for name, read in answers.items()}
        ways = turns_of(found, feeds=questions[len(odd) :])
        least = in_turns({"nq57": lambda: cpu_of(lambda: [ours(body, URL) for body in plain]), **ways}, 5)
    wrong = ", ".join(o.what for o, read in zip(odd, answers["nq57"], strict=True) if not right(read, o))
    others = max((n for name, n in correct.items() if name != "nq57"), default=0)
    told = "; ".join([f"the best of the others {others}", *([f"not right: {wrong}"] if wrong else []), *absent])
    yield Result(
        "feeds",
        "odd feeds read without a mistake",
        correct["nq57"],
        f"of {len(odd)}",
        len(odd),
        True,
        told,
        "feeds",
        _by(correct),
    )
    rates = {name: FEEDS * ITEMS / seconds for name, seconds in least.items()}
    if "feedparser" in rates:
        ratio = rates["nq57"] / rates["feedparser"]
        told = "; ".join([f"{FEEDS} feeds of {ITEMS} items", *absent])
        yield Result("feeds", "items a second / feedparser's", ratio, "times", 1, True, told, "items a second", _by(rates))


def _by(figures: dict[str, float] | dict[str, int]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(((name, float(value)) for name, value in figures.items()), key=lambda pair: -pair[1]))


def _ordinary(seed: int) -> bytes:
    """As the large outlets write them: a picture and a sentence in CDATA, the day in RFC 822."""
    texts = texts_of_items()
    rows = []
    for n in range(ITEMS):
        title, paragraphs = texts[(seed * ITEMS + n) % len(texts)]
        link = f"https://bao.demo/tin-{seed}-{n}-4{n:06d}.html"
        picture = f'<a href="{link}"><img src="https://i.bao.demo/{n}.jpg"></a></br>'
        rows.append(
            f"<item><title><![CDATA[{title}]]></title><description><![CDATA[{picture}{paragraphs[0]}]]></description>"
            f"<pubDate>Mon, {1 + n % 28:02d} Sep 2025 {n % 24:02d}:15:00 +0700</pubDate><link>{link}</link>"
            f"<guid>{link}</guid><slash:comments>{n}</slash:comments></item>"
        )
    head = '<rss version="2.0" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel><title>Báo</title>'
    return f'<?xml version="1.0" encoding="utf-8"?>{head}<link>https://bao.demo/</link>{"".join(rows)}</channel></rss>'.encode()
