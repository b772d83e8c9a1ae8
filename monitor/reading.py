"""The pure half of processing: an archived page in; its article, tags and signature, or a named failure, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from classifier.agencies import Gazetteer
from classifier.stories import StoryIndex
from classifier.suggest import Suggester
from classifier.topics import TopicModel
from classifier.types import AgencyName, Document, Suggestion
from crawler.archive import ArchiveError, read_record
from crawler.extract.article import read_page
from crawler.items import Article, Reason, Unreadable
from crawler.store.articles import Named, Passage, Tags
from crawler.store.pages import Archived


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one archived page: `article` with `tags`, or `reason` and `detail`."""

    archived: Archived
    fetched_at: str = ""
    article: Article | None = None
    tags: Tags | None = None
    signature: bytes = b""
    reason: Reason | None = None
    detail: str = ""
    record_lost: bool = False
    """The archive did not give the page back."""

    @property
    def says_nothing(self) -> bool:
        """Did this reading fail for reasons that are not the page's: a damaged archive, a process that ended?"""
        return self.record_lost or self.reason in (Reason.TOO_SLOW, Reason.WORKER_LOST)


class Reader:
    """Reads archived pages; made once a worker, since model and gazetteer take a moment to load."""

    def __init__(self, directory: Path, model: Path, names: Sequence[AgencyName]) -> None:
        """`directory` of the archive, `model` file, and the roster's names. Raises ModelError."""
        self._directory = directory
        self._suggester = Suggester(TopicModel.load(model), Gazetteer(names))
        self._stories = StoryIndex()

    def read(self, archived: Archived) -> Reading:
        """Extract and tag one page. Raises nothing for what a page may contain but MemoryError."""
        try:
            page = read_record(self._directory, archived.warc_file, archived.warc_offset)
            article = read_page(page, hint=archived.hint)
        except ArchiveError as error:
            return Reading(archived, reason=Reason.BAD_ENCODING, detail=f"archive: {error}", record_lost=True)
        except Unreadable as error:
            return Reading(archived, reason=error.reason, detail=error.detail)
        except MemoryError:
            raise  # the process is spent, not only the page
        except Exception as error:  # noqa: BLE001 - the edge of one page: whatever it did to a parser is its own outcome
            return Reading(archived, reason=Reason.NO_TEXT, detail=f"{type(error).__name__}: {error}"[:500])
        fetched_at = page.fetched_at.isoformat(timespec="seconds")
        if article.kind == "listing":
            return Reading(archived, fetched_at, article)
        published_on = article.published.value.date() if article.published else None
        document = Document(article.title, article.text, article.url, article.language, published_on)
        tags = _tags(self._suggester.suggest(document))
        return Reading(archived, fetched_at, article, tags, self._stories.signature(article.text))


def _tags(suggestion: Suggestion) -> Tags:
    relevance = suggestion.relevance
    passages = [Passage("relevance", span.field, span.start, span.end) for span in relevance.spans]
    for agency in suggestion.agencies:
        passages += [Passage(f"agency:{agency.id}", span.field, span.start, span.end) for span in agency.spans]
    return Tags(
        relevance.level,
        relevance.score,
        tuple((topic.id, topic.score) for topic in suggestion.topics),
        tuple(Named(agency.id, agency.mentions, agency.in_title, agency.role) for agency in suggestion.agencies),
        tuple(passages),
        suggestion.model,
    )
