"""An evaluation in, one HTML file with plots and tables out: it needs no other file, no script and no network."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from classifier.evaluate import SHOWN, Evaluation
from monitor.charts import Row, Words, league
from monitor.score_charts import intervals, reliability_curve

_STYLE = """body{font:16px/1.5 "Noto Sans",system-ui,sans-serif;color:#17232b;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{padding:.3rem .6rem;border-bottom:1px solid #d5dde2;text-align:right}th:first-child,td:first-child{text-align:left}
svg{width:100%;height:auto}p{max-width:44rem}.en{color:#51606b}"""


def page(evaluation: Evaluation, gold_name: str) -> str:
    """The page; `gold_name` says which texts the figures are from. The same evaluation gives the same page."""
    parts = [
        _heading(1, "Bộ phân loại đúng đến đâu", "How right the classifier is"),
        Markup("<p>{} bài: {}. Mô hình {}.</p>").format(evaluation.texts, gold_name, evaluation.model),
        _heading(2, "F1 của từng nhãn", "F1 of each label"),
        Markup("<p>Chấm là F1, thanh là khoảng tin cậy 95 % (lấy mẫu lại trên các bài). {}</p>").format(
            _english("The dot is F1, the bar its 95 % interval (bootstrap over texts).")
        ),
        intervals(evaluation.scores, Words("f1", "F1", "F1 và khoảng tin cậy của từng nhãn, các số có trong bảng bên dưới")),
        _scores(evaluation),
    ]
    if evaluation.confusions:
        rows = [Row(f"{row.missed} → {row.given}", [row.texts], str(row.texts)) for row in evaluation.confusions[:SHOWN]]
        parts += [
            _heading(2, "Chủ đề bị nhầm với nhau", "Topics taken for one another"),
            Markup("<p>Có chủ đề thứ nhất nhưng lại được gắn chủ đề thứ hai. {}</p>").format(
                _english("Texts that have the first and got the second instead.")
            ),
            league(rows, ["bài · texts"], Words("nham", "Chủ đề bị nhầm", "Số bài của từng cặp chủ đề bị nhầm")),
        ]
    if table := evaluation.reliability:
        axes = ("xác suất được nói · predicted", "tỷ lệ đúng thật · observed")
        parts += [
            _heading(2, "Xác suất có đáng tin không", "Can a probability be taken at its word?"),
            Markup("<p>Chấm trên đường chéo là nói sao đúng vậy; chấm càng to càng nhiều quyết định. {}</p>").format(
                _english("Dots on the diagonal keep their word; larger ones are more decisions.")
            ),
            Markup("<p>Sai lệch · calibration error {:.3f}, Brier {:.3f}.</p>").format(table.calibration_error, table.brier),
            reliability_curve(table.bins, Words("tin", "Độ tin cậy", "Xác suất được nói và tỷ lệ đúng, như bảng bên dưới"), axes),
            _table(
                ("xác suất · probability", "quyết định · decisions", "được nói · predicted", "đúng thật · observed"),
                ((f"{b.low:.1f} – {b.high:.1f}", b.decisions, f"{b.predicted:.3f}", f"{b.observed:.3f}") for b in table.bins),
            ),
        ]
    head = '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    title = f"<title>NQ57: {escape(evaluation.model)}</title><style>{_STYLE}</style></head><body>"
    return f"{head}{title}{Markup('').join(parts)}</body></html>\n"


def _scores(evaluation: Evaluation) -> Markup:
    return _table(
        ("nhãn · label", "độ chính xác · precision", "độ phủ · recall", "F1", "95 %", "số bài · support"),
        (
            (s.label, f"{s.precision:.3f}", f"{s.recall:.3f}", f"{s.f1:.3f}", f"{s.low:.3f} – {s.high:.3f}", s.support)
            for s in evaluation.scores
        ),
    )


def _table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> Markup:
    titles = Markup("").join(Markup("<th scope=col>{}</th>").format(cell) for cell in head)
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row)) for row in rows
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(titles, body)


def _heading(level: int, vietnamese: str, english: str) -> Markup:
    return Markup("<h{0}>{1} {2}</h{0}>").format(level, vietnamese, _english(f"· {english}"))


def _english(text: str) -> Markup:
    return Markup('<span class="en" lang="en">{}</span>').format(text)
