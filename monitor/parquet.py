"""A table in, one Parquet file out, in batches; needs pyarrow, which the extra `parquet` brings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from crawler.store.export import Table

_TYPES = {"integer": pa.int64(), "real": pa.float64(), "text": pa.string()}
_BATCH = 2_000
"""Rows that are held at once; with their texts some ten megabytes."""


def write_table(file: Path, table: Table, rows: Iterable[Sequence[str | int | float | None]]) -> None:
    """Write a table; days and times stay ISO 8601 text, as in the database. Raises OSError where it cannot be written."""
    schema = pa.schema([(column.name, _TYPES[column.type]) for column in table.columns])
    left = iter(rows)
    with pq.ParquetWriter(str(file), schema) as writer:
        while batch := list(islice(left, _BATCH)):
            columns = [pa.array(values, kind.type) for values, kind in zip(zip(*batch, strict=True), schema, strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=schema))
