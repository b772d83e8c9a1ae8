"""A page under ever new parameters is told from pages that differ."""

from crawler.echoes import MAX_ECHOES, Echoes

HOST = "http://bao.vn"


def test_the_same_page_under_a_new_session_is_the_first_one_again() -> None:
    echoes = Echoes()
    pages = {f"{HOST}/xem.html?zz={n}abcd": f"<a href='/tin?zz={n}abcd'>Nghị quyết 57</a>".encode() for n in range(10, 20)}
    shown = [echoes.first(url, body) for url, body in pages.items()]
    assert shown == [None, *[next(iter(pages))] * 9]
    assert "zz" in (echoes.trap_in(f"{HOST}/xem.html?zz=99efgh") or "")


def test_a_trap_is_one_page_and_not_its_whole_path() -> None:
    echoes = Echoes()
    for n in range(MAX_ECHOES + 1):
        echoes.first(f"{HOST}/index.php?id=5&zz=session{n}", b"five")
    assert echoes.trap_in(f"{HOST}/index.php?id=5&zz=session99") is not None
    assert echoes.trap_in(f"{HOST}/index.php?id=6&zz=session99") is None
    assert echoes.trap_in(f"{HOST}/other.php?id=5&zz=session99") is None


def test_pages_that_differ_are_pages() -> None:
    echoes = Echoes()
    assert [echoes.first(f"{HOST}/tin?id={n}", f"Bài {n}".encode()) for n in range(50)] == [None] * 50
    assert echoes.trap_in(f"{HOST}/tin?id=99") is None


def test_an_address_without_parameters_is_no_echo() -> None:
    echoes = Echoes()
    assert [echoes.first(f"{HOST}/bai-{n}.html", b"the same") for n in range(9)] == [None] * 9


def test_the_same_address_again_is_no_echo_of_itself() -> None:
    echoes = Echoes()
    assert [echoes.first(f"{HOST}/tin?id=1", b"x") for _ in range(9)] == [None] * 9
