"""The site: a database, a host and a port in, Datasette with the project's configuration directory running out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DATABASE_NAME = "nq57"
"""What the database is called in addresses, whatever its file is called: the plugin names it so at startup."""
_HERE = Path(__file__).resolve().parent


def config_dir() -> Path:
    """Datasette's configuration directory: inside the installed package, else beside it in a checkout.

    Raises FileNotFoundError where neither is there.
    """
    for place in (_HERE / "datasette", _HERE.parent / "datasette"):
        if (place / "datasette.yaml").is_file():
            return place
    raise FileNotFoundError("datasette/datasette.yaml: not found beside or inside the package monitor")


def build_command(db: Path, host: str = "127.0.0.1", port: int = 8001, *, https: bool = False) -> list[str]:
    """The command line that serves `db` read-only on `host`:`port`."""
    # -P: the working directory may hold anything, a file or folder named datasette included.
    python = [sys.executable, "-P", "-m", "monitor.site.start", "serve"]
    settings = ["--setting", "force_https_urls", "1"] if https else []
    return [*python, str(config_dir()), str(db), "--host", host, "--port", str(port), *settings]


def serve(db: Path, host: str = "127.0.0.1", port: int = 8001, anonymous: str | None = None, *, https: bool = False) -> int:
    """Serve until interrupted; gives the exit code, 0 after Ctrl+C. `anonymous` is one of monitor/site/roles.py.

    Raises CannotRun where the database does not exist, since Datasette must not make an empty one, and BadDatabase where it
    is another program's; one that an older version wrote is brought up to date first.
    """
    from crawler.store.db import open_database
    from monitor.runs import CannotRun

    if not db.is_file():
        raise CannotRun(f"{db}: no such database; `nq57 weekly` makes it, and `nq57 demo` serves one of its own")
    open_database(db).close()
    welcome(db, host, port)
    path = os.pathsep.join(filter(None, (str(_HERE.parent), os.environ.get("PYTHONPATH"))))
    env = {**os.environ, "PYTHONPATH": path} | ({"NQ57_ANONYMOUS": anonymous} if anonymous else {})
    try:
        command = build_command(db, host, port, https=https)
        return subprocess.run(command, check=False, env=env).returncode  # noqa: S603 - ours
    except KeyboardInterrupt:
        return 0


def welcome(db: Path, host: str, port: int) -> None:
    """Make the accounts, and while there are none, tell whoever started the site how to become the administrator."""
    from crawler.store.accounts.db import NoAccounts, accounts_path, make_accounts, writing
    from crawler.store.accounts.people import make_first_link

    path = accounts_path(db)
    try:
        make_accounts(path)
        with writing(path) as connection:
            code = make_first_link(connection)
    except NoAccounts as error:
        print(f"nq57 serve: {error}; nobody can sign in", file=sys.stderr)
        return
    if code:
        at = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104 - compared
        told = "Chưa có tài khoản nào. Ai mở liên kết này đầu tiên, trong vòng một giờ, sẽ là người quản trị:"
        print(f"{told}\n    http://{at}:{port}/dang-nhap/{code}", file=sys.stderr, flush=True)
