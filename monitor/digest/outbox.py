"""Messages and a mail server in; messages taken by the server out of the folder, the others kept there for the next time."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Literal

from monitor.digest.message import Envelope, read_addresses
from monitor.runs import CannotRun
from monitor.whole import whole_files

Security = Literal["starttls", "tls", "none"]
_PORTS: Mapping[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
_TIMEOUT = 30.0
"""Seconds that a server may take for one answer."""
MOST = 50
"""Messages sent in one go: a year of weeks without a server."""
REFUSED = "undelivered"
"""The folder of messages that a server refused for good."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over; `starttls` and `tls` check the certificate and never fall back to plain text."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the messages in the folder; a line for each trouble."""

    sent: int
    kept: int
    trouble: tuple[str, ...]


def read_server(given: Mapping[str, str]) -> Server | None:
    """The server that NQ57_SMTP_HOST, _PORT, _SECURITY, _USER and _PASSWORD name; None without a host. Raises CannotRun."""
    host = given.get("NQ57_SMTP_HOST", "").strip()
    if not host:
        return None
    security: Security
    match given.get("NQ57_SMTP_SECURITY") or "starttls":
        case "starttls" | "tls" | "none" as security:
            pass
        case other:
            raise CannotRun(f"NQ57_SMTP_SECURITY: {other!r} is not starttls, tls or none")
    port = given.get("NQ57_SMTP_PORT") or str(_PORTS[security])
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise CannotRun(f"NQ57_SMTP_PORT: {port!r} is no port")
    user, password = given.get("NQ57_SMTP_USER"), given.get("NQ57_SMTP_PASSWORD")
    if user and security == "none":
        raise CannotRun("NQ57_SMTP_USER: a password is not sent in plain text; NQ57_SMTP_SECURITY must be starttls or tls")
    return Server(host, int(port), security, user or None, password or None)


def read_envelope(given: Mapping[str, str]) -> Envelope:
    """Who writes to whom: NQ57_SMTP_FROM and NQ57_SMTP_TO. Raises CannotRun."""
    recipients = read_addresses(given.get("NQ57_SMTP_TO", ""), "NQ57_SMTP_TO")
    senders = read_addresses(given.get("NQ57_SMTP_FROM") or recipients[0], "NQ57_SMTP_FROM")
    if len(senders) != 1:
        raise CannotRun("NQ57_SMTP_FROM: one address is expected")
    return Envelope(senders[0], recipients)


def outbox_of(db: Path) -> Path:
    """Where messages wait: beside the database."""
    return db.parent / "outbox"


def keep(message: EmailMessage, file: Path) -> Path:
    """Write a message, whole or not at all. Raises CannotRun naming the file."""
    with whole_files(file.parent) as files:
        files.part_of(file.name).write_bytes(message.as_bytes(policy=policy.SMTP))
    return file


def waiting(outbox: Path) -> list[Path]:
    """The messages that no server has taken yet, the oldest first."""
    return sorted(outbox.glob("*.eml"))


def send_all(server: Server, outbox: Path) -> Sent:
    """Hand over what waits. What a server takes is removed, what it refuses for good is put aside, all else stays."""
    files, trouble, sent = waiting(outbox), [], 0
    try:
        with _connected(server) as smtp:
            for file in files[:MOST]:
                problem = _send(smtp, file)
                sent += problem is None
                trouble += [f"{file.name}: {problem}"] if problem else []
    except (OSError, smtplib.SMTPException) as error:
        trouble.append(f"{server.host}:{server.port}: {_said(error)}")
    left = waiting(outbox)
    if left:
        trouble.append(f"{len(left)} kept in {outbox}, sent again next time")
    return Sent(sent, len(left), tuple(trouble))


@contextmanager
def _connected(server: Server) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT)
    with smtp:
        if server.security == "starttls":
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password or "")
        yield smtp


def _send(smtp: smtplib.SMTP, file: Path) -> str | None:
    """Send one message; what is wrong with it, where it was refused for good. Raises what may pass until the next time."""
    message = BytesParser(policy=policy.SMTP).parsebytes(file.read_bytes())
    try:
        refused = smtp.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        if any(code < 500 for code, _ in error.recipients.values()):
            raise
        return _put_aside(file, _said(error))
    except smtplib.SMTPResponseException as error:
        if error.smtp_code < 500 or isinstance(error, (smtplib.SMTPConnectError, smtplib.SMTPHeloError)):
            raise
        return _put_aside(file, _said(error))
    if refused:
        # Sent to the others, and would reach them twice if it were kept.
        left = "; ".join(f"{address} {code} {_plain(text)}" for address, (code, text) in refused.items())
        return _put_aside(file, f"not to all: {left}")
    file.unlink()
    return None


def _put_aside(file: Path, why: str) -> str:
    aside = file.parent / REFUSED / file.name
    aside.parent.mkdir(exist_ok=True)
    file.replace(aside)
    return f"{why} (put aside in {aside.parent})"


def _said(error: Exception) -> str:
    """One line of what a server or the network said."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{address} {code} {_plain(text)}" for address, (code, text) in error.recipients.items())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_plain(error.smtp_error)}"
    return " ".join(str(getattr(error, "strerror", None) or error or type(error).__name__).split())[:300]


def _plain(text: bytes | str) -> str:
    return " ".join((text.decode("utf-8", "replace") if isinstance(text, bytes) else text).split())[:200]
