"""Datasette's command line in, the same out, begun without the libraries that it would load at each start and not use here."""

from __future__ import annotations

import sys

LEFT_OUT = ("numpy", "pandas", "rich")
"""sqlite-utils asks for the first two to know their numbers by sight, Datasette for the third to draw errors; here it is off."""


def main() -> None:
    """Run `datasette` with the arguments of this process."""
    left_out = [name for name in LEFT_OUT if name not in sys.modules]
    # What stands there as None cannot be imported; both do without.
    sys.modules.update(dict.fromkeys(left_out))  # type: ignore[arg-type]
    from datasette.cli import cli

    for name in left_out:
        del sys.modules[name]
    cli(prog_name="datasette")


if __name__ == "__main__":
    main()
