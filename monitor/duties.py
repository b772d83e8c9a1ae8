"""The duties of the programme, what people said of them and what the crawl saw in; a row for each that is or will be due out.

A crawl sees hardly any of them. So a duty waits until somebody says what became of it (`nq57 import duties`), also past its
day: that nobody told us is no sign that it was not done. Only a special page of the key press is there to be seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlite_utils import Database

from crawler.roster import Duty, Roster
from crawler.store import duties as store

BEGUN = date(2025, 7, 1)
"""The programme was signed on 16 June 2025; what is due every month is due from July on."""
ONCE = "once"
_BY_PAGE = "press-programme-2025"


def settle_duties(db: Database, roster: Roster, as_of: date) -> None:
    """Write every duty from the programme's beginning to the one that is due next after the day."""
    words, pages, key = store.latest_words(db), store.special_pages(db, as_of.isoformat()), store.key_press(db)
    found = [
        _settled(duty, unit, period, due_on, words.get((duty.id, unit, period)), pages.get(unit), as_of)
        for duty in roster.programme.duties
        for period, due_on in due_days(duty, as_of)
        for unit in owed_by(duty, roster, key, due_on)
    ]
    store.replace(db, found)


def due_days(duty: Duty, as_of: date) -> Iterator[tuple[str, date]]:
    """The periods of a duty and their days, the last one after `as_of`."""
    if duty.every == "once":
        if duty.due_on is not None:
            yield ONCE, duty.due_on
        return
    year, month = BEGUN.year, BEGUN.month if duty.every == "month" else duty.due_month or 12
    while True:
        due_on = date(year, month, duty.due_day or 1)
        yield (f"{year}-{month:02}" if duty.every == "month" else str(year)), due_on
        if due_on > as_of:
            return
        if duty.every == "month":
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        else:
            year += 1


def owed_by(duty: Duty, roster: Roster, key_press: list[str], due_on: date) -> list[str]:
    """Who owes it on its day: the bodies that are counted then, the key press, or the bodies that it names."""
    found: dict[str, None] = {}
    for who in duty.by:
        if who == "bodies":
            found |= dict.fromkeys(body.id for body in roster.bodies_on(due_on))
        else:
            found |= dict.fromkeys(key_press if who == "key-press" else [who])
    return list(found)


def _settled(
    duty: Duty, unit: str, period: str, due_on: date, word: store.Word | None, page: str | None, as_of: date
) -> store.Duty:
    day = due_on.isoformat()
    if word is not None:
        return store.Duty(duty.id, unit, period, day, word.state, "word", word.done_on, word.document)
    if duty.id == _BY_PAGE and page == "seen":
        return store.Duty(duty.id, unit, period, day, "done", "special-page")
    if duty.id == _BY_PAGE and page == "no-page" and as_of > due_on:
        return store.Duty(duty.id, unit, period, day, "late", "no-page")
    return store.Duty(duty.id, unit, period, day, "waiting", "no-word")
