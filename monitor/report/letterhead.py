"""Who sends the report: a YAML file in, the parts of an administrative document's form out (Decree 30/2020/ND-CP, annex I)."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from monitor.runs import CannotRun

OWN = Path(__file__).with_name("letterhead.yaml")
"""The file that is used where none is given: its names are to be replaced."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Letterhead:
    """The issuing body and what stands around its report; `site` is where the pages of NQ57 can be opened."""

    body: str
    parent: str = ""
    number: str = ""
    place: str = ""
    recipient: str = ""
    copies: tuple[str, ...] = ()
    signer_title: str = ""
    signer: str = ""
    site: str = "http://127.0.0.1:8057"

    def page(self, path: str) -> str:
        """The address of a page of NQ57."""
        return self.site.rstrip("/") + path


def read_letterhead(file: Path | None) -> Letterhead:
    """Read the letterhead. Raises CannotRun naming the file and what is wrong in it."""
    at = file or OWN
    try:
        read = yaml.safe_load(at.read_text(encoding="utf-8"))
        return TypeAdapter(Letterhead).validate_python(read)
    except OSError as error:
        raise CannotRun(f"{at}: {error.strerror or error}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise CannotRun(f"{at}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise CannotRun(f"{at}: {'.'.join(map(str, first['loc'])) or 'file'}: {first['msg']}") from error
