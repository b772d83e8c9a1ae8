"""The roster in the database: sources, endpoints, agencies and the programme's targets, brought up to date by name."""

from __future__ import annotations

import json

from sqlite_utils import Database

from crawler.items import EndpointKind
from crawler.roster import Agency, Endpoint, Programme, Roster, Source


def sync_roster(db: Database, roster: Roster, *, sources: bool = True) -> None:
    """Write the roster; sources that are not in it are left untouched, and what the crawl learned stays.

    Without `sources`, only the agencies and the programme: what processing and measuring need.
    """
    with db.atomic():
        _agencies(db, roster.agencies)
        for source in roster.sources if sources else ():
            _source(db, source)
        _programme(db, roster.programme)


def _agencies(db: Database, agencies: tuple[Agency, ...]) -> None:
    db.conn.executemany(
        """insert into agencies (id, name_vi, name_en, kind, city, valid_from, valid_to, successor, portal)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?)
           on conflict (id) do update set name_vi = excluded.name_vi, name_en = excluded.name_en, kind = excluded.kind,
               city = excluded.city, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
               successor = excluded.successor, portal = excluded.portal""",
        [
            (
                agency.id,
                agency.name_vi,
                agency.name_en,
                agency.kind,
                int(agency.city),
                agency.valid_from.isoformat() if agency.valid_from else None,
                agency.valid_to.isoformat() if agency.valid_to else None,
                agency.successor,
                agency.portal,
            )
            for agency in agencies
        ],
    )


def _source(db: Database, source: Source) -> None:
    db.execute(
        """insert into sources (id, name, kind, key_press, agency_id, home, languages) values (?, ?, ?, ?, ?, ?, ?)
           on conflict (id) do update set name = excluded.name, kind = excluded.kind, key_press = excluded.key_press,
               agency_id = excluded.agency_id, home = excluded.home, languages = excluded.languages""",
        [
            source.id,
            source.name,
            source.kind,
            int(source.key_press),
            source.agency,
            source.home,
            json.dumps(list(source.languages)),
        ],
    )
    wanted = list(_endpoints(source))
    db.conn.executemany(
        """insert into endpoints (url, source_id, kind, selector, origin, verified_on, unverified)
           values (?, ?, ?, ?, 'roster', ?, ?)
           on conflict (source_id, url) do update set kind = excluded.kind, selector = excluded.selector, origin = 'roster',
               verified_on = excluded.verified_on, unverified = excluded.unverified""",
        wanted,
    )
    kept = [row[0] for row in wanted]
    db.execute(
        f"delete from endpoints where source_id = ? and origin = 'roster' and url not in ({', '.join('?' * len(kept))})",  # noqa: S608
        [source.id, *kept],
    )


def _endpoints(source: Source) -> list[tuple[str, str, EndpointKind, str | None, str | None, int]]:
    ways: tuple[tuple[EndpointKind, tuple[Endpoint, ...]], ...] = (
        ("feed", source.feeds),
        ("sitemap", source.sitemaps),
        ("listing", source.listings),
        ("column", source.columns),
    )
    rows: dict[str, tuple[str, str, EndpointKind, str | None, str | None, int]] = {
        source.home: (source.home, source.id, "home", None, None, 0)
    }
    for kind, endpoints in ways:
        for endpoint in endpoints:
            verified = endpoint.verified.isoformat() if endpoint.verified else None
            rows[endpoint.url] = (endpoint.url, source.id, kind, endpoint.article, verified, int(endpoint.unverified))
    return list(rows.values())


def _programme(db: Database, programme: Programme) -> None:
    db.conn.executemany(
        """insert into targets (id, position, name_vi, name_en, due_on, share, unit, measured_by, rule)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?)
           on conflict (id) do update set position = excluded.position, name_vi = excluded.name_vi,
               name_en = excluded.name_en, due_on = excluded.due_on, share = excluded.share, unit = excluded.unit,
               measured_by = excluded.measured_by, rule = excluded.rule""",
        [
            (
                target.id,
                target.position,
                target.name_vi,
                target.name_en,
                target.due_on.isoformat(),
                target.share,
                target.unit,
                target.measured_by,
                target.rule,
            )
            for target in programme.targets
        ],
    )
    db.conn.executemany(
        """insert into task_groups (id, position, name_vi, name_en, topics) values (?, ?, ?, ?, ?)
           on conflict (id) do update set position = excluded.position, name_vi = excluded.name_vi,
               name_en = excluded.name_en, topics = excluded.topics""",
        [
            (group.id, group.position, group.name_vi, group.name_en, json.dumps(list(group.topics)))
            for group in programme.task_groups
        ],
    )
