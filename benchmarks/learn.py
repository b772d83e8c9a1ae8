"""What `nq57 train` costs on 20,000 texts: CPU time of the training itself, all processes together, and the clock's."""

from __future__ import annotations

import resource
import subprocess
import sys
import time

from joblib.externals.loky import get_reusable_executor

from benchmarks.tag import texts
from benchmarks.turns import Result
from classifier.corpus import Example
from classifier.suggest import PACKAGED_MODEL
from classifier.topics import TopicModel
from classifier.train import fit

TEXTS = 20_000


def run() -> list[Result]:
    """In a process of its own, so that the memory told is the training's."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.learn"], capture_output=True, text=True, check=True)
    cpu, clock, memory, size = map(float, done.stdout.split())
    told = f"{TEXTS:,} texts of {size:.0f} bytes, {clock:.0f} s by the clock, {memory:.0f} MB"
    return [Result("learn", f"train on {TEXTS:,} texts, CPU time of all processes", cpu, "s", 60, False, told)]


def examples(count: int) -> list[Example]:
    """Generated texts with the topics that the shipped model gives them: as many and as long as a year's corrections."""
    model = TopicModel.load(PACKAGED_MODEL)
    made = []
    for number, doc in enumerate(texts(count)):
        topics, name = frozenset(score.id for score in model.suggest(doc)), f"x{number}"
        made.append(Example(name, doc.title, doc.text, "vi", topics, relevance=None, agencies=None, story=name))
    return made


def _spent() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    given = examples(TEXTS)
    start, clock = _spent(), time.monotonic()
    fit(given)
    get_reusable_executor().shutdown(wait=True)  # only a process that has ended is counted among the children
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    mean = sum(len(example.text.encode()) for example in given) / len(given)
    print(_spent() - start, time.monotonic() - clock, peak, mean)
