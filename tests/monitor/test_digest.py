"""The digest against a real mail server on loopback: what it says, what becomes of it when the server does not take it."""

import datetime as dt
import email
import ipaddress
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlite_utils import Database

from crawler.roster import load_roster
from crawler.store.db import open_database
from crawler.store.roster import sync_roster
from monitor.digest.content import SHOWN
from monitor.digest.outbox import outbox_of, read_envelope, read_server, send_all, waiting
from monitor.digest.send import send_digest, write_digest
from monitor.runs import CannotRun
from monitor.targets import measure

NQ57 = Path(sys.executable).with_name("nq57")
HOSTILE = '<img src=x onerror=alert(1)> "Bài"\r\nBcc: evil@example.org\u202e ' + "dài " * 500
TO = {"NQ57_SMTP_TO": "vanphong@example.org, lanhdao@example.org", "NQ57_SMTP_FROM": "nq57@example.org"}


class Inbox:
    """What the server got; `answer` is what it says to a message, or None to take it."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.answer: str | None = None
        self.refuse: dict[str, str] = {}
        self.drop = False

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.drop:
            assert server.transport is not None
            server.transport.abort()
            return "250 too late"
        if self.answer:
            return self.answer
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"


@contextmanager
def server(inbox: Inbox, **more: Any) -> Iterator[dict[str, str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield {**TO, "NQ57_SMTP_HOST": "127.0.0.1", "NQ57_SMTP_PORT": str(port), "NQ57_SMTP_SECURITY": "none"}
    finally:
        controller.stop()


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A run that brought 20 articles, one of them hostile, a source that is down, a verdict that changed, a proposed column."""
    db = open_database(tmp_path / "nq57.db")
    sync_roster(db, load_roster(), sources=False)
    db.execute("insert into runs (id, command, started_at, state) values (7, 'weekly', '2026-10-31T05:00:00+07:00', 'running')")
    for source, status in (("bao", "ok"), ("hong", "failing")):
        db.execute(
            "insert into sources (id, name, kind, home, status, status_reason) values (?, ?, 'press', '', ?, ?)",
            [source, f"Báo {source} <b>", status, "dns" if status == "failing" else None],
        )
    for n in range(SHOWN + 5):
        url = f"https://bao.vn/{n}"
        db.execute(
            "insert into pages (url, source_id, state, first_seen_at) values (?, 'bao', 'article', ?)",
            [url, "2026-10-31T05:01:00+07:00" if n else "2026-10-24T05:01:00+07:00"],
        )
        db.execute(
            """insert into articles
                   (url, source_id, title, text, published_on, fetched_at, words, relevance, relevance_score, model)
               values (?, 'bao', ?, 'x', '2026-10-30', '', 1, ?, 1, 'test')""",
            [url, HOSTILE if n == 1 else f"Bài số {n}", 2 if n == 1 else 1],
        )
    db.execute("insert into failures values (7, 'hong', null, 'discover', 'error', 'dns', 'x', '2026-10-31T05:02:00+07:00')")
    measure(db, load_roster(), dt.date(2026, 10, 24))
    measure(db, load_roster(), dt.date(2026, 10, 31))
    db.execute(
        "update target_verdicts set verdict = 'met' where as_of = '2026-10-31' and unit_id = 'hue' and target_id = 'plans-2025'"
    )
    db.execute(
        """insert into column_proposals (source_id, url, clear, why, found_on, found_at, seen_at)
           values ('bao', 'https://bao.vn/cm', 0, 'anchor', '', '', '')"""
    )
    db.conn.commit()
    yield db
    db.close()


def sent(db: Database, tmp_path: Path, given: dict[str, str], *lines: str) -> Any:
    return send_digest(tmp_path / "nq57.db", db, given, lines)


def another_run(db: Database) -> None:
    with db.conn:
        db.execute(
            """insert into runs (command, started_at, finished_at, state, summary)
               select command, started_at, finished_at, state, summary from runs order by id desc limit 1"""
        )


