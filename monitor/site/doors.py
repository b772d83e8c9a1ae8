"""The addresses of the site in: whether a page is ours, what may be sent to it as a form, and which deed that needs, out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from datasette.utils import tilde_decode

from monitor.serve import DATABASE_NAME
from monitor.site.roles import Deed

OWN_PAGES = re.compile(
    r"/(?:$|\?|tim|bai/|co-quan|bao/|chu-de/|muc-tieu/|nhom/|tuan/|tinh-trang|du-lieu|duyet|dang-nhap|dang-xuat|tai-khoan|quan-tri|-/healthz)"
)
ALWAYS_OPEN = re.compile(r"/(?:dang-nhap(?:/[\w-]{1,60})?$|static/|-/healthz$|-/static/|-/static-plugins/|favicon\.ico$)")
"""What is open even where nothing else is to people who are not signed in."""
_INTERNALS_OF_ALL = re.compile(r"/-/(?:healthz$|static/|static-plugins/)")
_INTERNALS_OF_THE_SIGNED_IN = re.compile(r"/-/jump(?:\.json)?$")
DATA = re.compile(r"\.(?:json|csv|xlsx|atom)$")
"""What machines ask for: they are told, not sent to a form."""


@dataclass(frozen=True, slots=True)
class Door:
    """Addresses that take forms; `deed` is what the sender must be allowed, None where anybody may try."""

    paths: re.Pattern[str]
    deed: Deed | None
    private: bool = False
    """Are the pages there shown to those alone who may send their forms?"""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the guard refuses a request."""

    status: int
    words: str = ""
    """The key under `error` in the locales, where the status alone does not say it."""
    data: bool = False
    """Was it a machine that asked?"""


PROBLEM = "nq57.problem"
"""Where in a request's scope it is."""
# What is not listed here takes no form from anybody.
DOORS = (
    Door(re.compile(r"/dang-nhap(?:/[\w-]{1,60})?"), None),
    Door(re.compile(r"/dang-xuat"), None),
    Door(re.compile(r"/tai-khoan(?:/[a-z-]+)?"), "correct", private=True),
    Door(re.compile(r"/quan-tri(?:/[\w./-]+)?"), "accounts", private=True),
    Door(re.compile(r"/duyet(?:/[\w./-]+)?"), "review", private=True),
    Door(re.compile(r"/bai/[0-9]{1,18}/[a-z-]+"), "correct"),
)


def door_of(path: str) -> Door | None:
    """The door at a path."""
    return next((door for door in DOORS if door.paths.fullmatch(path)), None)


def private_deed(path: str) -> Deed | None:
    """The deed without which a page is not even shown."""
    return next((door.deed for door in DOORS if door.private and door.paths.fullmatch(path)), None)


def inside(address: str) -> str:
    """An address to go on to after signing in, `/` for what could lead to another site."""
    plain = re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", address) is not None and "\\" not in address
    return address if plain and not address.startswith(("/dang-", "/-")) else "/"


def is_internal(path: str) -> bool:
    """Datasette's own workings, `/-/...`, but what every page needs."""
    return path.startswith("/-") and not _INTERNALS_OF_ALL.match(path)


def helps_the_signed_in(path: str) -> bool:
    """Which of the workings Datasette's pages of tables use."""
    return _INTERNALS_OF_THE_SIGNED_IN.match(path) is not None


def is_stock(path: str) -> bool:
    """Datasette's pages of the database, however the name is written (`/~6eq57` is the same to Datasette)."""
    first: str = tilde_decode(path.lstrip("/").partition("/")[0])
    return first.partition(".")[0] == DATABASE_NAME


def is_typed_sql(path: str) -> bool:
    """Where people write SQL of their own."""
    return "/-/query" in path


def is_open_data(path: str) -> bool:
    """A table or a row as JSON or CSV, which is open to whoever may read the table."""
    parts = path.strip("/").split("/")
    return len(parts) in (1, 2, 3) and path.endswith((".json", ".csv"))
