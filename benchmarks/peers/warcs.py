"""A WARC file in, the number of articles that each peer takes from it out: every record extracted, as these pipelines do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lines import serve


def _news_please() -> Callable[[str], int]:
    """Its CC-NEWS reader, told that the file is downloaded already; it would ask S3 first."""
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        os.environ.pop(name, None)
    import newsplease.crawler.commoncrawl_crawler  # noqa: F401 - first: its reader and its crawler import each other
    from newsplease.crawler.commoncrawl_extractor import CommonCrawlExtractor

    def read(path: str) -> int:
        found: list[str] = []
        with tempfile.TemporaryDirectory() as place:
            shutil.copyfile(path, Path(place) / "news.warc.gz")
            CommonCrawlExtractor().extract_from_commoncrawl(
                "news.warc.gz",
                lambda article: found.append(article.title),
                lambda *told: None,
                local_download_dir_warc=place,
                delete_warc_after_extraction=False,
                fetch_images=False,
                log_pathname_fully_extracted_warcs=str(Path(place) / "done"),
            )
        return len(found)

    return read


def _everything() -> Callable[[str], int]:
    """FastWARC, trafilatura with its metadata, one row an article in SQLite."""
    import trafilatura
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    def read(path: str) -> int:
        with tempfile.TemporaryDirectory() as place, Path(path).open("rb") as stream:
            db = sqlite3.connect(Path(place) / "rows.db")
            db.execute("create table articles (url text primary key, title text, published text, text text)")
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response, auto_decode="all"):
                url = record.headers.get("WARC-Target-URI")
                found = trafilatura.bare_extraction(record.reader.read(), url=url, with_metadata=True)
                if found is not None:
                    db.execute("insert or replace into articles values (?, ?, ?, ?)", [url, found.title, found.date, found.text])
                    db.commit()
            count = db.execute("select count(*) from articles").fetchone()[0]
            db.close()
        return int(count)

    return read


def main() -> None:
    """Serve the peer named."""
    read = {"news-please": _news_please, "own": _everything}[sys.argv[1]]()

    def work(question: dict[str, Any]) -> int:
        return read(question["file"])

    serve(work)


if __name__ == "__main__":
    main()
