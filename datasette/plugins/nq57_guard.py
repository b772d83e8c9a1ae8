"""What stands around the whole site: the guard (monitor/site/guard.py), and around it the compression of what it lets out."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl

from monitor.site.accounts import accounts_of
from monitor.site.compress import compressed
from monitor.site.guard import guarded


# Last to wrap is outermost: nothing passes it unseen.
@hookimpl(trylast=True)
def asgi_wrapper(datasette: Any) -> Any:
    """Wrap Datasette."""
    return lambda app: compressed(guarded(app, lambda: accounts_of(datasette)))
