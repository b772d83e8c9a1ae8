"""What people type, and what they must get in which order: spelled so first, title before text, new before old."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator

import pytest

from crawler.store.db import open_database
from crawler.store.search import Wanted
from monitor.lexicon import Lexicon
from monitor.search import read
from monitor.serve import config_dir
from monitor.site.finder import Finder

LEXICON = Lexicon.load(config_dir() / "search.yaml", ("Thành phố Đà Nẵng", "Tỉnh Lào Cai"))
# Number, title, text: the higher the number, the newer.
PRESS = (
    (1, "Chuyển đổi số ở Huế", ""),
    (2, "Chuyển đổi số ở Vinh", ""),
    (3, "Tin huyện", "Xã bàn chuyện chuyển đổi số."),
    (4, "Chuyen doi so o Lao", ""),
    (5, "Tin xã", "noi ve chuyen doi so"),
    (6, "CĐS về bản", ""),
    (7, "Digital transformation in Hanoi", ""),
    (8, "Đổi mới cách dạy", ""),
    (9, "Đời mới của bản Mông", ""),
    (10, "Đồi mới trồng chè", ""),
    (11, "Doi moi tu duy", ""),
    (12, "Tin trường", "Thầy cô đổi mới."),
    (13, "Hòa bình cho trẻ em", ""),
    (14, "Hoà bình là đích", ""),
    (15, "Hoa binh va tre em", ""),
    (16, "Nghị quyết 57 vào cuộc sống", ""),
    (17, "Tin ngắn", "Thực hiện Nghị quyết số 57-NQ/TW ngày 22/12/2024."),
    (18, "NQ57: một năm", ""),
    (19, "Resolution 57 opens doors", ""),
    (20, "Nghị định 57 về đường bộ", ""),
    (21, "Nghị quyết 59 về hội nhập", ""),
    (22, "Tin tỉnh", "Nghị quyết đặt ra 57 nhiệm vụ."),
    (23, "TPHCM mở sàn dữ liệu", ""),
    (24, "TP. Hồ Chí Minh thử xe tự lái", ""),
    (25, "Thành phố Hồ Chí Minh có sở mới", ""),
    (26, "Sài Gòn mưa", ""),
    (27, "Bảo tàng Hồ Chí Minh mở cửa", ""),
    (28, "Bộ KH&CN họp báo", ""),
    (29, "Bộ Khoa học và Công nghệ tuyển người", ""),
    (30, "Công nghệ bán dẫn ở Đà Nẵng", ""),
    (31, "Chip bán dẫn và trí tuệ nhân tạo", ""),
    (32, "Bạn dân và chiến sĩ", ""),
    (33, "Trí tuệ nhân tạo trong y tế", ""),
    (34, "Y tế xã", "Bệnh viện dùng trí tuệ nhân tạo."),
    (35, "Học sinh học lập trình", ""),
    (36, "Sinh viên làm chip", ""),
    (37, "Đường sắt Lào Cai", ""),
    (38, "Thuý Kiều báo ân", ""),
    (39, "Thúy Vân và Kiều", ""),
    (40, "Ủy ban nhân dân xã họp", ""),
    (41, "UBND tỉnh trả lời", ""),
    (42, "Quyết định 1169 về truyền thông", ""),
    (43, "Tin bộ", "Quyết định số 1169/QĐ-TTg được ban hành."),
)


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    db = open_database(tmp_path_factory.mktemp("press") / "nq57.db")
    with db.atomic():
        db.execute("insert into sources (id, name, kind, home) values ('a', 'A', 'press', '')")
        db.conn.executemany(
            """insert into articles (id, url, source_id, title, text, published_at, published_on, fetched_at, words, relevance,
                   relevance_score, model) values (?1, ?1, 'a', ?2, ?3, ?4, ?4, '2026', 1, 2, 1, 'm')""",
            [(n, title, text, f"2026-{1 + n // 28:02}-{1 + n % 28:02}") for n, title, text in PRESS],
        )
    yield db.conn
    db.close()


def found(connection: sqlite3.Connection, typed: str) -> list[int]:
    asked, finder = read(typed, LEXICON), Finder()
    result = finder.find(connection, Wanted(asked.folded, asked.exact, asked.strict, asked.excluded, others=asked.others))
    return list(finder.ordered(connection, result, "relevance", result.articles))


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("chuyển đổi số", [2, 1, 3, 7, 6, 4, 5]),
        ("chuyen doi so", [7, 6, 4, 2, 1, 5, 3]),
        ("CHUYỂN ĐỔI SỐ", [2, 1, 3, 7, 6, 4, 5]),
        ("Chuyển Đổi Số", [2, 1, 3, 7, 6, 4, 5]),
        ('"chuyển đổi số"', [2, 1, 3, 4, 5]),
        ('"chuyen doi so"', [4, 5, 2, 1, 3]),
        ("CĐS", [6, 7, 4, 2, 1, 5, 3]),
        ("cđs", [6, 7, 4, 2, 1, 5, 3]),
        ("digital transformation", [7, 6, 4, 2, 1, 5, 3]),
        ("chuyển đổi số -huế", [2, 3, 7, 6, 4, 5]),
        ("chuyển đổi số -Huế -Vinh", [3, 7, 6, 4, 5]),
        ("chuyển đổi số NOT xã", [2, 1, 7, 6, 4]),
        ("chuyển đổi số Huế", [1]),
        ("chuyển đổi số OR bán dẫn", [31, 30, 2, 1, 3, 7, 6, 4, 5]),
        ("chuyển*", [2, 1, 3, 4, 5]),
        ("chuyển đ*", [2, 1, 3, 4, 5]),
        ("đổi mới", [8, 12, 11]),
        ("doi moi", [11, 10, 9, 8, 12]),
        ("ĐỔI MỚI", [8, 12, 11]),
        ("đời mới", [9, 11]),
        ("đồi mới", [10, 11]),
        ("đòi mỏi", [11]),
        ('"đổi mới"', [8, 12, 11]),
        ("đổi mới -dạy", [12, 11]),
        ("hòa bình", [14, 13, 15]),
        ("hoà bình", [14, 13, 15]),
        ("hoa binh", [15, 14, 13]),
        ("HÒA BÌNH", [14, 13, 15]),
        ("hoà bình trẻ em", [13, 15]),
        ("hòa bình -trẻ", [14]),
        ("nghị quyết 57", [16, 19, 18, 17]),
        ("nghi quyet 57", [19, 18, 16, 17]),
        ("NQ57", [19, 18, 16, 17]),
        ("nq57", [19, 18, 16, 17]),
        ("NQ 57", [19, 18, 16, 17]),
        ("57-NQ/TW", [19, 18, 16, 17]),
        ('"nghị quyết 57"', [16]),
        ("Nghị quyết số 57-NQ/TW", [17, 19, 18, 16]),
        ("resolution 57", [19, 18, 16, 17]),
        ("nghị quyết 57 OR nghị định 57", [20, 16, 19, 18, 17]),
        ("nghị quyết 57 -resolution", [16, 18, 17]),
        ("nghị định 57", [20]),
        ("nghị quyết", [21, 16, 22, 17]),
        ("nghị quyết 59", [21]),
        ("57", [20, 19, 16, 22, 17]),
        ("TPHCM", [26, 25, 24, 23]),
        ("TP.HCM", [26, 25, 24, 23]),
        ("TP. Hồ Chí Minh", [24, 26, 25, 23]),
        ("tp hcm", [26, 25, 24, 23]),
        ("Thành phố Hồ Chí Minh", [25, 26, 24, 23]),
        ("thanh pho ho chi minh", [26, 25, 24, 23]),
        ("Sài Gòn", [26, 25, 24, 23]),
        ("Hồ Chí Minh", [27, 25, 24]),
        ('"Hồ Chí Minh"', [27, 25, 24]),
        ("TPHCM -mưa", [25, 24, 23]),
        ("KH&CN", [29, 28]),
        ("Bộ KH&CN", [28, 29]),
        ("bo khcn", [29, 28]),
        ("bộ khoa học và công nghệ", [29, 28]),
        ("bán dẫn", [31, 30]),
        ("ban dan", [32, 31, 30]),
        ("bạn dân", [32]),
        ("bán dẫn đà nẵng", [30]),
        ("ban dan da nang", [30]),
        ("bán dẫn OR lập trình", [35, 31, 30]),
        ("(bán dẫn OR lập trình) -chip", [35, 30]),
        ("trí tuệ nhân tạo", [33, 31, 34]),
        ("tri tue nhan tao", [33, 31, 34]),
        ("trí tuệ nhân tạo y tế", [33, 34]),
        ("trí tuệ nhân tạo AND y tế", [33, 34]),
        ("artificial intelligence", [33, 31, 34]),
        ("học sinh", [35]),
        ("sinh", [36, 35]),
        ("hoc", [35, 29]),
        ("Đà Nẵng", [30]),
        ("da nang", [30]),
        ("Lào Cai", [37]),
        ("lao cai", [37]),
        ("lao", [4, 37]),
        ("thúy", [39, 38]),
        ("thuý", [39, 38]),
        ("Thúy Kiều", [39, 38]),
        ("uỷ ban nhân dân", [40, 41]),
        ("UBND", [41, 40]),
        ("QĐ 1169", [42, 43]),
        ("1169/QĐ-TTg", [43, 42]),
        ("1169", [42, 43]),
        ('"', []),
        ('""', []),
        ("-", []),
        ("*", []),
        ("()", []),
        ("OR", []),
        ("AND chuyển đổi số", [2, 1, 3, 7, 6, 4, 5]),
        ("chuyển đổi số OR", [2, 1, 3, 7, 6, 4, 5]),
        ("((chuyển đổi số", [2, 1, 3, 7, 6, 4, 5]),
        ('"chuyển đổi số', [2, 1, 3, 4, 5]),
        ("không có từ này", []),
        ("-chuyển đổi số -57 -tin", []),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_people_get_what_they_mean_in_the_order_they_expect(
    press: sqlite3.Connection, typed: str, wanted: list[int], form: str
) -> None:
    assert found(press, unicodedata.normalize(form, typed)) == wanted  # type: ignore[arg-type]
