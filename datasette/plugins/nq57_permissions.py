"""Who may see what of Datasette's: an actor and an action in, rules for its permission system out (monitor/site/roles.py)."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl
from datasette.permissions import PermissionSQL

from monitor.serve import DATABASE_NAME
from monitor.site.openness import WITHOUT_TEXT
from monitor.site.roles import may
from monitor.site.visitors import visitor_of

_VIEWS = frozenset({"view-instance", "view-database", "view-table", "view-query"})
_NEVER = frozenset({"view-database-download", "execute-write-sql"})
"""What nobody does through Datasette, whoever they are."""


@hookimpl
def actor_from_request(request: Any) -> Any:
    """Whom the guard has recognised: `{"id": username, "name", "role"}`, or None."""
    return visitor_of(request).actor


@hookimpl
def permission_resources_sql(actor: dict[str, str] | None, action: str) -> list[PermissionSQL] | None:
    """The rules that stand beside Datasette's own, which allow everybody to look at everything and nobody to run SQL."""
    if action in _NEVER or (action in _VIEWS and not may(actor, "read")):
        return [PermissionSQL.deny(f"{action} is closed")]
    if action == "execute-sql":
        # A rule for the one database beats Datasette's rule for all of them.
        return [_rule(None, may(actor, "sql"), "sql")]
    if action == "view-table" and not may(actor, "read-text"):
        return [_rule(None, False, "text"), *(_rule(table, True, f"open{n}") for n, table in enumerate(WITHOUT_TEXT))]
    return None


def _rule(table: str | None, allowed: bool, name: str) -> PermissionSQL:
    """A rule for a table of the database, or for all that has no rule of its own."""
    return PermissionSQL(
        sql=f"select :nq57_database as parent, :nq57_{name} as child, {int(allowed)} as allow, 'nq57 {name}' as reason",
        params={"nq57_database": DATABASE_NAME, f"nq57_{name}": table},
    )
