"""The one error that a person who edits knowledge/ sees: file, line and fix."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")


class KnowledgeError(ValueError):
    """A file under knowledge/ cannot be used. The message is `file:line: what is wrong. Fix: ...`."""

    def __init__(self, path: Path | str, problem: str, fix: str, line: int | None = None) -> None:
        where = f"{path}:{line}" if line else str(path)
        super().__init__(f"{where}: {problem}. Fix: {fix}.")


def read_text(path: Path) -> str:
    """The file as UTF-8 text. Raises KnowledgeError when it is missing or binary."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise KnowledgeError(path, "the file is missing", "create it or correct the name") from None
    except UnicodeDecodeError:
        raise KnowledgeError(path, "the file is not UTF-8 text", "save it as UTF-8") from None


class Lined(dict[str, Any]):
    """A mapping of a YAML file that knows on which line it begins and on which line each key stands."""

    line: int
    lines: dict[str, int]


class _Loader(yaml.SafeLoader):
    """Safe loading into `Lined` mappings; a key given twice is an error and not silently the last one's."""


def _lined(loader: _Loader, node: yaml.MappingNode) -> Iterator[Lined]:
    made = Lined()
    yield made
    made.line = node.start_mark.line + 1
    made.lines = {}
    for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
        if key.value in made.lines:
            raise yaml.constructor.ConstructorError(None, None, f"`{key.value}` stands there twice", key.start_mark)
        made.lines[key.value] = key.start_mark.line + 1
    made.update({str(key): value for key, value in loader.construct_mapping(node).items()})


_Loader.add_constructor("tag:yaml.org,2002:map", _lined)


def parse_yaml(text: str, path: Path, first_line: int = 1) -> dict[str, Any]:
    """The mapping in `text`, which begins on line `first_line` of `path`. Raises KnowledgeError."""
    try:
        # The newlines put in front make the marks count as the file's lines do.
        loaded = yaml.load("\n" * (first_line - 1) + text, _Loader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise KnowledgeError(path, f"broken YAML ({error.problem})", "correct the YAML on that line", line) from None
    except yaml.YAMLError as error:
        raise KnowledgeError(path, f"broken YAML ({error})", "remove the characters that YAML does not allow") from None
    except ValueError as error:
        # What looks like a date and is none, for example 2026-02-30.
        raise KnowledgeError(path, f"a date that does not exist ({error})", "correct the date") from None
    if not isinstance(loaded, dict):
        raise KnowledgeError(path, "not a list of `key: value` lines", "write one key a line", first_line)
    return loaded


class Fields:
    """Reads the fields of one mapping with checks; every complaint names the file, the line and the fix."""

    def __init__(self, values: dict[str, Any], path: Path) -> None:
        self._values = values
        self._path = path
        self._seen: set[str] = set()

    def error(self, name: str, problem: str, fix: str) -> KnowledgeError:
        """The error to raise about field `name`: on its line, or where the mapping begins if it is not there."""
        values = self._values
        line = values.lines.get(name, values.line) if isinstance(values, Lined) else None
        return KnowledgeError(self._path, f"`{name}` {problem}", fix, line)

    def take(self, name: str, kind: type | tuple[type, ...], described: str, default: Any) -> Any:
        """The value of `name`, of type `kind`; `...` as default means that it must be there."""
        self._seen.add(name)
        value = self._values.get(name, default)
        if value is None and default is None:
            return None
        if value is ...:
            raise self.error(name, "is missing", f"add `{name}:` with {described}")
        # A truth value is an int to Python, and a date with a time is a date; neither is meant.
        misled = (kind is int and isinstance(value, bool)) or (kind is date and isinstance(value, datetime))
        if not isinstance(value, kind) or misled:
            raise self.error(name, f"is {value!r}", f"give {described}")
        return value

    def text(self, name: str, default: Any = ...) -> Any:
        """A string; `default` (also None) when absent."""
        value = self.take(name, str, "a text", default)
        return value.strip() if isinstance(value, str) else value

    def number(self, name: str, default: Any = ...) -> Any:
        """A whole number of 0 or more."""
        value = self.take(name, int, "a whole number", default)
        if value is not None and value < 0:
            raise self.error(name, f"is {value}", "give a number of 0 or more")
        return value

    def flag(self, name: str, default: Any = ...) -> bool:
        """true or false."""
        return bool(self.take(name, bool, "true or false", default))

    def texts(self, name: str, default: Any = ...) -> tuple[str, ...]:
        """A list of strings."""
        value = self.take(name, list, "a list of texts", default)
        if any(not isinstance(item, str) for item in value):
            raise self.error(name, f"is {value!r}", "give a list of texts")
        return tuple(value)

    def choice(self, name: str, allowed: tuple[str, ...], default: Any = ...) -> str:
        """One of `allowed`."""
        value = self.text(name, default)
        if value not in allowed:
            raise self.error(name, f"is {value!r}", f"use one of: {', '.join(allowed)}")
        return str(value)

    def each(self, name: str, make: Callable[[Fields], T], default: Any = ...) -> tuple[T, ...]:
        """A list of mappings, each turned into an object by `make`."""
        rows = self.take(name, list, "a list", default)
        if any(not isinstance(row, dict) for row in rows):
            raise self.error(name, "has a row that is not `key: value`", "write each row as `- key: value`")
        made = []
        for row in rows:
            fields = Fields(row, self._path)
            made.append(make(fields))
            fields.done()
        return tuple(made)

    def done(self) -> None:
        """Raises KnowledgeError for a field that nobody asked for: mostly a misspelt name."""
        for name in self._values:
            if name not in self._seen:
                raise self.error(str(name), "is not known", "remove it or correct its spelling")
