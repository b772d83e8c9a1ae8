"""The roster: what the project's own files say, what other people's files may look like, and how mistakes are named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.roster import OWN, Roster, RosterError, load_roster
from crawler.roster_yaml import YamlProblem, read_yaml

SIGNED = date(2025, 6, 16)
MERGED = date(2025, 7, 1)
TODAY = date(2026, 10, 31)


@pytest.fixture(scope="module")
def own() -> Roster:
    return load_roster(strict=True)


def write(folder: Path, text: str, name: str = "sources.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


GOOD = """\
- id: bao-mot
  name: Báo Một
  kind: press
  hosts: [mot.vn]
  home: https://www.mot.vn/
  feeds: [https://mot.vn/rss/tin.rss]
"""


class TestOwnFiles:
    @pytest.mark.parametrize(("day", "bodies"), [(SIGNED, 85), (date(2025, 6, 30), 85), (MERGED, 56), (TODAY, 56)])
    def test_the_denominators(self, own: Roster, day: date, bodies: int) -> None:
        assert len(own.bodies_on(day)) == bodies

    def test_the_denominators_are_those_stated(self, own: Roster) -> None:
        for stated in own.programme.denominators:
            bodies = own.bodies_on(stated.on)
            kinds = [a.kind for a in bodies]
            assert kinds.count("ministry") == stated.ministries
            assert kinds.count("ministerial") == stated.ministerial
            assert kinds.count("government") == stated.government
            assert kinds.count("province") == stated.provinces
            assert len(bodies) == stated.total

    def test_six_cities_and_six_key_press_agencies(self, own: Roster) -> None:
        assert {a.id for a in own.bodies_on(TODAY) if a.city} == {"ha-noi", "hai-phong", "hue", "da-nang", "tphcm", "can-tho"}
        assert {s.id for s in own.key_press()} == {"vtv", "vov", "ttxvn", "nhandan", "qdnd", "cand"}

    def test_every_counted_body_of_today_has_a_portal_among_the_sources(self, own: Roster) -> None:
        assert {f"portal-{a.id}" for a in own.bodies_on(TODAY)} <= {s.id for s in own.sources}

    def test_what_vanished_has_a_living_successor(self, own: Roster) -> None:
        gone = [a for a in own.agencies if not a.valid_on(TODAY)]
        provinces = [a for a in gone if a.kind == "province"]
        assert len(provinces) == 29
        assert {a.valid_to for a in provinces} == {date(2025, 6, 30)}
        assert all(own.today_of(a.id, TODAY).valid_on(TODAY) for a in gone)

    def test_a_province_that_goes_on_is_one_body_with_two_territories(self, own: Roster) -> None:
        parts = own.agency("thai-nguyen").territory
        assert [p.of for p in parts] == [("thai-nguyen",), ("bac-kan", "thai-nguyen")]
        assert parts[0].valid_to == date(2025, 6, 30)
        assert parts[1].valid_from == MERGED

    def test_the_63_territories_before_are_the_territories_of_today(self, own: Roster) -> None:
        before = {a.id for a in own.bodies_on(SIGNED) if a.kind == "province"}
        today = [
            p for a in own.bodies_on(TODAY) if a.kind == "province" for p in (a.territory[-1].of if a.territory else (a.id,))
        ]
        assert sorted(today) == sorted(before)

    def test_a_body_is_traced_to_the_one_of_the_day(self, own: Roster) -> None:
        assert own.today_of("bac-kan", SIGNED).id == "bac-kan"
        assert own.today_of("bac-kan", MERGED).id == "thai-nguyen"
        assert own.today_of("bo-tttt", SIGNED).id == "bo-khcn"

    def test_targets_groups_and_duties_are_those_of_the_decision(self, own: Roster) -> None:
        programme = own.programme
        assert [(t.id, t.share, t.due_on.year) for t in programme.targets] == [
            ("plans-2025", 1.0, 2025),
            ("columns-2025", 1.0, 2025),
            ("officials-2025", 1.0, 2025),
            ("press-2025", 1.0, 2025),
            ("channels-2025", 1.0, 2025),
            ("tasks-2030", 1.0, 2030),
            ("grassroots-2030", 0.8, 2030),
            ("training-2030", 0.7, 2030),
        ]
        assert [g.id for g in programme.task_groups] == [
            "mass-media", "education", "enterprises", "research-organisations", "foreign-information",
        ]  # fmt: skip
        assert {d.id for d in programme.duties} == {
            "plan-yearly", "estimate-yearly", "report-monthly", "review-yearly", "press-programme-2025", "reward",
            "train-reporters",
        }  # fmt: skip
        report = next(d for d in programme.duties if d.id == "report-monthly")
        assert (report.every, report.due_day, report.to, report.by) == ("month", 20, "bo-khcn", ("key-press",))

    def test_feeds_that_nobody_saw_are_unverified(self, own: Roster) -> None:
        feeds = [e for s in own.sources for e in s.feeds]
        assert len(feeds) >= 94
        assert any(e.verified for e in feeds)
        assert all(e.unverified == (e.verified is None) for e in feeds)

    def test_names_for_the_gazetteer(self, own: Roster) -> None:
        rows = {(r.agency_id, r.name): r.short for r in own.agency_names()}
        assert rows["bo-khcn", "Bộ Khoa học và Công nghệ"] is False
        assert rows["bo-khcn", "BKHCN"] is True
        assert rows["lao-cai", "Lào Cai"] is True
        assert rows["bo-tttt", "Ministry of Information and Communications"] is False
        assert {a.id for a in own.agencies} == {r.agency_id for r in own.agency_names()}


class TestOtherPeoplesFiles:
    def test_a_file_in_the_format_of_the_contract(self, tmp_path: Path) -> None:
        roster = load_roster(
            write(
                tmp_path,
                """\
- id: example
  name: Báo Ví dụ
  kind: press
  key_press: true            # a comment
  agency: null
  languages: [vi, en]
  hosts: [127.0.0.3, "::1"]
  home: http://127.0.0.3:8080/
  feeds: ["http://127.0.0.3:8080/rss/tin-moi.rss", {url: "http://127.0.0.3:8081/a", verified: null}]
  sitemaps: [{url: "http://[::1]:8080/sitemap.xml", verified: 2026-10-01}]
  listings: [{url: "http://127.0.0.3:8080/khoa-hoc", article: "h3.title a"}, "http://127.0.0.3:8080/so"]
  columns: null
- {id: portal-ha-noi, name: Cổng, kind: portal, agency: ha-noi, hosts: [HANOI.gov.vn], home: "https://www.hanoi.gov.vn/"}
""",
                "mine.yaml",
            ),
            strict=True,
        )
        first, second = roster.sources
        assert first.hosts == ("127.0.0.3", "::1")
        assert [(e.unverified, e.verified) for e in first.feeds] == [(False, None), (True, None)]
        assert first.sitemaps[0].verified == date(2026, 10, 1)
        assert [e.article for e in first.listings] == ["h3.title a", None]
        assert first.columns == ()
        assert second.hosts == ("hanoi.gov.vn",)
        assert second.languages == ("vi",)
        assert len(roster.bodies_on(TODAY)) == 56

    def test_a_directory_brings_its_own_agencies(self, tmp_path: Path) -> None:
        write(tmp_path, "- {id: a, kind: ministry, name: {vi: Bộ A, en: Ministry A}, aliases: [Bộ Á]}\n", "agencies.yaml")
        write(tmp_path, "- {id: portal-a, name: A, kind: portal, agency: a, hosts: [a.vn], home: 'http://a.vn/'}\n")
        roster = load_roster(tmp_path, strict=True)
        assert [a.id for a in roster.bodies_on(TODAY)] == ["a"]
        assert roster.programme.decision.number == "1169/QĐ-TTg"

    def test_values_shared_by_anchors_are_fine(self, tmp_path: Path) -> None:
        text = GOOD.replace("[mot.vn]", "&h [mot.vn]") + GOOD.replace("bao-mot", "bao-hai").replace("[mot.vn]", "*h").replace(
            "tin.rss", "khac.rss"
        )
        assert [s.hosts for s in load_roster(write(tmp_path, text), strict=True).sources] == [("mot.vn",)] * 2

    def test_an_empty_list_is_a_roster_without_sources(self, tmp_path: Path) -> None:
        assert load_roster(write(tmp_path, "[]")).sources == ()


class TestMistakes:
    @pytest.mark.parametrize(
        ("change", "line", "field"),
        [
            (("name: Báo Một", "name: ''"), 2, "name"),
            (("kind: press", "kind: blog"), 3, "kind"),
            (("kind: press", "kind: portal"), 1, "agency"),
            (("kind: press", "kind: press\n  agency: bo-nao-do"), 4, "agency"),
            (("hosts: [mot.vn]", "hosts: [https://mot.vn/]"), 4, "hosts.0"),
            (("hosts: [mot.vn]", "hosts: ['mot.vn:8080']"), 4, "hosts.0"),
            (("hosts: [mot.vn]", "hosts: [mot.vn, '-x.vn']"), 4, "hosts.1"),
            (("hosts: [mot.vn]", "hosts: [hai.vn]"), 5, "home"),
            (("hosts: [mot.vn]", "hosts: []"), 4, "hosts"),
            (("https://www.mot.vn/", "ftp://mot.vn/"), 5, "home"),
            (("https://www.mot.vn/", "https://u:p@mot.vn/"), 5, "home"),
            (("https://www.mot.vn/", "https://mot.vn:99999/"), 5, "home"),
            (("https://www.mot.vn/", "https://notmot.vn/"), 5, "home"),
            (("https://mot.vn/rss", "https://hai.vn/rss"), 6, "feeds.0.url"),
            (("[https://mot.vn/rss/tin.rss]", "[https://mot.vn/a, https://www.mot.vn/a/]"), 6, "feeds.1.url"),
            (("[https://mot.vn/rss/tin.rss]", "[{url: 'https://mot.vn/a', verified: 2025-02-30}]"), 6, "feeds.0.verified"),
            (("[https://mot.vn/rss/tin.rss]", "[{url: 'https://mot.vn/a', verifed: null}]"), 6, "feeds.0.verifed"),
            (("feeds:", "fedes:"), 6, "fedes"),
            (("- id: bao-mot", "- id: Báo Một"), 1, "id"),
            (("  home: https://www.mot.vn/\n", ""), 1, "home"),
            (("kind: press", "kind: press\n  kind: foreign"), 4, "0.kind"),
        ],
    )
    def test_each_is_named_with_file_line_and_field_and_loses_only_its_entry(
        self, tmp_path: Path, change: tuple[str, str], line: int, field: str
    ) -> None:
        other = GOOD.replace("mot", "hai").replace("Một", "Hai")
        path = write(tmp_path, GOOD.replace(*change) + other)
        roster = load_roster(path)
        assert [s.id for s in roster.sources] == ["bao-hai"]
        assert next((p.file, p.line, p.field) for p in roster.problems) == (str(path), line, field)
        with pytest.raises(RosterError, match=rf"sources\.yaml:{line}: {field}: ."):
            load_roster(path, strict=True)

    def test_the_second_of_two_ids_and_of_two_feeds_is_the_wrong_one(self, tmp_path: Path) -> None:
        hai = GOOD.replace("bao-mot", "bao-hai")
        roster = load_roster(write(tmp_path, GOOD + GOOD.replace("tin.rss", "b.rss") + hai))
        assert [s.id for s in roster.sources] == ["bao-mot"]
        assert [(p.line, p.field) for p in roster.problems] == [(7, "id"), (18, "feeds.0.url")]

    @pytest.mark.parametrize("text", ["", "nothing", "{a: 1}", "- [", "a: b: c", "- !!python/object:os.system {}", "\x00"])
    def test_a_file_that_is_no_list_is_refused(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(RosterError, match=r"sources\.yaml:\d+: file: ."):
            load_roster(write(tmp_path, text))

    def test_a_missing_file_and_one_in_another_encoding(self, tmp_path: Path) -> None:
        with pytest.raises(RosterError, match="No such file"):
            load_roster(tmp_path / "nowhere.yaml")
        (tmp_path / "sources.yaml").write_bytes("- id: báo".encode("utf-16"))
        with pytest.raises(RosterError, match="not UTF-8"):
            load_roster(tmp_path)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (("successor: bo-khcn", "successor: bo-nao-do"), "successor: no agency bo-nao-do"),
            (("id: bo-y-te", "id: bo-gddt"), "id: bo-gddt is taken"),
            (("valid_to: 2025-06-30", "valid_to: hôm qua"), "valid_to: a day is written YYYY-MM-DD"),
            (("of: [bac-kan, thai-nguyen]", "of: [bac-can, thai-nguyen]"), "territory: no agency bac-can"),
        ],
    )
    def test_broken_agencies_are_never_half_loaded(self, tmp_path: Path, change: tuple[str, str], message: str) -> None:
        write(tmp_path, GOOD)
        write(tmp_path, (OWN / "agencies.yaml").read_text("utf-8").replace(*change), "agencies.yaml")
        with pytest.raises(RosterError, match=rf"agencies\.yaml:\d+: {message}"):
            load_roster(tmp_path)

    def test_a_broken_programme_names_the_target(self, tmp_path: Path) -> None:
        write(tmp_path, GOOD)
        write(tmp_path, (OWN / "programme.yaml").read_text("utf-8").replace("share: 0.8", "share: 80"), "programme.yaml")
        with pytest.raises(RosterError, match=r"programme\.yaml:\d+: targets\.6\.share: "):
            load_roster(tmp_path)


class TestHostileYaml:
    def test_values_that_unfold_beyond_measure(self) -> None:
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
        with pytest.raises(YamlProblem):
            read_yaml("\n".join(lines))

    @pytest.mark.parametrize("text", ["&a [*a]", "[" * 5000, "{a: " * 3000, "? [a]\n: b", "- *gone"])
    def test_values_that_contain_themselves_or_go_too_deep(self, text: str) -> None:
        with pytest.raises(YamlProblem):
            read_yaml(text)

    @given(st.text(max_size=60))
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        try:
            read = read_yaml(text)
        except YamlProblem as problem:
            assert problem.line >= 1
        else:
            assert read.line_of((0, "name", "vi")) >= 1
