"""What a person reads on a terminal: summaries, the table of targets, progress; quiet in a pipe where it would disturb."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from monitor.serve import config_dir
from monitor.site.strings import Strings, load_strings

if TYPE_CHECKING:
    from crawler.roster import Roster, Source
    from crawler.store.columns import Proposal
    from crawler.store.endpoints import Visited
    from monitor.learn import Trained
    from monitor.sample import Standing


def words() -> Strings:
    """The site's Vietnamese words: a thing is called the same on the terminal and on the pages."""
    return load_strings(config_dir() / "locales")["vi"]


def summary(told: Mapping[str, Any]) -> None:
    """Print a run's summary in a few lines."""
    t = words()
    console = Console(soft_wrap=True, highlight=False)
    counts = ", ".join(f"{t.code('page_state', state).lower()} {n}" for state, n in told["counts"].items())
    failures = ", ".join(f"{t.code('failure', reason).lower()} {n}" for reason, n in told["failures"].items())
    console.print(f"Lượt chạy {told['run']} ({told['command']}): {counts or 'không có gì mới'}")
    if failures:
        console.print(f"Không làm được: {failures}")


def targets(roster: Roster, progress: Sequence[Mapping[str, Any]], day: date) -> None:
    """Print the targets as a table: met, not met, unknown, of how many; what only waits says for what."""
    t = words()
    waiting = {target.id: t(f"waiting.{target.measured_by}") for target in roster.programme.targets}
    table = Table(title=f"Chỉ tiêu của Chương trình tính đến {day:%d/%m/%Y}", title_justify="left")
    table.add_column("Chỉ tiêu", no_wrap=True)
    table.add_column("Nội dung", ratio=1)
    for heading in ("Đạt", "Chưa đạt", "Chưa rõ", "Tổng"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Tỷ lệ đạt", justify="right")
    for row in progress:
        target = str(row["target_id"])
        judged = row["met"] + row["not_met"] > 0
        share = f"{100 * float(row['share']):.1f} %".replace(".", ",") if judged else waiting[target]
        cells = [str(row[key]) for key in ("met", "not_met", "unknown", "denominator")]
        table.add_row(target, t.code("target", target), *cells, share)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def source_row(source: Source) -> dict[str, Any]:
    """A source as `sources list --json` gives it."""
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "key_press": source.key_press,
        "agency": source.agency,
        "home": source.home,
        "feeds": len(source.feeds),
        "sitemaps": len(source.sitemaps),
        "listings": len(source.listings),
        "columns": len(source.columns),
    }


def sources(all_sources: Sequence[Source]) -> None:
    """Print the sources as a table."""
    table = Table(title=f"{len(all_sources)} nguồn", title_justify="left")
    for heading in ("Mã", "Tên", "Loại", "Chủ lực", "Cơ quan", "RSS", "Sitemap", "Mục", "Chuyên mục"):
        table.add_column(heading)
    for source in all_sources:
        row = source_row(source)
        ways = [str(row[way]) for way in ("feeds", "sitemaps", "listings", "columns")]
        table.add_row(source.id, source.name, source.kind, "x" if source.key_press else "", source.agency or "", *ways)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


_WHY = {"anchor": "tên liên kết", "address": "địa chỉ", "title": "tên trang", "items": "các bài liệt kê"}


def proposals(waiting: Sequence[Proposal]) -> None:
    """Print the columns that were found and that nobody has accepted or rejected."""
    table = Table(title=f"{len(waiting)} chuyên mục tự tìm thấy, chờ người xem", title_justify="left")
    for heading in ("Nguồn", "Địa chỉ", "Tên", "Nhận ra nhờ", "Thấy ngày", "Tình trạng"):
        table.add_column(heading, overflow="fold")
    for one in waiting:
        name = one.title or one.anchor or ""
        table.add_row(one.source_id, one.url, name, _WHY[one.why], one.found_at[:10], one.status or "chưa hỏi")
    Console(width=None if sys.stdout.isatty() else 160, markup=False, highlight=False).print(table)


_TRAINED = {
    "better": "Mô hình mới tốt hơn và đã được giữ.",
    "worse": "Mô hình mới không tốt hơn, nên mô hình cũ ở lại (--force: vẫn giữ mô hình mới).",
    "same": "Không có gì mới để học: mô hình đang dùng đã học từ chính các bài này.",
    "forced": "Mô hình mới không tốt hơn nhưng được giữ theo yêu cầu.",
    "first": "Không có mô hình cũ để so sánh; mô hình mới đã được giữ.",
    "dry-run": "Chỉ thử: không thay mô hình nào.",
}


def trained(made: Trained) -> None:
    """Print what a training made, how it compares with the model before, and what became of it."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print(f"Đã học từ {made.examples} bài mẫu và {made.corrections} bài có người xem: {made.new}")
    if found := made.comparison:
        old, new = found.macro_f1
        change = f"{new - old:+.4f}".replace("-", "−")
        console.print(f"Trên {found.texts} bài chưa học: F1 trung bình các chủ đề {old:.4f} → {new:.4f} ({change})")
        if found.corrections:
            console.print(f"Đúng như người quyết định: {found.right[0]} → {found.right[1]} trên {found.corrections} quyết định")
        for topic in found.fallen:
            console.print(f"Chủ đề {topic} kém đi: F1 {found.topics[topic][0]:.3f} → {found.topics[topic][1]:.3f}")
    console.print(_TRAINED[made.why])
    if made.kept:
        console.print(f"{made.path}: `nq57 process --all` gắn lại nhãn cho các bài đã đọc.")


def samples(rows: Sequence[Standing]) -> None:
    """Print the samples: how far they are checked, the count as tagged and with its error."""
    t = words()
    table = Table(title=f"{len(rows)} mẫu", title_justify="left")
    for heading in ("Chủ đề", "Ngày rút", "Đã xem", "Được gắn", "Thực có (95 %)"):
        table.add_column(heading, justify="left" if heading in ("Chủ đề", "Ngày rút") else "right")
    for row in rows:
        found = row.adjusted
        count = f"{found.value:.0f} ± {found.half:.0f}" if found else t("sample.open")
        table.add_row(row.topic_id, row.drawn_at[:10], f"{row.checked}/{row.drawn}", str(row.given), count)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


@contextmanager
def busy(title: str, *, quiet: bool) -> Iterator[None]:
    """A sign of life on a terminal for work that cannot be counted."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    with Console(stderr=True).status(title):
        yield


def visit_row(visit: Visited) -> dict[str, Any]:
    """An endpoint as `sources check --json` gives it."""
    return {
        "source": visit.source_id,
        "url": visit.url,
        "kind": visit.kind,
        "status": visit.status,
        "items": visit.items,
        "http_status": visit.http_status,
        "reason": visit.reason,
        "detail": visit.detail,
        "verified": visit.verified,
    }


def visits(all_visits: Sequence[Visited]) -> None:
    """Print how each endpoint does as a table."""
    table = Table(title=f"{len(all_visits)} địa chỉ", title_justify="left")
    for heading in ("Nguồn", "Loại", "Địa chỉ", "Tình trạng", "Số mục", "Lý do"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "Số mục" else "left")
    for visit in all_visits:
        why = ": ".join(filter(None, (visit.reason, visit.detail)))
        status = visit.status if visit.verified else f"{visit.status} (chưa kiểm chứng)"
        items = "" if visit.items is None else str(visit.items)
        table.add_row(visit.source_id, visit.kind, visit.url, status, items, why)
    Console(width=None if sys.stdout.isatty() else 160, markup=False, highlight=False).print(table)


@contextmanager
def bar(title: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal; the function given takes (done, total)."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
