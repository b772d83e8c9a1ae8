"""Another database of ours in, its rows joined to this one; joining it again changes nothing.

What both know is taken from whoever saw it last. What is counted or decided from the rows (stories, tallies, ledger, verdicts)
is not joined but made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from crawler.store import corrections, decisions

_LISTS = ("topics", "targets", "target_units", "task_groups", "figures", "tasks", "channels")
"""Tables of which rows that are missing here are taken as they are."""
_HERE = "(select ours from temp.file_names where theirs = o.warc_file)"
_TAGS = ("article_topics", "article_agencies", "article_spans", "article_signatures", "machine_tags")


class Foreign(Exception):
    """The other database cannot be joined; the message says why."""


@contextmanager
def attached(db: Database, other: Path) -> Iterator[str]:
    """Attach the database at `other` for reading, as `other`; gives its uuid. Raises Foreign when it is this very database."""
    db.execute("attach database ? as other", [f"{other.resolve().as_uri()}?mode=ro"])
    try:
        theirs, ours = (db.execute(f"select uuid from {schema}.identity").fetchone()[0] for schema in ("other", "main"))  # noqa: S608
        if theirs == ours:
            raise Foreign("it is the same database, or a copy of it")
        yield str(theirs)
    finally:
        db.execute("detach database other")


def archive_files(db: Database) -> dict[str, int]:
    """The archive files that the attached database names, each with the offset of the last record named in it."""
    rows = db.execute(
        """select warc_file, max(warc_offset) from (
             select warc_file, warc_offset from other.pages union all select warc_file, warc_offset from other.endpoints
             union all select warc_file, warc_offset from other.article_versions
             union all select warc_file, warc_offset from other.evidence)
           where warc_file is not null group by warc_file order by warc_file"""
    ).fetchall()
    return {file: offset or 0 for file, offset in rows}


def join(db: Database, uuid: str, names: dict[str, str]) -> Counter[str]:
    """Join the attached database, in one transaction; gives how many pages were new or further there, by their state.

    `names` maps each of its archive files to the name that it has here.
    """
    with db.atomic():
        db.execute("create temp table if not exists file_names (theirs text primary key, ours text not null)")
        db.execute("delete from temp.file_names")
        db.conn.executemany("insert into temp.file_names values (?, ?)", names.items())
        _roster(db)
        _endpoints(db)
        taken = _pages(db)
        for table in _LISTS:
            db.execute(f"insert or ignore into {table} select * from other.{table}")  # noqa: S608
        # Neither database has held the other's texts against its tasks.
        db.execute("update tasks set matched = null")
        _duty_words(db)
        fresh = _articles(db)
        _versions(db)
        spoken = _corrections(db)
        _evidence(db)
        _decisions(db)
        _runs(db, uuid)
        for article_id in fresh | spoken:
            corrections.apply(db.conn, article_id)
    return taken


def _columns(db: Database, table: str, *, without: tuple[str, ...] = ()) -> list[str]:
    rows = db.execute(f"pragma main.table_info({table})").fetchall()
    return [f'"{row[1]}"' for row in rows if row[1] not in without]


def _duty_words(db: Database) -> None:
    names = ", ".join(_columns(db, "duty_words", without=("id",)))
    db.execute(
        f"""insert into duty_words ({names}) select {names} from other.duty_words
            except select {names} from main.duty_words order by at"""  # noqa: S608
    )


def _roster(db: Database) -> None:
    for table in ("agencies", "sources"):
        names = ", ".join(_columns(db, table))
        db.execute(f"insert or ignore into {table} ({names}) select {names} from other.{table}")  # noqa: S608
    # Whoever visited a source last knows how it is.
    db.execute(
        """update sources set (status, status_reason, last_success_at, last_new_at) =
             (select status, status_reason, last_success_at, last_new_at from other.sources o where o.id = sources.id)
           where coalesce((select max(checked_at) from other.endpoints o where o.source_id = sources.id), '')
               > coalesce((select max(checked_at) from main.endpoints e where e.source_id = sources.id), '')"""
    )


def _endpoints(db: Database) -> None:
    names = _columns(db, "endpoints")
    values = [_HERE if name == '"warc_file"' else name for name in names]
    renewed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in ('"url"', '"source_id"'))
    taking = f"insert into endpoints ({', '.join(names)}) select {', '.join(values)} from other.endpoints o"  # noqa: S608
    later = "coalesce(excluded.checked_at, '') > coalesce(endpoints.checked_at, '')"
    db.execute(f"{taking} where true on conflict (source_id, url) do update set {renewed} where {later}")
    db.execute(
        """insert into column_items (source_id, column_url, url, seen_at)
           select source_id, column_url, url, seen_at from other.column_items where true
           on conflict (column_url, url) do update set seen_at = min(seen_at, excluded.seen_at)"""
    )
    _proposals(db)


def _proposals(db: Database) -> None:
    """What the latest person decided of a column stands; a rejected one is no endpoint here either."""
    names = ", ".join(_columns(db, "column_proposals", without=("id",)))
    db.execute(
        f"""insert into column_proposals ({names}) select {names} from other.column_proposals where true
            on conflict (source_id, url) do update set state = excluded.state, decided_by = excluded.decided_by,
                decided_at = excluded.decided_at, note = excluded.note
            where coalesce(excluded.decided_at, '') > coalesce(decided_at, '')"""  # noqa: S608
    )
    db.execute(
        """delete from endpoints where origin = 'discovered' and kind = 'column' and (source_id, url) in
           (select source_id, url from column_proposals where state = 'rejected')"""
    )
    db.execute(
        """insert into column_searches (source_id, searched_at, pages, menu)
           select source_id, searched_at, pages, menu from other.column_searches where true
           on conflict (source_id) do update set searched_at = excluded.searched_at, pages = excluded.pages, menu = excluded.menu
           where excluded.searched_at > searched_at"""
    )


_FURTHER = """(excluded.fetched_at is not null and excluded.fetched_at > coalesce(pages.fetched_at, ''))
    or (excluded.fetched_at is pages.fetched_at and excluded.state <> pages.state
        and (pages.state = 'discovered' or (pages.state = 'candidate' and excluded.state <> 'discovered')
             or (pages.fetched_at is null and excluded.tries > pages.tries)))"""
"""Of two databases that know a page, the one that fetched it last is right; of the same fetch, the one that has read it."""


def _pages(db: Database) -> Counter[str]:
    names = _columns(db, "pages", without=("id",))
    values = [_HERE if name == '"warc_file"' else name for name in names]
    first = "first_seen_at = min(pages.first_seen_at, excluded.first_seen_at)"
    renewed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in ('"url"', '"first_seen_at"'))
    taking = f"insert into pages ({', '.join(names)}) select {', '.join(values)} from other.pages o where true order by o.id"  # noqa: S608
    taken = db.execute(f"{taking} on conflict (url) do update set {renewed}, {first} where {_FURTHER} returning state").fetchall()
    db.execute(
        """update pages set first_seen_at = o.first_seen_at from other.pages o
           where o.url = pages.url and o.first_seen_at < pages.first_seen_at"""
    )
    return Counter(row[0] for row in taken)


def _articles(db: Database) -> set[int]:
    """Take the articles that are new or were fetched later there; gives their ids here, which never change once given."""
    names = _columns(db, "articles", without=("id", "story_id", "original"))
    renewed = ", ".join(f"{name} = excluded.{name}" for name in names if name != '"url"')
    rows = db.execute(
        f"""insert into articles ({", ".join(names)}) select {", ".join(names)} from other.articles where true
            order by published_at is null, published_at, url
            on conflict (url) do update set {renewed} where excluded.fetched_at > articles.fetched_at
            returning id"""  # noqa: S608
    ).fetchall()
    fresh = {int(row[0]) for row in rows}
    db.execute("create temp table if not exists fresh (id integer primary key, theirs integer not null)")
    db.execute("delete from temp.fresh")
    db.conn.executemany(
        """insert into temp.fresh select a.id, o.id from main.articles a join other.articles o on o.url = a.url where a.id = ?""",
        [(article_id,) for article_id in fresh],
    )
    for table in _TAGS:
        others = ", ".join(_columns(db, table, without=("article_id",)))
        db.execute(f"delete from {table} where article_id in (select id from temp.fresh)")  # noqa: S608
        db.execute(
            f"""insert into {table} (article_id, {others}) select f.id, {others}
                from temp.fresh f join other.{table} o on o.article_id = f.theirs"""  # noqa: S608
        )
    return fresh


def _versions(db: Database) -> None:
    """Every text that either has, numbered again in the order in which they were seen."""
    new = db.execute(
        """select a.id, v.digest, v.title, v.text, v.seen_at, coalesce(f.ours, v.warc_file), v.warc_offset
           from other.article_versions v join other.articles o on o.id = v.article_id join main.articles a on a.url = o.url
           left join temp.file_names f on f.theirs = v.warc_file
           where not exists (select 1 from main.article_versions m where m.article_id = a.id and m.digest = v.digest)
           order by a.id, v.seen_at, v.n"""
    ).fetchall()
    db.conn.executemany(
        """insert into article_versions (article_id, n, digest, title, text, seen_at, warc_file, warc_offset)
           select :id, 1 + coalesce(max(n), 0), :digest, :title, :text, :seen, :file, :offset
           from main.article_versions where article_id = :id""",
        [dict(zip(("id", "digest", "title", "text", "seen", "file", "offset"), row, strict=True)) for row in new],
    )
    changed = sorted({row[0] for row in new})
    # Away from the numbers in use first: the key must hold in between.
    db.conn.executemany("update article_versions set n = -n where article_id = ?", [(one,) for one in changed])
    db.conn.executemany(
        """update article_versions set n = ranked.place
           from (select n as old, row_number() over (order by seen_at, -n) as place
                 from article_versions where article_id = :id) ranked
           where article_id = :id and n = ranked.old""",
        [{"id": one} for one in changed],
    )


def _corrections(db: Database) -> set[int]:
    """Everything that people said there and is not known here; gives the articles that it concerns."""
    rows = db.execute(
        """insert into corrections (article_id, field, value, actor, at, note, url)
           select a.id, c.field, c.value, c.actor, c.at, c.note, a.url
           from other.corrections c join other.articles o on o.id = c.article_id join main.articles a on a.url = o.url
           where not exists (select 1 from main.corrections m where m.article_id = a.id and m.field = c.field
                             and m.value is c.value and m.actor = c.actor and m.at = c.at)
           order by c.at, c.id returning article_id"""
    ).fetchall()
    # What a row takes back has another id here.
    db.execute(
        """update corrections as t set takes_back = w.ours from (
               select a.id as article_id, c.field, c.actor, c.at, min(m.id) as ours
               from other.corrections c join other.corrections b on b.id = c.takes_back
               join other.articles o on o.id = c.article_id join main.articles a on a.url = o.url
               join main.corrections m on m.article_id = a.id and m.field = b.field and m.value is b.value
                   and m.actor = b.actor and m.at = b.at and m.takes_back is null
               group by c.id) w
           where t.article_id = w.article_id and t.field = w.field and t.actor = w.actor and t.at = w.at
               and t.value is null and t.takes_back is null"""
    )
    return {int(row[0]) for row in rows}


def _decisions(db: Database) -> None:
    """Everything that people decided there and is not known here, put into effect: the latest word counts in both."""
    subject = "m.about = d.about and m.target_id = d.target_id and m.unit_id = d.unit_id and m.url = d.url and m.kind = d.kind"
    same = f"{subject} and m.actor = d.actor and m.at = d.at and m.state = d.state"
    names = ", ".join(_columns(db, "decisions", without=("id", "takes_back")))
    db.execute(
        f"""insert into decisions ({names}) select {names} from other.decisions d
            where not exists (select 1 from main.decisions m where {same}) order by at, id"""  # noqa: S608
    )
    # What a row takes back has another id here.
    db.execute(
        f"""update decisions as back set takes_back = w.ours from (
                select b.actor, b.at, b.state, d.about, d.target_id, d.unit_id, d.url, d.kind, min(m.id) as ours
                from other.decisions b join other.decisions d on d.id = b.takes_back join main.decisions m on {same}
                group by b.id) w
            where back.takes_back is null and back.state = w.state and back.actor = w.actor and back.at = w.at
                and back.about = w.about and back.target_id = w.target_id and back.unit_id = w.unit_id and back.url = w.url
                and back.kind = w.kind"""  # noqa: S608
    )
    decisions.settle_evidence(db.conn)
    decisions.settle_columns(db)


def _evidence(db: Database) -> None:
    """Evidence is found again by measuring; a person's word on it is not, and the later word counts."""
    names = _columns(db, "evidence", without=("id", "article_id", "warc_file"))
    listed = ", ".join(names)
    theirs = ", ".join(f"e.{name}" for name in names)
    db.execute(
        f"""insert into evidence ({listed}, article_id, warc_file)
            select {theirs}, a.id, coalesce(f.ours, e.warc_file) from other.evidence e
            left join other.articles o on o.id = e.article_id left join main.articles a on a.url = o.url
            left join temp.file_names f on f.theirs = e.warc_file where true
            on conflict (target_id, unit_id, url, kind) do update set state = excluded.state, decided_by = excluded.decided_by,
                decided_at = excluded.decided_at, actor = excluded.actor, note = excluded.note
            where excluded.decided_by = 'person'
                and (evidence.decided_by <> 'person' or excluded.decided_at > evidence.decided_at)"""  # noqa: S608
    )


def _runs(db: Database, uuid: str) -> None:
    db.execute(
        """insert into runs (command, started_at, finished_at, state, summary, origin)
           select command, started_at, finished_at, state, summary, coalesce(origin, ? || ':' || id) from other.runs
           where state <> 'running'
             and coalesce(origin, ? || ':' || id) not in (select origin from main.runs where origin is not null)
             and coalesce(origin, '') not like (select uuid from main.identity) || ':%'
           order by id""",
        [uuid, uuid],
    )
    db.execute(
        """insert into failures (run_id, source_id, url, stage, severity, reason, detail, at)
           select r.id, f.source_id, f.url, f.stage, f.severity, f.reason, f.detail, f.at
           from other.failures f join other.runs o on o.id = f.run_id
           join main.runs r on r.origin = coalesce(o.origin, ? || ':' || o.id)
           where not exists (select 1 from main.failures m where m.run_id = r.id)""",
        [uuid],
    )
