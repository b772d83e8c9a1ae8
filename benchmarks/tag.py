"""`tag` and its parts: topics beside TF-IDF of word pairs with LinearSVC, the whole beside the extraction of the same pages."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from benchmarks.pages import related_pages, texts_of_items
from benchmarks.turns import Result, cpu_of, in_turns
from classifier.agencies import Gazetteer
from classifier.corpus import training_examples
from classifier.relevance import relevance
from classifier.suggest import PACKAGED_MODEL, Suggester
from classifier.taxonomy import TOPIC_IDS
from classifier.topics import TopicModel
from classifier.types import Document
from crawler.clock import now
from crawler.extract.article import read_page
from crawler.items import Page
from crawler.roster import load_roster
from monitor.model import agency_names

TEXTS, SIZE, TURNS = 600, 3_000, 7
PAGES = 12
_WORD = r"(?u)\b\w+\b"
"""The peer's default leaves out syllables of one letter."""


def run() -> list[Result]:
    """Rates in texts of 3 kB a second of one core's CPU time, ratios from turns."""
    model, gazetteer = TopicModel.load(PACKAGED_MODEL), Gazetteer(agency_names(load_roster()))
    documents = texts(TEXTS)
    return [
        *_topics(model, documents),
        *_rates(gazetteer, documents),
        *_whole(Suggester(model, gazetteer)),
        *_process(documents),
        Result("tag", "model file", PACKAGED_MODEL.stat().st_size / 1e6, "MB", 25, False, ""),
    ]


def texts(count: int, *, seed: int = 4) -> list[Document]:
    """Texts of about 3 kB, put together of the press web's paragraphs, no two alike."""
    rng = random.Random(seed)  # noqa: S311 - texts, not secrets
    items = texts_of_items()
    paragraphs = [paragraph for _, own in items for paragraph in own]
    made = []
    for _ in range(count):
        title, own = rng.choice(items)
        body = list(own)
        while sum(len(part.encode()) for part in body) < SIZE:
            body.insert(rng.randrange(len(body) + 1), rng.choice(paragraphs))
        made.append(Document(title, "\n".join(body)))
    return made


def _topics(model: TopicModel, documents: Sequence[Document]) -> list[Result]:
    """The peer gets all texts in one batch, which suits it best; ours come one by one, as lines do."""
    examples = training_examples()
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, token_pattern=_WORD)
    matrix = vectorizer.fit_transform(f"{e.title}\n{e.text}" for e in examples)
    peer = OneVsRestClassifier(LinearSVC()).fit(matrix, np.array([[t in (e.topics or ()) for t in TOPIC_IDS] for e in examples]))
    raw = [f"{doc.title}\n{doc.text}" for doc in documents]
    least = in_turns(
        {
            "ours": lambda: cpu_of(lambda: [model.suggest(doc) for doc in documents]),
            "peer": lambda: cpu_of(lambda: peer.predict(vectorizer.transform(raw))),
        },
        TURNS,
    )
    rates = {name: len(documents) / seconds for name, seconds in least.items()}
    size = np.mean([len(text.encode()) for text in raw])
    told = f"{rates['ours']:.0f} against {rates['peer']:.0f} texts a second, of {size:.0f} bytes"
    ratio = rates["ours"] / rates["peer"]
    return [Result("tag", "topics / TF-IDF(1,2) + LinearSVC, texts a second", ratio, "times", 1, True, told)]


def _rates(gazetteer: Gazetteer, documents: Sequence[Document]) -> list[Result]:
    ways: dict[str, Callable[[Document], object]] = {"relevance": relevance, "agencies": gazetteer.find}
    least = in_turns({name: _over(way, documents) for name, way in ways.items()}, TURNS)
    return [
        Result("tag", f"{name}, texts of 3 kB", len(documents) / seconds, "a second", 1_000, True, "")
        for name, seconds in least.items()
    ]


def _over(way: Callable[[Document], object], documents: Sequence[Document]) -> Callable[[], float]:
    return lambda: cpu_of(lambda: [way(doc) for doc in documents])


def _whole(suggester: Suggester) -> list[Result]:
    pages = [Page(f"http://bao.example/{n}.html", 200, (), body, now()) for n, body in enumerate(related_pages(PAGES))]
    read = [read_page(page) for page in pages]
    documents = [Document(article.title, article.text, article.url) for article in read]
    least = in_turns(
        {
            "extraction": lambda: cpu_of(lambda: [read_page(page) for page in pages]),
            "tag": lambda: cpu_of(lambda: [suggester.suggest(doc) for doc in documents * 20]) / 20,
        }
    )
    each = {name: 1000 * seconds / len(pages) for name, seconds in least.items()}
    told = f"{each['extraction']:.1f} ms a page, its text tagged in {each['tag']:.2f} ms"
    return [Result("tag", "extraction / whole of tag, same pages", each["extraction"] / each["tag"], "times", 20, True, told)]


def _process(documents: Sequence[Document]) -> list[Result]:
    """The command itself: the time until its first answer, and its most memory over all texts."""
    lines = [json.dumps({"id": n, "title": doc.title, "text": doc.text}, ensure_ascii=False) for n, doc in enumerate(documents)]
    start = min(_cpu_and_memory(lines[:1])[0] for _ in range(3))
    cpu, memory = _cpu_and_memory(lines)
    return [
        Result("tag", "start of the command, with one text", start, "s", 2, False, "CPU time"),
        Result("tag", "most memory of the command", memory, "MB", 500, False, f"{len(lines)} texts, {cpu:.1f} s"),
    ]


def _cpu_and_memory(lines: Sequence[str]) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "in").open("w+", encoding="utf-8") as given:
        given.write("\n".join(lines) + "\n")
        given.seek(0)
        command = [sys.executable, "-c", "from monitor.cli import main; main()", "--db", f"{folder}/none.db", "tag"]
        # A child of its own, since the most memory of children is one figure for all that there ever were.
        code = (
            "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
            "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
        )
        done = subprocess.run([sys.executable, "-c", code, *command], stdin=given, capture_output=True, text=True, check=True)  # noqa: S603
    cpu, memory = map(float, done.stdout.split())
    return cpu, memory
