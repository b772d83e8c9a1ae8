"""The commands by which the classifier learns and is held to account: `train`, `evaluate`, `sample`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from classifier.taxonomy import TOPIC_IDS
from monitor import say
from monitor.options import database, flag, reporting, silent, with_globals

TOPIC = click.Choice(TOPIC_IDS)


@click.command()
@click.option("--force", is_flag=True, help="Keep the new model even if it is not better.")
@click.option("--dry-run", is_flag=True, help="Train and compare, but keep the old model in any case.")
@with_globals
def train(force: bool, dry_run: bool) -> None:
    """Learn from the shipped examples and from what people decided; keep the new model if it is better than the old one.

    Both are compared on the same texts, each on those parts that it has not learnt from, and on everything that people decided.
    The kept model wins over the shipped one; `nq57 process --all` tags with it what was read before. Exit code 0 also when the
    old model stays.
    """
    from monitor.learn import train as work

    if force and dry_run:
        raise click.UsageError("--force and --dry-run exclude each other")
    with reporting("train", quiet=True) as run:
        with say.busy("Đang huấn luyện …", quiet=silent()):
            made = work(run.db, run.path, force=force, dry_run=dry_run)
        run.more["training"] = made.as_json()
        if made.trouble:
            click.echo(f"nq57 train: {made.trouble}", err=True)
        if not silent():
            say.trained(made)


@click.command()
@click.option(
    "--gold", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE.jsonl", help="Labelled texts."
)
@click.option("--card", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write the model's card too.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write a page with plots too.")
@with_globals
def evaluate(gold: Path | None, card: Path | None, html: Path | None) -> None:
    """Compare the classifier with labelled texts [default: the project's own held-out ones]; figures per label.

    FILE.jsonl holds one text a line: id, text, and any of title, relevance, topics, agencies. A bad line is named and left out,
    and makes the exit code 1.
    """
    from classifier.agencies import Gazetteer
    from classifier.corpus import CorpusError, held_out_examples, read_examples, training_examples
    from classifier.evaluate import evaluate as work
    from classifier.model_card import model_card
    from classifier.suggest import Suggester
    from classifier.topics import TopicModel
    from crawler.roster import load_roster
    from monitor.evaluation_page import page
    from monitor.model import agency_names, model_path

    bad: list[CorpusError] = []
    texts = read_examples(gold, bad.append) if gold else held_out_examples()
    for error in bad:
        click.echo(f"nq57 evaluate: {' '.join(str(error).split())}", err=True)
    if not texts:
        raise CorpusError(f"{gold}: no text to evaluate on")
    model = TopicModel.load(model_path(database()))
    figures = work(texts, Suggester(model, Gazetteer(agency_names(load_roster(None)))))
    name = gold.name if gold else "the project's own held-out ones, never trained on"
    if card:
        _write(card, model_card(figures, model.about, model.thresholds, training_examples(), name))
    if html:
        _write(html, page(figures, name))
    if not flag("quiet"):
        click.echo(figures.as_json() if flag("as_json") else figures.as_text())
    if bad:
        sys.exit(1)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(file), error.strerror or str(error)) from error


@click.group()
@with_globals
def sample() -> None:
    """Random samples by which a topic's count gets its error: draw one, have it checked in the review queue, read the counts."""


@sample.command("draw")
@click.option("--topic", "topics", type=TOPIC, multiple=True, required=True, metavar="ID", help="The topic; may be repeated.")
@click.option("--size", type=click.IntRange(1, 100_000), default=200, show_default=True, metavar="N", help="Articles to check.")
@click.option(
    "--seed", type=click.IntRange(0), default=57, show_default=True, metavar="N", help="The same gives the same sample."
)
@with_globals
def draw(topics: tuple[str, ...], size: int, seed: int) -> None:
    """Draw articles that people are to judge for a topic; a later sample of the topic takes the place of an earlier one.

    Drawn by strata of the model's decision and score, of each at least ten, so that there can be a few more than asked for.
    """
    from monitor.model import model_path
    from monitor.sample import draw as work

    with reporting("sample draw", quiet=True) as run:
        drawn = [work(run.db, topic, size, seed, model_path(run.path)) for topic in topics]
        run.more["samples"] = [{"topic": d.topic_id, "sample": d.id, "drawn": d.size, "population": d.population} for d in drawn]
        if not silent():
            for one in drawn:
                click.echo(f"{one.topic_id}: mẫu {one.id}, {one.size} bài trong {one.population}; kiểm tra ở /duyet")


@sample.command("list")
@with_globals
def listed() -> None:
    """How far the newest sample of each topic is checked, and what it says of the count."""
    from contextlib import closing

    from crawler.store.db import open_database
    from monitor.sample import standings

    with closing(open_database(database())) as db:
        rows = standings(db.conn)
    if flag("as_json"):
        click.echo(json.dumps([row.as_json() for row in rows], ensure_ascii=False))
    elif not flag("quiet"):
        say.samples(rows)