def texts(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None and html is not None
    return plain.get_content(), html.get_content()


def test_it_says_what_is_new_what_broke_and_what_waits(db: Database, tmp_path: Path) -> None:
    inbox = Inbox()
    with server(inbox) as given:
        assert sent(db, tmp_path, given, "hong: the source newly failing").trouble == ()
    assert inbox.recipients == [["vanphong@example.org", "lanhdao@example.org"]]
    message, plain, html = inbox.messages[0], *texts(inbox.messages[0])
    fresh = db.execute("select count(*) from pages where first_seen_at >= '2026-10-31T05:00:00+07:00'").fetchone()[0]
    for text in (plain, lxml.html.fromstring(html).text_content()):
        assert f"{fresh} bài liên quan mới" in text and f"và {fresh - SHOWN} bài khác" in text
        assert "hong: the source newly failing" in text and "Báo hong <b>" in text
        assert "Thành phố Huế" in text and "1 chuyên mục được đề xuất" in text
    assert message["Subject"] == f"NQ57 31/10/2026: {fresh} bài mới, 2 việc cần xem"
    assert waiting(outbox_of(tmp_path / "nq57.db")) == []


def test_nothing_that_others_wrote_gets_into_headers_or_becomes_markup(db: Database, tmp_path: Path) -> None:
    inbox = Inbox()
    with server(inbox) as given:
        sent(db, tmp_path, given, "lạ\r\nBcc: evil@example.org\r\n\r\n<script>alert(1)</script>")
    message, plain, html = inbox.messages[0], *texts(inbox.messages[0])
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", "X-Peer", "X-MailFrom",
        "X-RcptTo",
    } - ({"X-Peer", "X-MailFrom", "X-RcptTo"} - set(message.keys()))  # fmt: skip
    assert not any(line.startswith("Bcc") for line in plain.splitlines()) and "\u202e" not in plain + html
    assert not lxml.html.fromstring(html).xpath("//script | //img")
    assert len(message.as_bytes()) < 60_000 and max(map(len, plain.splitlines())) < 500


def test_a_server_that_is_down_loses_nothing(db: Database, tmp_path: Path) -> None:
    with server(Inbox()) as down:
        pass
    first = sent(db, tmp_path, down)
    assert (first.sent, first.kept) == (0, 1) and down["NQ57_SMTP_PORT"] in first.trouble[0]
    assert sent(db, tmp_path, down).kept == 1  # of the same run, asked for again
    another_run(db)
    inbox = Inbox()
    with server(inbox) as given:
        again = sent(db, tmp_path, given)
    assert (again.sent, again.kept, again.trouble) == (2, 0, ())
    assert len({message["Message-ID"] for message in inbox.messages}) == 2


@pytest.mark.parametrize("how", ["451 try later", "drop", "recipient"])
def test_what_fails_for_now_is_kept_and_sent_once_it_can_be(db: Database, tmp_path: Path, how: str) -> None:
    inbox = Inbox()
    inbox.drop = how == "drop"
    inbox.answer = how if how.startswith("4") else None
    inbox.refuse = {address.strip(): "450 busy" for address in TO["NQ57_SMTP_TO"].split(",")} if how == "recipient" else {}
    with server(inbox) as given:
        assert sent(db, tmp_path, given).kept == 1
        inbox.drop, inbox.answer, inbox.refuse = False, None, {}
        found, outbox = read_server(given), outbox_of(tmp_path / "nq57.db")
        assert found and send_all(found, outbox).sent == 1 and len(inbox.messages) == 1


