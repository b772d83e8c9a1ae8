"""A database of articles in, an index of another engine over it; then questions in, the newest or best hits and a facet out."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from lines import serve

Row = tuple[int, str, str, str]
Ask = Callable[[str], int]


def _rows(database: str) -> Iterator[Row]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    sql = """select a.id, a.title, a.text, coalesce((select group_concat(topic_id, ' ') from article_topics
        where article_id = a.id), '') from articles a where relevance > 0"""
    yield from connection.execute(sql)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in plain if not unicodedata.combining(c)).lower()


def _tantivy(database: str) -> Ask:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, fast=True, indexed=True)
    builder.add_text_field("title", stored=True)
    builder.add_text_field("text", stored=True)
    builder.add_text_field("topic", tokenizer_name="raw", fast=True)
    index = tantivy.Index(builder.build(), path=tempfile.mkdtemp())
    writer = index.writer(200_000_000, 1)
    for key, title, text, topics in _rows(database):
        writer.add_document(
            tantivy.Document(id=key, title=[_folded(title)], text=[_folded(text)], topic=topics.split() or ["none"])
        )
    writer.commit()
    index.reload()

    def ask(typed: str) -> int:
        searcher = index.searcher()
        words = _folded(typed)
        query = index.parse_query(f'"{words}"', ["title", "text"])
        counts = {"topics": {"terms": {"field": "topic", "size": 50}}}
        searcher.aggregate(query, counts)
        found = searcher.search(query, 20, count=True, order_by_field="id")
        for _, address in found.hits:
            searcher.doc(address)
        return int(found.count)

    return ask


def main() -> None:
    """The first question names the database, the others are asked of its index."""
    makers = {"tantivy": _tantivy}
    known: list[Ask] = []

    def answer(question: dict[str, Any]) -> Any:
        if "database" in question:
            known[:] = [makers[sys.argv[1]](question["database"])]
            return True
        return known[0](question["typed"]) if known else None

    serve(answer)


if __name__ == "__main__":
    main()
