"""A seed in, articles out that read like coverage of the Resolution: word after word as the project's own texts put them.

Sentences are made once, by a chain of syllables over the examples and the press web, with names, places and numbers of endless
variety; official wording comes often and most other wording seldom, as in real texts.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from benchmarks.pages import texts_of_items
from crawler.roster import Agency, Roster

_EXAMPLES = Path(__file__).parents[1] / "classifier" / "examples"
_GENERAL = 40_000
_TOPICAL = 1_500
"""Sentences of each topic."""
_LONGEST = 34
"""Syllables of a sentence."""
_SURNAMES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Mai Lương"
_MIDDLES = "Văn Thị Hữu Đức Minh Ngọc Thanh Quốc Xuân Thu Hồng Kim Bá Công Đình Gia Khánh Quang Tuấn Phương"
_GIVEN = (
    "An Anh Bách Bảo Bình Châu Chi Cường Diệp Dũng Duy Đạt Điệp Giang Hà Hải Hạnh Hiền Hiếu Hoa Hòa Huệ Hùng Hương Khang Khoa "
    "Lan Liên Linh Long Lộc Mạnh My Nam Nga Nghĩa Nhân Nhung Oanh Phong Phúc Quân Quỳnh Sơn Tâm Thái Thảo Thắng Thịnh Thủy Tiến "
    "Toàn Trang Trí Trung Tùng Uyên Vân Việt Vinh Yến"
)
_PARTS = "Tân Phú Mỹ Bình An Long Hòa Thạnh Đông Tây Nam Bắc Thanh Xuân Vĩnh Lộc Yên Đại Cẩm Kim Sơn Hà Giang Lâm Trà Phong"
_NAMINGS = (
    "Nghị quyết số 57-NQ/TW",
    "Nghị quyết 57",
    "Nghị quyết số 57-NQ/TW của Bộ Chính trị",
    "NQ57",
    "Nghị quyết 57-NQ/TW",
)


class Prose:
    """A store of sentences, and the way articles are put together of them."""

    def __init__(self, seed: int, roster: Roster) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - the same texts every time
        self._surnames, self._middles, self._given, self._parts = (w.split() for w in (_SURNAMES, _MIDDLES, _GIVEN, _PARTS))
        self._bodies = [agency for agency in roster.agencies if agency.valid_to is None]
        examples = [
            json.loads(line) for file in sorted(_EXAMPLES.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()
        ]
        vietnamese = [example for example in examples if example["language"] == "vi"]
        plain = [e["text"] for e in vietnamese if not e["relevance"]] + [" ".join(own) for _, own in texts_of_items()]
        chain = _Chain(plain, self._chance)
        self._general = _Deck([chain.sentence() for _ in range(_GENERAL)], self._chance)
        self._topics: dict[str, _Deck] = {}
        self._titles: dict[str, list[str]] = defaultdict(list)
        own: dict[str, list[str]] = defaultdict(list)
        for example in vietnamese:
            for topic in example["topics"]:
                own[topic].append(example["text"])
                self._titles[topic].append(example["title"] or "Tin ngắn")
        for topic, texts in own.items():
            said = [s for text in texts for s in _sentences(text)]
            mixed = _Chain(texts, self._chance)
            self._topics[topic] = _Deck([*said, *(mixed.sentence() for _ in range(_TOPICAL))], self._chance)
        self._names = sorted(self._topics)

    def article(self, number: int) -> dict[str, Any]:
        """Title, summary, text and tags of one article; about 3 kB of text."""
        chance = self._chance
        topics = sorted({chance.choice(self._names) for _ in range(chance.choice((0, 1, 1, 2, 2, 3)))})
        bodies = chance.sample(self._bodies, chance.choice((0, 1, 1, 2, 3)))
        relevance = chance.choices((0, 1, 2), (1, 5, 4))[0]
        about = [self._topics[topic].draw() for topic in topics for _ in range(3)]
        if relevance:
            about.append(f"Việc thực hiện {chance.choice(_NAMINGS)} được {self._person()} nêu tại {self._place()}.")
        about += [self._about(body) for body in bodies]
        lines = [*(self._general.draw() for _ in range(chance.randint(10, 26))), *about]
        lines += [self._detail() for _ in range(4)]
        chance.shuffle(lines)
        text = "\n".join(" ".join(lines[at : at + 3]) for at in range(0, len(lines), 3))
        return {
            "title": self._title(topics, bodies, number),
            "summary": lines[0] if chance.random() < 0.6 else None,
            "text": text,
            "author": self._person() if chance.random() < 0.5 else None,
            "language": "vi" if chance.random() < 0.97 else "en",
            "words": len(text.split()),
            "relevance": relevance,
            "score": round(0.5 + chance.random() / 2, 4),
            "topics": topics,
            "agencies": [body.id for body in bodies],
        }

    def _title(self, topics: Sequence[str], bodies: Sequence[Agency], number: int) -> str:
        chance = self._chance
        head = chance.choice(self._titles[chance.choice(topics)]) if topics else self._general.draw().rstrip(".")[:90]
        place = bodies[0].name_vi if bodies else self._place()
        return f"{place}: {head}" if chance.random() < 0.7 else f"{head} ({number % 97 + 2})"

    def _about(self, body: Agency) -> str:
        chance = self._chance
        what = chance.choice(("ban hành", "tổng kết", "rà soát", "phân công", "bổ sung", "công bố"))
        return f"{body.name_vi} {what} {chance.randrange(2, 90)} nhiệm vụ, {self._person()} cho biết ngày {self._day()}."

    def _detail(self) -> str:
        chance = self._chance
        return chance.choice((
            f"{self._person()}, ở {self._place()}, kể lại chuyện của mình.",
            f"Kinh phí là {chance.randrange(100, 9_999)} triệu đồng, theo Công văn số {chance.randrange(1, 9_999)}/UBND-VX.",
            f"Lớp học có {chance.randrange(10, 900)} người, đông nhất là {self._place()}.",
            f"Ngày {self._day()}, {self._person()} đến thăm {self._place()}.",
        ))  # fmt: skip

    def _person(self) -> str:
        chance = self._chance
        call = "ông" if chance.random() < 0.6 else "bà"
        return f"{call} {chance.choice(self._surnames)} {chance.choice(self._middles)} {chance.choice(self._given)}"

    def _place(self) -> str:
        chance = self._chance
        return f"{chance.choice(('xã', 'phường', 'thôn', 'đặc khu'))} {chance.choice(self._parts)} {chance.choice(self._parts)}"

    def _day(self) -> str:
        return f"{self._chance.randrange(1, 29)}/{self._chance.randrange(1, 13)}/{self._chance.choice((2025, 2026))}"


class _Deck:
    """Sentences that come the more seldom, the further back they lie."""

    def __init__(self, sentences: Iterable[str], chance: random.Random) -> None:
        self._sentences = [*dict.fromkeys(sentences)]
        chance.shuffle(self._sentences)
        self._weights = [*accumulate(1 / (n + 60) for n in range(len(self._sentences)))]
        self._chance = chance

    def draw(self) -> str:
        return self._chance.choices(self._sentences, cum_weights=self._weights)[0]


class _Chain:
    """Each syllable follows the two before it as it did somewhere in the texts."""

    def __init__(self, texts: Iterable[str], chance: random.Random) -> None:
        self._chance = chance
        self._openings: list[tuple[str, str]] = []
        self._next: dict[tuple[str, str], list[str]] = defaultdict(list)
        for sentence in (s for text in texts for s in _sentences(text)):
            words = sentence.split()
            if len(words) > 3:
                self._openings.append((words[0], words[1]))
                for first, second, third in zip(words, words[1:], [*words[2:], ""], strict=False):
                    self._next[first, second].append(third)

    def sentence(self) -> str:
        words = [*self._chance.choice(self._openings)]
        while len(words) < _LONGEST and (word := self._chance.choice(self._next[words[-2], words[-1]])):
            words.append(word)
        return " ".join(words).rstrip(".,;:") + "."


def _sentences(text: str) -> list[str]:
    return [s.strip().rstrip(".") + "." for s in text.replace("\n", ". ").split(". ") if 30 < len(s) < 400]
