"""The name of a YAML file of this package in, its values out: read by libyaml, twelve times as fast as in Python.

For shipped files only: libyaml's binding falls over on what is nested too deeply.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

from classifier.text import nfc

_QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's loader, or the one in Python where PyYAML was built without."""


def read_shipped(name: str) -> Any:
    """The values of `name`, its text in NFC."""
    return _QUICK(nfc(files("classifier").joinpath(name).read_text("utf-8"))).get_single_data()
