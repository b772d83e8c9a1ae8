"""A digest in, one e-mail out: plain text and HTML saying the same, nothing that somebody else wrote in its headers."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.digest.content import Digest
from monitor.report.words import report_words
from monitor.runs import CannotRun
from monitor.site.formats import safe_url, show_date, show_number, show_percent, show_time

LONGEST = 200
"""Characters of a title or a line that somebody else wrote."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom; addresses as `read_addresses` checked them."""

    sender: str
    recipients: tuple[str, ...]


def read_addresses(given: str, what: str) -> tuple[str, ...]:
    """E-mail addresses separated by commas or semicolons. Raises CannotRun naming the one that is none."""
    found = []
    for address in filter(None, (part.strip() for part in re.split("[,;]", given))):
        try:
            parsed = Address(addr_spec=address)
        except (ValueError, IndexError, AttributeError) as error:
            raise CannotRun(f"{what}: {address!r} is no e-mail address") from error
        if not parsed.domain or not address.isascii() or _CONTROL.search(address) or " " in address:
            raise CannotRun(f"{what}: {address!r} is no e-mail address")
        found.append(address)
    if not found:
        raise CannotRun(f"{what}: no e-mail address was given")
    return tuple(found)


def compose(digest: Digest, envelope: Envelope, site: str, at: datetime) -> EmailMessage:
    """The message; `site` is where the pages of NQ57 are opened, `at` the moment that it bears."""
    message = EmailMessage()
    message["From"] = envelope.sender
    message["To"] = ", ".join(envelope.recipients)
    message["Subject"] = _subject(digest)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(f"nq57-{digest.run.id}", envelope.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_render("digest.txt.jinja", digest, site))
    message.add_alternative(_render("digest.html.jinja", digest, site), subtype="html")
    return message


def _subject(digest: Digest) -> str:
    """Numbers and a day alone."""
    told = f"NQ57 {show_date(digest.run.started_at)}: {digest.articles} bài mới"
    trouble = digest.all_attention + digest.all_broken
    return f"{told}, {trouble} việc cần xem" if trouble else told


def _render(name: str, digest: Digest, site: str) -> str:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=name.endswith(".html.jinja"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["line"] = line
    return environment.get_template(name).render(
        d=digest,
        t=report_words(),
        day=show_date,
        moment=show_time,
        num=partial(show_number, language="vi"),
        pct=partial(show_percent, language="vi"),
        page=lambda path: site.rstrip("/") + path,
        safe_url=safe_url,
    )


def line(text: str) -> str:
    """What somebody else wrote, on one line of bounded length, without characters that turn the line about."""
    return textwrap.shorten(_CONTROL.sub(" ", text), LONGEST, placeholder=" …") or _CONTROL.sub("", text)[:LONGEST]
