"""The written texts of the press web are distinct, well labelled, and cover every situation that the demo shows."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from classifier.taxonomy import load_taxonomy
from crawler.roster import load_roster
from monitor.demo.sites import load_sites
from monitor.demo.texts import TEXTS, Text, load_texts

WRITTEN = load_texts()
SITES = {site.id: site for site in load_sites().sites}
FIRST_DAY, LAST_DAY = date(2025, 6, 17), date(2026, 10, 30)
LIVE_SINCE = date(2026, 10, 5)

LIVE_COLUMNS = {
    "portal-bo-khcn",
    "portal-bo-gddt",
    "portal-nhnn",
    "portal-vast",
    "portal-ha-noi",
    "portal-da-nang",
    "portal-lao-cai",
    "portal-thai-nguyen",
    "song-viet",
    "dai-mat-troi",
}
SILENT_COLUMNS = {
    "portal-bo-y-te": date(2026, 8, 12),
    "portal-nghe-an": date(2026, 7, 30),
    "phuong-dong": date(2026, 7, 5),
}
PLANS = {
    ("bo-khcn", "plan", "portal-bo-khcn", "html"),
    ("bo-gddt", "plan", "portal-bo-gddt", "pdf"),
    ("bo-y-te", "plan", "portal-bo-y-te", "docx"),
    ("bo-ngoai-giao", "plan-report", "tan-tin", None),
    ("nhnn", "resolution-plan", "portal-nhnn", "html"),
    ("ha-noi", "plan", "portal-ha-noi", "html"),
    ("hai-phong", "plan", "portal-hai-phong", "pdf"),
    ("da-nang", "plan-report", "portal-da-nang", None),
    ("lao-cai", "plan", "portal-lao-cai", "docx"),
    ("nghe-an", "resolution-plan", "portal-nghe-an", "html"),
    ("can-tho", "plan-report", "song-viet", None),
    ("thai-nguyen", "plan", "portal-thai-nguyen", "html"),
}
PROGRAMME = re.compile(r"1169/QĐ-TTg|[Cc]hương trình.{0,30} truyền thông thực hiện Nghị quyết")
OUTRIGHT = re.compile(
    r"57\s*-\s*NQ\s*/\s*TW|57/NQ-TW|\bNQ\s?57\b|1169|đột phá phát triển khoa học, công nghệ"
    r"|Ban Chỉ đạo Trung ương|57, 59|Politburo|Политбюро"
)


def whole(text: Text) -> str:
    return "\n".join((text.title, text.summary or "", *text.paragraphs))


def sentences(text: Text) -> set[str]:
    """Sentences long enough to be somebody's own; the fixed heading of an official document is nobody's."""
    parts = (part.strip(" ./") for part in re.split(r"(?<=[.!?…])\s+|\n", whole(text)))
    return {part.casefold() for part in parts if len(re.findall(r"\w+", part)) >= 8 and not part.isupper()}


def phrases(text: Text, length: int = 6) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", whole(text).casefold())
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


def test_ids_are_slugs_used_once() -> None:
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text.id) for text in WRITTEN)
    assert len({text.id for text in WRITTEN}) == len(WRITTEN)


def test_every_label_is_known() -> None:
    topics = {topic.id for topic in load_taxonomy()}
    agencies = {agency.id for agency in load_roster().agencies}
    for text in WRITTEN:
        labels = text.labels
        assert set(labels.topics) <= topics, text.id
        assert set(labels.agencies) <= agencies, text.id
        assert len(set(labels.topics)) == len(labels.topics), text.id
        assert len(set(labels.agencies)) == len(labels.agencies), text.id
        if labels.plan:
            assert {labels.plan.agency, labels.plan.issued_by or labels.plan.agency} <= agencies, text.id


def test_dates_lie_in_the_demo_s_calendar() -> None:
    assert [text.id for text in WRITTEN if not FIRST_DAY <= text.date.date() <= LAST_DAY] == []


def test_each_of_the_last_twelve_weeks_has_its_share() -> None:
    first_monday = date(2026, 8, 10)
    weeks = Counter((text.date.date() - first_monday).days // 7 for text in WRITTEN if text.date.date() >= first_monday)
    assert set(weeks) == set(range(12))
    assert all(8 <= written <= 18 for written in weeks.values())
    assert first_monday + timedelta(weeks=12) > LAST_DAY


@pytest.mark.parametrize("file", sorted(TEXTS.glob("*.yaml")), ids=lambda file: file.stem)
def test_files_are_in_nfc(file: Path) -> None:
    content = file.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", content)
    assert not re.search(r"[\u0000-\u0008\u00a0\u200b-\u200f\ufeff\ufffd]", content)


def test_no_sentence_is_used_twice() -> None:
    used = Counter(sentence for text in WRITTEN for sentence in sentences(text))
    assert [sentence for sentence, times in used.items() if times > 1] == []


def test_at_least_a_hundred_texts_are_distinct() -> None:
    """No text is another one with its slots filled anew: pairs share next to no run of six words."""
    runs = {text.id: phrases(text) for text in WRITTEN}
    alike = {
        (one, other)
        for one, other in combinations(runs, 2)
        if len(runs[one] & runs[other]) > 0.2 * min(len(runs[one]), len(runs[other]))
    }
    assert alike == set()
    assert len(WRITTEN) >= 100


def test_lengths_are_those_of_real_pages() -> None:
    bounds = {"plan": (150, 700), "brief": (60, 120)}
    for text in WRITTEN:
        least, most = bounds.get(text.kind, (100, 450))
        assert least <= len(whole(text).split()) <= most, text.id


def test_every_site_that_answers_has_its_own_texts() -> None:
    written = Counter(text.site for text in WRITTEN)
    silenced = {site.id for site in SITES.values() if site.fault or site.robots.rstrip().endswith("Disallow: /")}
    assert set(written) == set(SITES) - silenced
    assert all(3 <= texts <= 10 for texts in written.values())


def test_languages_are_those_of_the_sites() -> None:
    assert [text.id for text in WRITTEN if text.language != SITES[text.site].language] == []
    spoken = Counter(text.language for text in WRITTEN)
    assert spoken["en"] >= 5 and spoken["ru"] >= 5


def test_columns_are_live_silent_or_missing_as_planned() -> None:
    items: dict[str, list[date]] = {}
    for text in WRITTEN:
        if text.column:
            assert text.labels.relevance == 2, text.id
            items.setdefault(text.site, []).append(text.date.date())
    assert set(items) == LIVE_COLUMNS | set(SILENT_COLUMNS)
    assert all(len(dates) >= 3 for dates in items.values())
    assert all(max(items[site]) >= LIVE_SINCE for site in LIVE_COLUMNS)
    assert {site: max(items[site]) for site in SILENT_COLUMNS} == SILENT_COLUMNS


def test_every_plan_situation_has_its_text() -> None:
    found = {
        (text.labels.plan.agency, text.labels.plan.kind, text.site, text.document)
        for text in WRITTEN
        if text.labels.plan and text.labels.plan.kind != "mention"
    }
    assert found == PLANS
    assert any(text.labels.plan and text.labels.plan.kind == "mention" and text.site == "portal-vast" for text in WRITTEN)


def test_a_programme_plan_names_the_programme_and_a_resolution_plan_does_not() -> None:
    for text in WRITTEN:
        plan = text.labels.plan
        if plan and plan.kind in ("plan", "plan-report"):
            assert PROGRAMME.search(whole(text)), text.id
        if plan and plan.kind == "resolution-plan":
            assert not PROGRAMME.search(whole(text)), text.id
        if plan and plan.number:
            assert plan.number in whole(text), text.id


def test_the_predecessor_issued_thai_nguyen_s_plan() -> None:
    (plan,) = (text for text in WRITTEN if text.site == "portal-thai-nguyen" and text.document)
    assert plan.labels.plan is not None
    assert (plan.labels.plan.issued_by, plan.date.date()) == ("bac-kan", date(2025, 6, 27))
    assert "Thái Nguyên" not in whole(plan)


def test_look_alikes_never_name_the_resolution() -> None:
    for text in WRITTEN:
        if text.kind in ("decoy", "subject"):
            assert text.labels.relevance == 0, text.id
            assert not OUTRIGHT.search(whole(text)), text.id
        else:
            assert text.labels.relevance > 0, text.id
    assert all("57" in whole(text) for text in WRITTEN if text.kind == "decoy")


def test_every_shade_of_relevance_and_every_topic_occurs_often() -> None:
    kinds = Counter(text.kind for text in WRITTEN)
    assert kinds["decoy"] >= 20 and kinds["subject"] >= 25
    shades = Counter(text.labels.relevance for text in WRITTEN)
    assert shades[2] >= 60 and shades[1] >= 12
    topics = Counter(topic for text in WRITTEN for topic in text.labels.topics)
    assert {topic.id for topic in load_taxonomy() if topics[topic.id] < 10} == set()
