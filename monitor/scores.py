"""Relevant articles without scores in, every topic's probability and doubt out: what queue and samples choose from."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from classifier.taxonomy import TOPIC_IDS
from classifier.topics import TopicModel
from classifier.types import Document
from crawler.store import scores

_BATCH = 500


def doubt(probability: float, threshold: float) -> float:
    """How near a topic's calibrated probability is to its threshold: 1 on it, 0 at 0 and at 1."""
    return probability / threshold if probability < threshold else (1.0 - probability) / (1.0 - threshold)


def fill(db: Database, model_file: Path) -> int:
    """Score the articles that have no scores; gives how many. The model is loaded only when there are any; raises ModelError."""
    waiting = scores.unscored(db, _BATCH)
    if not waiting:
        return 0
    model = TopicModel.load(model_file)
    thresholds = [model.thresholds[topic] for topic in TOPIC_IDS]
    done = 0
    while waiting:
        rows = []
        for article in waiting:
            found = model.probabilities(Document(article.title, article.text, language=article.language)).tolist()
            topics = [
                scores.TopicScore(topic, score, score >= least, doubt(score, least))
                for topic, score, least in zip(TOPIC_IDS, found, thresholds, strict=True)
            ]
            rows.append((article.id, topics))
        scores.write(db, model.id, rows)
        done += len(rows)
        # Going on from here: to look for the first one again would pass by all that is done, a million in the end.
        waiting = scores.unscored(db, _BATCH, after=waiting[-1].id)
    return done
