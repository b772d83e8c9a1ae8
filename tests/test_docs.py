"""Documentation that fails the build: made pages are what their source says, links lead somewhere."""

import re
from pathlib import Path

import pytest
import yaml

from monitor.reference import DOCS, PAGES
from monitor.signals import RULE
from monitor.targets import COLUMNS_RULE, PLANS_RULE, PRESS_RULE

ROOT = DOCS.parent
WRITTEN = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_made_pages_are_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `python -m monitor.reference`"


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_the_rules_stand_beside_the_programmes_own_facts_and_under_their_versions() -> None:
    """docs/targets.md quotes programme.yaml to the letter, and no rule goes by a version that the page does not describe."""
    page = (DOCS / "targets.md").read_text(encoding="utf-8")
    said = " ".join(line.removeprefix(">").strip() for line in page.splitlines())
    facts = yaml.safe_load((ROOT / "crawler" / "roster" / "programme.yaml").read_text(encoding="utf-8"))
    for target in facts["targets"]:
        for fact in (target["name"]["vi"], target["name"]["en"], target["numerator"], target["denominator"], target["source"]):
            assert " ".join(fact.split()) in said, (target["id"], fact)
    versions = {f"{target['id']}/1" for target in facts["targets"]} | {PLANS_RULE, COLUMNS_RULE, PRESS_RULE, RULE}
    headed = set(re.findall(r"`([a-z0-9-]+/[0-9]+)`", "".join(line for line in page.splitlines() if line.startswith("## "))))
    assert headed == versions