def test_what_is_refused_for_good_is_put_aside_and_named_not_tried_for_ever(db: Database, tmp_path: Path) -> None:
    inbox, outbox = Inbox(), outbox_of(tmp_path / "nq57.db")
    inbox.answer = "554 no such thing here"
    with server(inbox) as given:
        refused = sent(db, tmp_path, given)
        assert (refused.sent, refused.kept) == (0, 0) and "554 no such thing here" in refused.trouble[0]
        another_run(db)
        inbox.answer, inbox.refuse = None, {"lanhdao@example.org": "550 unknown"}
        partly = sent(db, tmp_path, given)
        assert "lanhdao@example.org 550 unknown" in partly.trouble[0] and inbox.recipients == [["vanphong@example.org"]]
    assert len(list((outbox / "undelivered").glob("*.eml"))) == 2


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")]), dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def test_starttls_with_a_password_and_never_without(
    db: Database, tmp_path: Path, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*map(str, certificate))
    inbox = Inbox()
    asked = {"NQ57_SMTP_SECURITY": "starttls", "NQ57_SMTP_USER": "nq57", "NQ57_SMTP_PASSWORD": "mat-khau"}
    with server(inbox, tls_context=context, authenticator=_only(b"nq57", b"mat-khau"), auth_required=True) as given:
        untrusted = sent(db, tmp_path, given | asked)
    assert untrusted.kept == 1 and "certificate" in untrusted.trouble[0].lower()
    with server(inbox, tls_context=context, authenticator=_only(b"nq57", b"mat-khau"), auth_required=True) as given:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        wrong = sent(db, tmp_path, given | asked | {"NQ57_SMTP_PASSWORD": "sai"})
        assert wrong.kept == 1 and "535" in wrong.trouble[0] and "sai" not in str(wrong)
        assert sent(db, tmp_path, given | asked).sent == 1
    with server(Inbox()) as plain:
        kept = sent(db, tmp_path, plain | asked)
        assert kept.kept == 1 and "STARTTLS" in kept.trouble[0]


def _only(user: bytes, password: bytes) -> Callable[..., AuthResult]:
    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (user, password), handled=False)

    return check


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"NQ57_SMTP_TO": ""}, "NQ57_SMTP_TO"),
        ({"NQ57_SMTP_TO": "a@b.vn\r\nBcc: c@d.vn"}, "NQ57_SMTP_TO"),
        ({"NQ57_SMTP_TO": "không phải địa chỉ"}, "NQ57_SMTP_TO"),
        ({"NQ57_SMTP_TO": "a@b.vn", "NQ57_SMTP_FROM": "x"}, "NQ57_SMTP_FROM"),
    ],
)
def test_a_wrong_address_is_named(given: dict[str, str], named: str) -> None:
    with pytest.raises(CannotRun, match=named):
        read_envelope(given)


@pytest.mark.parametrize(("name", "value"), [("PORT", "0"), ("PORT", "25x"), ("SECURITY", "ssl"), ("USER", "x")])
def test_a_wrong_server_setting_is_named(name: str, value: str) -> None:
    given = {"NQ57_SMTP_HOST": "mail.example.org", "NQ57_SMTP_SECURITY": "none"} | {f"NQ57_SMTP_{name}": value}
    with pytest.raises(CannotRun, match=f"NQ57_SMTP_{name}"):
        read_server(given)
    assert read_server({}) is None


def _nq57(tmp_path: Path, given: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NQ57_")} | given
    command = [str(NQ57), "--db", str(tmp_path / "nq57.db"), "digest", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


def test_the_command_writes_sends_and_says_what_it_could_not(db: Database, tmp_path: Path) -> None:
    file = tmp_path / "thu.eml"
    written = _nq57(tmp_path, TO, "--write", str(file))
    assert written.returncode == 0, written.stderr
    assert email.message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == TO["NQ57_SMTP_TO"]
    inbox = Inbox()
    with server(inbox) as given:
        assert _nq57(tmp_path, given).returncode == 0
    assert len(inbox.messages) == 1
    down = _nq57(tmp_path, given)
    assert down.returncode == 1 and "127.0.0.1" in down.stderr and "kept in" in down.stderr and "Traceback" not in down.stderr
    assert _nq57(tmp_path, TO).returncode == 2


def test_without_any_run_there_is_nothing_to_tell(tmp_path: Path) -> None:
    open_database(tmp_path / "nq57.db").close()
    with pytest.raises(CannotRun, match="nothing has run yet"):
        write_digest(tmp_path / "nq57.db", TO)
