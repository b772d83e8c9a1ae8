"""The commands of the site: `serve` it, and `accounts` for whoever runs the machine it is on."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from monitor.options import database, flag, silent, with_globals

if TYPE_CHECKING:
    from crawler.store.accounts.audit import By

T = TypeVar("T")
ROLE = click.Choice(["staff", "analyst", "admin"])
site_option = click.option(
    "--site",
    default="http://127.0.0.1:8057",
    show_default=True,
    envvar="NQ57_SITE",
    metavar="URL",
    help="Where the site is reached.",
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H")
@click.option("--port", type=click.IntRange(0, 65535), default=8057, show_default=True, metavar="N")
@click.option(
    "--anonymous",
    type=click.Choice(["all", "no-text", "nothing"]),
    default="all",
    show_default=True,
    envvar="NQ57_ANONYMOUS",
    help="What people read who are not signed in.",
)
@click.option("--https", is_flag=True, envvar="NQ57_HTTPS", help="People reach it by https, through a proxy that ends it.")
@with_globals
def serve(host: str, port: int, anonymous: str, https: bool) -> None:
    """Serve the database with Datasette and the project's own pages."""
    from monitor.serve import serve as start

    sys.exit(start(database(), host, port, anonymous, https=https))


@click.group()
def accounts() -> None:
    """Who may sign in to the site."""


@accounts.command("list")
@with_globals
def accounts_list() -> None:
    """Every account with its role and whether it may be used."""
    from crawler.store.accounts.people import everybody

    rows = _do(lambda connection, by: everybody(connection))
    if flag("as_json"):
        told = [{"username": a.username, "name": a.name, "role": a.role, "locked": bool(a.locked_at)} for a in rows]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for account in rows:
        state = "đã khóa" if account.locked_at else "đang dùng" if account.password else "chờ đặt mật khẩu"
        click.echo(f"{account.username}  {account.role}  {state}  {account.name}")


@accounts.command("add")
@click.argument("username")
@click.option("--role", type=ROLE, default="staff", show_default=True)
@click.option("--name", default="", help="As pages show it [default: the username].")
@site_option
@with_globals
def accounts_add(username: str, role: str, name: str, site: str) -> None:
    """Create an account and print the link with which its owner sets a password, once."""
    from crawler.store.accounts import people
    from monitor.site.rules import read_name, read_role, read_username

    def work(connection: sqlite3.Connection, by: By) -> str:
        known = read_username(username)
        people.create(connection, by, known, read_name(name, known), read_role(role))
        return people.make_link(connection, by, known)

    _say_link(_do(work), site)


@accounts.command("link")
@click.argument("username")
@site_option
@with_globals
def accounts_link(username: str, site: str) -> None:
    """Print a new link with which an account's owner sets a password, once: for one who forgot it."""
    from crawler.store.accounts.people import make_link

    _say_link(_do(lambda connection, by: make_link(connection, by, username)), site)


@accounts.command("role")
@click.argument("username")
@click.argument("role", type=ROLE)
@with_globals
def accounts_role(username: str, role: str) -> None:
    """Give an account another role; it has to sign in again."""
    from crawler.store.accounts.people import change_role
    from monitor.site.rules import read_role

    _do(lambda connection, by: change_role(connection, by, username, read_role(role)))


@accounts.command("lock")
@click.argument("username")
@with_globals
def accounts_lock(username: str) -> None:
    """Sign an account out everywhere and let it in no more."""
    from crawler.store.accounts.people import lock

    _do(lambda connection, by: lock(connection, by, username))


@accounts.command("unlock")
@click.argument("username")
@with_globals
def accounts_unlock(username: str) -> None:
    """Let a locked account in again."""
    from crawler.store.accounts.people import unlock

    _do(lambda connection, by: unlock(connection, by, username))


def _do(work: Callable[[sqlite3.Connection, By], T]) -> T:
    """What `work` gives, in one transaction; what is refused becomes one line."""
    from crawler.store.accounts.audit import COMMAND_LINE, By
    from crawler.store.accounts.db import accounts_path, make_accounts, writing
    from crawler.store.accounts.people import Refused
    from monitor.serve import config_dir
    from monitor.site.strings import load_strings

    path = accounts_path(database())
    make_accounts(path)
    try:
        with writing(path) as connection:
            return work(connection, By(COMMAND_LINE))
    except Refused as no:
        raise click.ClickException(load_strings(config_dir() / "locales")["en"](f"refused.{no}")) from None


def _say_link(code: str, site: str) -> None:
    link = f"{site.rstrip('/')}/dang-nhap/{code}"
    if flag("as_json"):
        click.echo(json.dumps({"link": link}))
    else:
        click.echo(link if silent() else f"{link}\nLiên kết dùng một lần, trong 72 giờ.")
