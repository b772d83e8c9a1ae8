"""A host that cannot prove its name is not read, unless a person has said so."""

from __future__ import annotations

import sqlite3
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.faults.bed import Bed
from tests.faults.conftest import ARTICLES, crawl, good_host, loopback, source, write_roster

pytestmark = pytest.mark.slow

ADDRESS = "127.0.63.1"
ROOT = Path(__file__).parents[2]


def test_a_self_signed_host_is_refused_by_name(tmp_path: Path) -> None:
    with Bed({ADDRESS: good_host}, certificate=_certificate(tmp_path)) as bed:
        done = crawl(_roster(tmp_path, bed.port), tmp_path / "x.db", *loopback())
        assert bed.log == []
    assert done.code == 1
    failures = done.query("select reason, detail from failures")
    assert failures and all(reason == "refused" and "certificate verify failed" in detail for reason, detail in failures)


def test_a_host_that_a_person_has_named_is_read_all_the_same(tmp_path: Path) -> None:
    db = tmp_path / "x.db"
    with Bed({ADDRESS: good_host}, certificate=_certificate(tmp_path)) as bed:
        given = {
            "NQ57_DB": str(db),
            "NQ57_ROSTER": str(_roster(tmp_path, bed.port)),
            "NQ57_ALLOW_ADDRESSES": "127.0.0.0/8",
            "NQ57_BROKEN_CERTIFICATES": ADDRESS,
            "DOWNLOAD_DELAY": "0",
            "AUTOTHROTTLE_START_DELAY": "0",
        }
        command = [Path(sys.executable).with_name("scrapy"), "crawl", "outlet"]
        for name, value in given.items():
            command += ["-s", f"{name}={value}"]
        subprocess.run(command, cwd=ROOT, check=True, timeout=90)
    with sqlite3.connect(db) as opened:
        assert opened.execute("select state, count(*) from pages group by 1").fetchall() == [("candidate", ARTICLES)]


def _roster(place: Path, port: int) -> Path:
    base = f"https://{ADDRESS}:{port}"
    return write_roster(place / "sources.yaml", [source("tls", ADDRESS, port, home=f"{base}/", feeds=[f"{base}/feed.xml"])])


def _certificate(place: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ADDRESS)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(ADDRESS))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = place / "host.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
