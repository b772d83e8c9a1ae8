"""The guard: a source reaches its own hosts at public addresses, in whatever disguise a link comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.guard import Guard, Reach, Refused
from crawler.items import Reason
from crawler.roster import Source

REACH = Reach(frozenset({"bao.vn", "203.0.113.9", "8.8.8.8", "127.0.0.1"}), frozenset({80, 443, 8190}))


@pytest.mark.parametrize(
    "url",
    [
        "https://bao.vn/tin",
        "http://m.bao.vn/tin",
        "http://bao.vn:8190/",
        "https://BAO.vn/tin",
        "http://bao.vn./tin",
        "http://8.8.8.8/",
    ],
)
def test_a_source_reaches_its_own_hosts_and_subdomains(url: str) -> None:
    assert Guard().check_url(url, REACH) is None


@pytest.mark.parametrize("host", ["báo-mới.vn", "BÁO-MỚI.vn", "xn--bo-mi-xqa5384c.vn"])
@pytest.mark.parametrize("url", ["http://báo-mới.vn/tin", "http://xn--bo-mi-xqa5384c.vn./tin", "http://m.Báo-Mới.vn/tin"])
def test_a_name_in_vietnamese_letters_is_its_punycode(host: str, url: str) -> None:
    source = Source(id="x", name="X", kind="press", home=f"http://{host}/", hosts=(host,))
    assert Guard().check_url(url, Reach.of(source)) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://baobao.vn/", Reason.OUTSIDE_HOSTS),
        ("https://bao.vn.evil.example/", Reason.OUTSIDE_HOSTS),
        ("https://evil.example/?u=bao.vn", Reason.OUTSIDE_HOSTS),
        ("https://bao.vn@evil.example/", Reason.OUTSIDE_HOSTS),
        ("https://evil.example\\@bao.vn/", Reason.OUTSIDE_HOSTS),
        ("https://user:pass@bao.vn/", Reason.OUTSIDE_HOSTS),
        ("http://bao.vn:22/", Reason.OUTSIDE_HOSTS),
        ("http://bao.vn:99999/", Reason.OUTSIDE_HOSTS),
        ("file:///etc/passwd", Reason.OUTSIDE_HOSTS),
        ("data:text/html,x", Reason.OUTSIDE_HOSTS),
        ("ftp://bao.vn/", Reason.OUTSIDE_HOSTS),
        ("javascript:alert(1)", Reason.OUTSIDE_HOSTS),
        ("http://ｂao.vn/", Reason.OUTSIDE_HOSTS),
        ("http://bаo.vn/", Reason.OUTSIDE_HOSTS),  # a Cyrillic a
        ("http://2130706433/", Reason.OUTSIDE_HOSTS),
        ("http://0x7f.1/", Reason.OUTSIDE_HOSTS),
        ("http://[::ffff:127.0.0.1]/", Reason.OUTSIDE_HOSTS),
        ("http://1.127.0.0.1/", Reason.OUTSIDE_HOSTS),
        ("http://127.0.0.1/", Reason.PRIVATE_ADDRESS),
        ("https://bao.vn/" + "a" * 3000, Reason.TRAP),
    ],
)
def test_everything_else_is_refused_by_name(url: str, reason: Reason) -> None:
    with pytest.raises(Refused) as refusal:
        Guard().check_url(url, REACH)
    assert refusal.value.reason is reason


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.0.8",
        "198.18.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:1::1",
    ],
)
def test_no_address_but_a_public_one_is_connected_to(address: str) -> None:
    with pytest.raises(Refused) as refusal:
        Guard().check_address(address)
    assert refusal.value.reason is Reason.PRIVATE_ADDRESS


def test_a_named_network_may_be_reached_and_no_other() -> None:
    guard = Guard(["127.0.0.0/8"])
    assert guard.check_url("http://127.0.0.1/", REACH) is None
    with pytest.raises(Refused):
        guard.check_address("10.0.0.1")


def test_a_network_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="127.0.0/8"):
        Guard(["127.0.0/8"])


def test_ports_come_from_the_sources_own_addresses() -> None:
    source = Source(id="x", name="X", kind="press", home="http://bao.vn:8190/", hosts=("bao.vn",))
    assert Reach.of(source).ports == {80, 443, 8190}


@given(st.text(max_size=200))
def test_any_text_is_answered_by_nothing_or_a_refusal(url: str) -> None:
    try:
        Guard().check_url(url, REACH)
    except Refused as refusal:
        assert refusal.reason in set(Reason)
    else:
        assert url.split(":")[0].lower() in ("http", "https")
