"""Two languages with the same keys, templates without words of their own, and words for every code of the schema."""

from __future__ import annotations

import re

import pytest
from jinja2 import Environment, nodes

from crawler.items import Reason
from monitor.serve import config_dir
from monitor.site.strings import choose_language, load_strings

STRINGS = load_strings(config_dir() / "locales")
TEMPLATES = sorted((config_dir() / "templates" / "nq57").glob("*.html"))
SPOKEN = re.compile(r'(?:aria-label|title|placeholder|alt|content)="([^"{]*[^\W\d_]{2}[^"{]*)"')


def test_both_languages_have_the_same_keys_and_blanks() -> None:
    vi, en = STRINGS["vi"].by_key, STRINGS["en"].by_key
    assert set(vi) == set(en)
    for key in vi:
        assert set(re.findall(r"{\w+}", vi[key])) == set(re.findall(r"{\w+}", en[key])), key
        assert vi[key].strip() and en[key].strip()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_has_no_words_of_its_own(template: str) -> None:
    tree = Environment(autoescape=True).parse(template.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    html = "\x00".join(data.data for data in tree.find_all(nodes.TemplateData))
    spoken = [words for words in SPOKEN.findall(html) if words not in ("width=device-width, initial-scale=1",)]
    between = re.sub(r"<[^>]*>?|[^<]*>|&\w+;", " ", html)
    between = re.sub(r"/\w+\.", " ", between.replace("\x00", " "))
    assert not re.findall(r"[^\W\d_]{2,}", between)
    assert not spoken


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_every_plain_key_is_there(template: str) -> None:
    keys = re.findall(r"""\bt\(["']([\w.-]+)["'][,)]""", template.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    assert not set(keys) - set(STRINGS["vi"].by_key)


def test_every_reason_of_a_failure_has_words() -> None:
    assert not {f"failure.{reason.value}" for reason in Reason} - set(STRINGS["vi"].by_key)


def test_vietnamese_is_the_language_of_the_house() -> None:
    assert choose_language(None, None) == choose_language("de", "xx") == "vi"
    assert choose_language("en", "vi") == choose_language(None, "en") == "en"
