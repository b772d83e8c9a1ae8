"""YAML text in; plain values and the line of each of them out, so that every complaint can name its line."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

Path = tuple[str | int, ...]
Value = str | int | bool | None | list["Value"] | dict[str, "Value"]

# An alias may repeat what it names, so a few lines can stand for billions of values; no roster is near these bounds.
_MOST_VALUES = 500_000
_DEEPEST = 40
_QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_COLLECTIONS = ("tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")


@dataclass(frozen=True, slots=True)
class YamlProblem(Exception):
    """Why a text is no usable YAML: the line (from 1) and a sentence."""

    line: int
    message: str


@dataclass(slots=True)
class Read:
    """The values of one file, and where each of them stands: a path such as (3, 'feeds', 0) to a line from 1."""

    value: Value = None
    lines: dict[Path, int] = field(default_factory=dict)
    doubled: list[tuple[Path, int]] = field(default_factory=list)
    """Keys that a mapping has twice, with the line of the second."""

    def line_of(self, path: Path) -> int:
        """The line of the nearest thing that exists at or above `path`."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(text: str, *, own: bool = False) -> Read:
    """The values of `text`; only plain ones: dates and numbers with a point stay text, tags of other kinds are refused.

    The project's `own` files are read by libyaml, twelve times as fast; it crashes on what is nested without end.
    Raises YamlProblem for what is not YAML, has values that contain themselves, or unfolds beyond all measure.
    """
    try:
        node = yaml.compose(text, Loader=_QUICK if own else yaml.SafeLoader)
        read = Read()
        if node is not None:
            read.value = _convert(node, (), read)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlProblem(mark.line + 1 if mark else 1, error.problem or "no YAML") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise YamlProblem(1, str(error).split("\n", 1)[0] or "no YAML") from error
    return read


def _convert(node: yaml.Node, path: Path, read: Read) -> Value:
    line = node.start_mark.line + 1
    if len(read.lines) >= _MOST_VALUES or len(path) > _DEEPEST:
        raise YamlProblem(line, "too many values, or nested too deeply")
    read.lines[path] = line
    if isinstance(node, yaml.CollectionNode) and node.tag not in _PLAIN_COLLECTIONS:
        raise YamlProblem(line, f"tag {node.tag} is not used here")
    if isinstance(node, yaml.SequenceNode):
        return [_convert(child, (*path, i), read) for i, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, read)
    return _scalar(node, line)


def _mapping(node: yaml.MappingNode, path: Path, read: Read) -> Value:
    result: dict[str, Value] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlProblem(key_node.start_mark.line + 1, "a key must be a word")
        key = str(key_node.value)
        if key in result:
            read.doubled.append(((*path, key), key_node.start_mark.line + 1))
        result[key] = _convert(value_node, (*path, key), read)
        read.lines[(*path, key)] = key_node.start_mark.line + 1
    return result


def _scalar(node: yaml.Node, line: int) -> Value:
    tag = node.tag.rpartition(":")[2]
    match tag:
        case "null":
            return None
        case "bool":
            return str(node.value).lower() in {"yes", "true", "on"}
        case "int" if str(node.value).isdecimal() and len(str(node.value)) < 16:
            return int(node.value)
        case "str" | "timestamp" | "float" | "int" | "value" | "merge":
            return str(node.value)
        case _:
            raise YamlProblem(line, f"tag {node.tag} is not used here")
