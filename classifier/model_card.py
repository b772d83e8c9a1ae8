"""A model's own account and its figures on labelled texts in, its card for people out, as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from classifier.corpus import Example
from classifier.evaluate import AGENCIES, RELEVANCE, SHOWN, TOPICS, Evaluation, Score
from classifier.taxonomy import TOPIC_IDS

_SUMMARIES = {RELEVANCE: "relevance (0 against 1 and 2)", TOPICS: "topics (macro average)", AGENCIES: "bodies"}


def model_card(
    evaluation: Evaluation,
    about: Mapping[str, Any],
    thresholds: Mapping[str, float],
    training: Sequence[Example],
    gold_name: str,
) -> str:
    """The card of the model that was evaluated.

    `about` and `thresholds` come from its TopicModel; `training` are the shipped examples, `gold_name` says which texts
    the figures are from. The same input gives the same text: the card holds no date.
    """
    parts = [
        "<!-- Made by `nq57 evaluate --card FILE`; train or label again, do not edit this page. -->",
        f"# Model card: {evaluation.model}",
        _purpose(),
        _data(about, training),
        _figures(evaluation, about, thresholds, gold_name),
        _confused(evaluation),
        _reliable(evaluation),
        _limits(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _purpose() -> str:
    return (
        "## What it is for\n\n"
        "It gives texts of the press and of portals any of sixteen topics, so that coverage of Politburo Resolution 57-NQ/TW\n"
        "can be counted by topic. It is a one-vs-rest logistic regression over TF-IDF of words and word pairs (as written and\n"
        "without diacritics), joined with the label files' phrases in one sigmoid a topic. Relevance and bodies are found by a\n"
        "grammar and a gazetteer, not learnt. What a topic means is in [taxonomy.md](taxonomy.md).\n\n"
        "Not for deciding over persons, and not for texts outside news, administration and law."
    )


def _data(about: Mapping[str, Any], training: Sequence[Example]) -> str:
    languages = Counter(example.language or "unknown" for example in training)
    counts = Counter(topic for example in training for topic in example.topics or ())
    corrected = int(about["examples"]) - len(training)
    listed = ", ".join(f"{language} {count}" for language, count in languages.most_common())
    return (
        "## What it learnt from\n\n"
        f"{about['examples']} texts, written for this project and labelled for all topics; of them {max(corrected, 0)} corrected "
        f"by people here.\nLanguages of the shipped ones: {listed}. Positive texts a topic: from {min(counts.values())} "
        f"to {max(counts.values())}.\n\n"
        f"Digest of texts, label files and code: `{about['training_digest']}`. "
        + ", ".join(f"{name} {version}" for name, version in sorted(about["versions"].items()))
        + "."
    )


def _figures(evaluation: Evaluation, about: Mapping[str, Any], thresholds: Mapping[str, float], gold_name: str) -> str:
    folds = about["figures"]
    rows = [
        _row(score, folds["topics"].get(score.label, {}).get("f1"), thresholds.get(score.label)) for score in evaluation.scores
    ]
    return (
        "## Figures\n\n"
        f"On {evaluation.texts} texts: {gold_name}.\n"
        "The interval holds F1 with 95 % confidence (bootstrap over texts). The last\n"
        f"two columns: F1 by five-fold cross-validation on the training texts (macro average {folds['macro_f1']:.3f}, a little "
        "flattering\nsince thresholds are cut on the same scores), and the probability from which on the topic is given.\n\n"
        "| label | precision | recall | F1 | 95 % interval | support | F1 by folds | threshold |\n"
        "|---|---|---|---|---|---|---|---|\n" + "\n".join(rows)
    )


def _row(score: Score, by_folds: float | None, threshold: float | None) -> str:
    name = _SUMMARIES.get(score.label, score.label)
    last = [f"{value:.2f}" if value is not None else "" for value in (by_folds, threshold)]
    return (
        f"| {name} | {score.precision:.3f} | {score.recall:.3f} | {score.f1:.3f} | {score.low:.3f} – {score.high:.3f} "
        f"| {score.support} | {' | '.join(last)} |"
    )


def _confused(evaluation: Evaluation) -> str:
    if not evaluation.confusions:
        return ""
    rows = [f"| {row.missed} | {row.given} | {row.texts} |" for row in evaluation.confusions[:SHOWN]]
    return (
        "## Topics taken for one another\n\nTexts that have the first and got the second instead.\n\n"
        "| has | got | texts |\n|---|---|---|\n" + "\n".join(rows)
    )


def _reliable(evaluation: Evaluation) -> str:
    table = evaluation.reliability
    if table is None:
        return ""
    rows = [
        f"| {row.low:.1f} – {row.high:.1f} | {row.decisions} | {row.predicted:.3f} | {row.observed:.3f} |" for row in table.bins
    ]
    return (
        "## Can a probability be taken at its word?\n\n"
        f"Over all {len(TOPIC_IDS)} topics of every text: expected calibration error "
        f"{table.calibration_error:.3f}, Brier score {table.brier:.3f}.\n\n"
        "| probability | decisions | mean predicted | share true |\n|---|---|---|---|\n" + "\n".join(rows)
    )


def _limits() -> str:
    return (
        "## Limits\n\n"
        "- The examples are written for the purpose, not taken from the press; figures on the press of other authors are lower.\n"
        "- Whether a plan is issued, or merely spoken of, is the hardest question: look at the evidence before counting plans.\n"
        "- English, Russian, French and Chinese have few examples and lean on the label files' phrases.\n"
        "- A text is read by its words: irony, negation and who did what stay unseen."
    )
