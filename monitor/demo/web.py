"""Texts and sites in, the published items of every site out: originals, reprints and oddities with their addresses."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from monitor.demo.addresses import SHAPES, Subject, article_path, number, slug
from monitor.demo.sites import Oddity, Press, Reprint, Section, Site
from monitor.demo.texts import VIETNAM, BadDemo, FileKind, Labels, Text

# What a rewriter changes without changing the sense; never a name, a number or a word that a label hangs on.
_REWORDED = {
    "cho biết": "chia sẻ",
    "hiện nay": "hiện",
    "tuy nhiên": "song",
    "khoảng": "chừng",
    "ngoài ra": "bên cạnh đó",
    "nhiều": "không ít",
    "rất": "hết sức",
    "cũng": "đồng thời",
    "nhằm": "để",
}
_REWORDING = re.compile(rf"\b({'|'.join(_REWORDED)})\b")

_PLACE_AND_DATE = re.compile(r"ngày (\d{1,2}) tháng (\d{1,2}) năm (\d{4})$")
"""The line under the number of an official document: "Hải Phòng, ngày 29 tháng 9 năm 2025"."""

_SITE_CODES = {"portal-bo-khcn": "197", "phuong-dong": "185", "kinh-te-moi": "188"}
"""The three digits with which VCCorp-like systems begin a site's article ids."""


@dataclass(frozen=True)
class Item:
    """One text on one site, as that site shows it."""

    site: Site
    id: str
    url: str
    section: str
    title: str
    summary: str | None
    paragraphs: tuple[str, ...]
    author: str | None
    when: datetime
    language: str
    kind: str
    document: FileKind | None
    column: bool
    labels: Labels
    story: str
    """The id of the text that it is or reprints."""
    original: bool = True
    oddity: str | None = None

    @property
    def path(self) -> str:
        """Path and query of its address."""
        return self.url.removeprefix(f"http://{self.site.host}")

    @cached_property
    def words(self) -> str:
        """Title and text as a slug, to match tags against."""
        return slug(" ".join((self.title, self.summary or "", *self.paragraphs)))


@dataclass(frozen=True)
class Web:
    """Everything that is published, site by site, newest first."""

    press: Press
    items: dict[str, tuple[Item, ...]]

    @property
    def sites(self) -> tuple[Site, ...]:
        """All sites, those that never answer included."""
        return self.press.sites

    def all_items(self) -> Iterable[Item]:
        """Every item of every site."""
        return (item for items in self.items.values() for item in items)

    def column_items(self, site: Site) -> tuple[Item, ...]:
        """What the site lists in its dedicated column, newest first; nothing where it has none."""
        return tuple(item for item in self.items[site.id] if item.column and site.column)


def build_web(texts: Iterable[Text], press: Press) -> Web:
    """Publish each text on its site and let the sites reprint. Raises BadDemo where the data files contradict each other."""
    by_id = {text.id: text for text in texts}
    sites = {site.id: site for site in press.sites}
    published: dict[str, list[Item]] = {site.id: [] for site in press.sites}
    for text in by_id.values():
        if text.site not in sites:
            raise BadDemo(f"text {text.id}: no site {text.site} in sites.yaml")
        if text.column and sites[text.site].column is None:
            raise BadDemo(f"text {text.id}: {text.site} has no column to list it in")
        published[text.site].append(_original(text, sites[text.site]))
    for site in press.sites:
        for reprint in site.reprints:
            if reprint.of not in by_id:
                raise BadDemo(f"sites.yaml: {site.id} reprints {reprint.of}, which no text file has")
            text = by_id[reprint.of]
            if reprint.date <= text.date:
                raise BadDemo(f"sites.yaml: {site.id} reprints {reprint.of} before it was published")
            published[site.id].append(_reprint(reprint, text, site, sites[text.site]))
        published[site.id].extend(_odd(oddity, site) for oddity in site.odd)
    return Web(press, {key: tuple(sorted(items, key=lambda i: (i.when, i.id), reverse=True)) for key, items in published.items()})


def _section(site: Site, key: str, *, document: bool, column: bool) -> str:
    if document and site.documents:
        return site.documents.slug
    if column and site.column:
        return site.column.slug
    choice = site.sections[1:] or site.sections or (Section("tin-tuc", "Tin tức"),)
    return choice[number(key) % len(choice)].slug


def _address(site: Site, key: str, title: str, section: str, when: datetime, ext: str | None) -> str:
    subject = Subject(key, title, section, when)
    return f"http://{site.host}" + article_path(SHAPES[site.shape], subject, code=_SITE_CODES.get(site.id, "188"), ext=ext)


def _issued(text: Text) -> datetime:
    """A file is of the day that stands in it, which lists give as the day of issue; a page of the moment it went online."""
    if text.document in ("pdf", "docx"):
        for paragraph in text.paragraphs[:8]:
            if match := _PLACE_AND_DATE.search(paragraph):
                return text.when.replace(day=int(match[1]), month=int(match[2]), year=int(match[3]))
    return text.when


def _original(text: Text, site: Site) -> Item:
    section = _section(site, text.id, document=text.document is not None, column=text.column)
    ext = text.document if text.document in ("pdf", "docx") else None
    when = _issued(text)
    return Item(
        site=site,
        id=text.id,
        url=_address(site, text.id, text.title, section, when, ext),
        section=section,
        title=text.title,
        summary=text.summary,
        paragraphs=text.paragraphs,
        author=text.author,
        when=when,
        language=text.language,
        kind=text.kind,
        document=text.document,
        column=text.column,
        labels=text.labels,
        story=text.id,
    )


def _reprint(reprint: Reprint, text: Text, site: Site, origin: Site) -> Item:
    key = f"{site.id}:{text.id}"
    section = _section(site, key, document=False, column=reprint.column)
    when = reprint.date.replace(tzinfo=VIETNAM)
    kept = text.paragraphs[: max(1, math.ceil(len(text.paragraphs) * reprint.cut))]
    if reprint.tampered:
        kept = tuple(_REWORDING.sub(lambda match: _REWORDED[match[0]], paragraph) for paragraph in kept)
    return Item(
        site=site,
        id=key,
        url=_address(site, key, reprint.title, section, when, None),
        section=section,
        title=reprint.title,
        summary=text.summary,
        paragraphs=kept,
        author=f"Theo {origin.name}" if site.language == "vi" else origin.name,
        when=when,
        language=text.language,
        kind=text.kind,
        document=None,
        column=reprint.column,
        labels=text.labels,
        story=text.id,
        original=False,
    )


def _odd(oddity: Oddity, site: Site) -> Item:
    document = oddity.kind == "broken-pdf"
    section = _section(site, oddity.id, document=document, column=False)
    when = oddity.date.replace(tzinfo=VIETNAM)
    return Item(
        site=site,
        id=oddity.id,
        url=_address(site, oddity.id, oddity.title, section, when, "pdf" if document else None),
        section=section,
        title=oddity.title,
        summary=None,
        paragraphs=oddity.paragraphs,
        author=None,
        when=when,
        language=site.language,
        kind="odd",
        document="pdf" if document else None,
        column=False,
        labels=oddity.labels,
        story=oddity.id,
        oddity=oddity.kind,
    )
