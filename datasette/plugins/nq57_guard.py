"""The guard around the whole site: see monitor/site/guard.py."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl

from monitor.site.guard import guarded


# Last to wrap is outermost: nothing passes it unseen.
@hookimpl(trylast=True)
def asgi_wrapper() -> Any:
    """Wrap Datasette."""
    return guarded
