"""Entries of the audit log in, the decisions that the database has lost back in its tables, under the numbers that they had."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from crawler.store import corrections, decisions
from crawler.store.accounts.audit import Entry


def relate(db: Database, entries: Iterable[Entry]) -> tuple[int, int]:
    """Write what is missing, the oldest first; gives how many decisions came back, and how many could not.

    Entries tell a decision's number (`mark`) and what it is about by its address, since ids of articles and evidence may be
    others now. What the tables still have stands. One cannot come back whose article is lost too, or whose entry is from before
    entries told so much.
    """
    back = lost = 0
    articles = set[int]()
    with db.atomic():
        for entry in entries:
            mark = str(entry.detail.get("mark", ""))
            if not mark[1:].isdecimal():
                lost += 1
                continue
            done = _correction(db, entry, int(mark[1:])) if mark[0] == "c" else _decision(db, entry, int(mark[1:]))
            if done is None:
                lost += 1
            elif done:
                back += 1
            if mark[0] == "c" and done:
                articles.add(done)
        for article in articles:
            corrections.apply(db.conn, article)
        decisions.settle_evidence(db.conn)
        decisions.settle_columns(db)
    return back, lost


def _correction(db: Database, entry: Entry, number: int) -> int | None:
    """The article that it was put back to, 0 where it is there already, None where it cannot be."""
    if db.execute("select 1 from corrections where id = ?", (number,)).fetchone():
        return 0
    told = {"number": number, "actor": entry.actor, "at": _second(entry.at), "note": entry.detail.get("note") or None}
    if entry.deed == "decision.taken-back":
        made = """insert into corrections (id, article_id, field, value, actor, at, note, takes_back, url)
                  select :number, article_id, field, null, :actor, :at, :note, id, url from corrections where id = :taken
                  returning article_id"""
        told["taken"] = _number(entry.subject)
    else:
        made = """insert into corrections (id, article_id, field, value, actor, at, note, url)
                  select :number, id, :field, :value, :actor, :at, :note, url from articles where url = :url
                  returning article_id"""
        told |= {name: entry.detail.get(name, "") for name in ("field", "value", "url")}
    row = db.execute(made, told).fetchone()
    return int(row[0]) if row else None


def _decision(db: Database, entry: Entry, number: int) -> int | None:
    """1 where it was put back, 0 where it is there already, None where it cannot be."""
    if db.execute("select 1 from decisions where id = ?", (number,)).fetchone():
        return 0
    told = {"number": number, "actor": entry.actor, "at": _second(entry.at), "note": entry.detail.get("note") or None}
    if entry.deed == "decision.taken-back":
        made = """insert into decisions (id, about, target_id, unit_id, url, kind, state, actor, at, note, takes_back)
                  select :number, about, target_id, unit_id, url, kind, iif(about = 'column', 'proposed', 'detected'), :actor,
                      :at, :note, id from decisions where id = :taken returning 1"""
        told["taken"] = _number(entry.subject)
    else:
        # A unit's id may hold spaces, a target's never does.
        target, _, unit = entry.subject.partition(" ") if entry.deed == "evidence.judged" else ("", "", entry.subject)
        made = """insert into decisions (id, about, target_id, unit_id, url, kind, state, actor, at, note)
                  values (:number, :about, :target, :unit, :url, :kind, :state, :actor, :at, :note) returning 1"""
        told |= {"about": entry.deed.partition(".")[0], "target": target, "unit": unit}
        told |= {name: entry.detail.get(name, "") for name in ("url", "kind", "state")}
    return 1 if db.execute(made, told).fetchone() else None


def _number(mark: str) -> int:
    return int(mark[1:]) if mark[1:].isdecimal() else 0


def _second(at: str) -> str:
    return datetime.fromisoformat(at).isoformat(timespec="seconds")
