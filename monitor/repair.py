"""What `nq57 doctor` complains of in, repaired as far as it can be out: nothing is thrown away that can still be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from crawler.archive import Origin, cut_torn_tail, iter_origins
from crawler.clock import VIETNAM, now
from crawler.extensions import archive_directory
from crawler.items import Entry, Outcome, Page, PublishedAt, State, Way
from crawler.roster import Roster
from crawler.store import endpoints, health, pages, targets
from crawler.store.accounts import audit
from crawler.store.accounts.db import NoAccounts, accounts_path, reading
from crawler.store.db import open_database
from crawler.store.relate import relate
from crawler.store.roster import sync_roster
from crawler.store.salvage import salvage
from monitor.keep import damage_in, damage_of
from monitor.model import agency_names, model_path
from monitor.process import Plan, process
from monitor.runs import Run, locked

_WAYS: dict[str, Way] = {"feed": "feed", "sitemap": "sitemap", "listing": "listing", "column": "column", "document": "document"}


def set_aside(path: Path) -> Iterator[str]:
    """Put a damaged database out of the way and what can be read of it into a new one; say what was done.

    Another program's database is left alone. Raises CannotRun when a run is at work, BadDatabase when the new one cannot be made.
    """
    with locked(path):
        damage = damage_of(path) if path.is_file() else None
        if damage is None or "something else" in damage:
            return
        aside = path.with_name(f"{path.name}.damaged-{now():%Y%m%dT%H%M%S}")
        for end in ("-wal", "-shm", ""):
            if (file := path.with_name(path.name + end)).exists():
                file.rename(aside.with_name(aside.name + end))
        yield f"{path}: {damage}; put aside as {aside.name}"
        with closing(open_database(path)) as db:
            copied = salvage(aside, db)
            health.read_again(db)
        yield f"{path}: {copied.total()} rows saved, of them {copied['articles']} articles, {copied['corrections']} corrections"


def mend(run: Run, roster: Roster) -> Iterator[str]:
    """Bring database and archive together again, inside a run; say what was done, and leave in `run` what could not be."""
    sync_roster(run.db, roster)
    directory = archive_directory(run.path)
    for file in sorted(directory.glob("*.warc.gz")):
        if cut := cut_torn_tail(file):
            yield f"{file}: cut {cut} bytes behind the last whole record, kept as {file.name}.torn"
    yield from _forget_lost(run, directory)
    entered = _enter_archived(run, directory)
    if entered:
        yield f"{run.path}: {entered} pages entered again from the archive"
    health.settle_contradictions(run.db)
    if search := health.search_damage(run.db):
        health.rebuild_search(run.db)
        yield f"{run.path}: search built again ({search})"
    plan = Plan(directory, model_path(run.path), agency_names(roster))
    run.counts.update(process(run.db, plan, run.id))
    run.attention += [f"{run.path}: {left}" for left in health.contradictions(run.db)]


def bring_back_decisions(run: Run) -> Iterator[str]:
    """What people decided and the damaged database has lost, from the audit log beside it; say how much came back."""
    path = accounts_path(run.path)
    if not path.is_file():
        return
    try:
        with reading(path) as connection:
            told = audit.decisions(connection)
    except NoAccounts as error:
        run.attention.append(f"{error}: decisions that are lost cannot be brought back from the audit log")
        return
    back, lost = relate(run.db, told)
    if back:
        yield f"{run.path}: {back} decisions brought back from the audit log"
    if lost:
        run.attention.append(
            f"{run.path}: {lost} decisions of the audit log cannot be brought back; /quan-tri/nhat-ky tells them"
        )


def _forget_lost(run: Run, directory: Path) -> Iterator[str]:
    """Records that cannot be read: what was never read from them is fetched again, what was stays without its archived page."""
    for file, named in sorted(health.named_records(run.db).items()):
        whole = damage_in(directory / file)[1] if (directory / file).is_file() else set()
        lost = named - whole
        again = sum(health.forget_record(run.db, file, offset) for offset in lost)
        if again:
            yield f"{directory / file}: {again} pages whose records are lost will be fetched again"
        if kept := len(lost) - again:
            run.attention.append(f"{directory / file}: {kept} records are lost; their articles stay, their archived pages do not")


def _enter_archived(run: Run, directory: Path) -> int:
    """Enter every archived page that the ledger does not know, the newest of each; gives how many."""
    known = pages.settled(run.db)
    sources = {source.id for source in targets.sources(run.db)}
    found: dict[str, tuple[str, int, Page, Origin]] = {}
    strangers: Counter[str] = Counter()
    noted: list[Origin] = []
    for file in sorted(directory.glob("*.warc.gz"), key=_run_and_number):
        for offset, page, origin in iter_origins(file, on_note=noted.append):
            if origin is None or origin.way == "endpoint" or origin.url in known:
                continue
            if origin.source_id in sources:
                found[origin.url] = (file.name, offset, page, origin)
            else:
                strangers[origin.source_id] += 1
    for file_name, offset, page, origin in found.values():
        _enter(run, file_name, offset, page, origin)
    for origin in noted:
        if origin.url in found:
            pages.discover(run.db, origin.source_id, [(origin.url, _entry(origin))], found[origin.url][2].fetched_at)
    run.attention += [f"{source}: {n} archived pages of a source that is not in the roster" for source, n in strangers.items()]
    return len(found)


def _enter(run: Run, file: str, offset: int, page: Page, origin: Origin) -> None:
    entry = _entry(origin)
    column = origin.found_on if origin.way == "column" and origin.found_on else None
    if column is not None:
        endpoints.discovered(run.db, origin.source_id, column, "column")
    pages.discover(run.db, origin.source_id, [(origin.url, entry)], page.fetched_at, column=column)
    place = Outcome(origin.url, origin.source_id, State.CANDIDATE, None, "", page.status, None, file, offset, entry.published)
    with run.db.atomic():
        pages.record(run.db, place, page.fetched_at)


def _entry(origin: Origin) -> Entry:
    published = _published(origin.published)
    return Entry(origin.url, _WAYS.get(origin.way, "listing"), origin.found_on, origin.title, published)


def _published(iso: str | None) -> PublishedAt | None:
    try:
        value = datetime.fromisoformat(iso) if iso else None
    except ValueError:
        return None
    if value is None or iso is None:
        return None
    return PublishedAt(value if value.tzinfo else value.replace(tzinfo=VIETNAM), "T" in iso, "feed")


def _run_and_number(file: Path) -> tuple[int, str]:
    """Files in the order in which they were written: `9-00000` before `10-00000`."""
    run, _, _ = file.name.partition("-")
    return (int(run) if run.isdigit() else 0, file.name)
