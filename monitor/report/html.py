"""A report in, one HTML file out that needs nothing else: no script, no address to load from, laid out for A4."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.report.table import linked, shown
from monitor.report.view import PRINTED_ROWS, SHORT, View

_HERE = Path(__file__).parent


def page(of: View) -> str:
    """The report as a page that prints as an administrative document."""
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.get_template("report.html")
    return template.render(view=of, t=of.words, shown=shown, linked=linked, most=PRINTED_ROWS, short=SHORT)
