"""The one error that a person who edits knowledge/ sees: file, line and fix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class KnowledgeError(ValueError):
    """A file under knowledge/ cannot be used. The message is `file:line: what is wrong. Fix: ...`."""

    def __init__(self, path: Path, problem: str, fix: str, line: int | None = None) -> None:
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


def parse_yaml(text: str, path: Path, first_line: int = 1) -> dict[str, Any]:
    """The mapping in `text`, which begins on line `first_line` of `path`. Raises KnowledgeError."""
    try:
        loaded = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + first_line if error.problem_mark else None
        raise KnowledgeError(path, f"broken YAML ({error.problem})", "correct the YAML on that line", line) from None
    except yaml.YAMLError as error:
        raise KnowledgeError(path, f"broken YAML ({error})", "remove the characters that YAML does not allow") from None
    if not isinstance(loaded, dict):
        raise KnowledgeError(path, "not a list of `key: value` lines", "write one key a line", first_line)
    return loaded


class Fields:
    """Reads the fields of one mapping with checks; every complaint names the file, the line and the fix."""

    def __init__(self, values: dict[str, Any], path: Path, text: str = "") -> None:
        self._values = values
        self._path = path
        self._lines = text.splitlines()
        self._seen: set[str] = set()

    def error(self, name: str, problem: str, fix: str) -> KnowledgeError:
        """The error to raise about field `name`."""
        line = next((n for n, row in enumerate(self._lines, 1) if row.lstrip(" -").startswith(f"{name}:")), None)
        return KnowledgeError(self._path, f"`{name}` {problem}", fix, line)

    def take(self, name: str, kind: type | tuple[type, ...], described: str, default: Any) -> Any:
        """The value of `name`, of type `kind`; `...` as default means that it must be there."""
        self._seen.add(name)
        value = self._values.get(name, default)
        if value is None and default is None:
            return None
        if value is ...:
            raise self.error(name, "is missing", f"add `{name}:` with {described}")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
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
            fields = Fields(row, self._path, "\n".join(self._lines))
            made.append(make(fields))
            fields.done()
        return tuple(made)

    def done(self) -> None:
        """Raises KnowledgeError for a field that nobody asked for: mostly a misspelt name."""
        for name in self._values:
            if name not in self._seen:
                raise self.error(str(name), "is not known", "remove it or correct its spelling")
