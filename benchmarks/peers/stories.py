"""Paths of texts in, the story of each by datasketch's MinHash and LSH out: the number of the first text like it."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

from datasketch import MinHash, MinHashLSH
from lines import serve


def work(question: dict[str, Any]) -> list[int]:
    """Shingles of three words, 128 permutations, the threshold that is given."""
    index = MinHashLSH(threshold=question["threshold"], num_perm=128)
    stories: dict[str, int] = {}
    for number, path in enumerate(question["texts"]):
        words = re.findall(r"\w+", unicodedata.normalize("NFC", Path(path).read_text("utf-8")).lower())
        sketch = MinHash(num_perm=128)
        sketch.update_batch({" ".join(words[n : n + 3]).encode() for n in range(len(words) - 2)})
        found = index.query(sketch)
        stories[str(number)] = min((stories[key] for key in found), default=number)
        index.insert(str(number), sketch)
    return list(stories.values())


if __name__ == "__main__":
    serve(work)
