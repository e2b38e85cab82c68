"""Finds out what a source is (address, file, folder) and reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from resiliparse.parse.encoding import bytes_to_str, detect_encoding

from knowledge.errors import KnowledgeError
from knowledge.importing.blocks import HEADING, words
from knowledge.importing.fetch import MOST_BYTES, Fetched, fetch
from knowledge.importing.page import read_html, read_markdown
from knowledge.importing.plain import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from knowledge.importing.draft import Draft

HTML, MARKDOWN, TEXT = "html", "markdown", "text"
SUFFIXES = {
    ".html": HTML, ".htm": HTML, ".xhtml": HTML, ".md": MARKDOWN, ".markdown": MARKDOWN, ".txt": TEXT, ".text": TEXT,
}  # fmt: skip
LEAST_WORDS = 40  # of an article: fewer fill no passage
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_BINARY = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"{\\rtf")


@dataclass(frozen=True)
class Source:
    """One thing to import: a file, or an address."""

    name: str

    @property
    def is_address(self) -> bool:
        """Whether it is fetched."""
        return bool(_ADDRESS.match(self.name))

    @property
    def origin(self) -> str:
        """What the article remembers of where it came from: the address, or the file's name without its folder."""
        return self.name if self.is_address else Path(self.name).name


def expand(names: Sequence[str]) -> list[Source]:
    """The sources behind `names`: addresses, files, and the files of folders. Raises KnowledgeError."""
    found: dict[str, Source] = {}
    for name in names:
        for one in [name] if _ADDRESS.match(name) else _files(Path(name)):
            found.setdefault(str(one), Source(str(one)))
    return list(found.values())


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise KnowledgeError(path, "there is no such file or folder", "check the name; an address begins with https://")
    if not path.is_dir():
        return [path]
    files = sorted(
        file
        for file in path.rglob("*")
        if file.is_file()
        and file.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )
    if not files:
        raise KnowledgeError(
            path, "the folder holds nothing to import", f"put files ending in {', '.join(SUFFIXES)} into it"
        )
    return files


def read(source: Source, fetch: Callable[[str], Fetched] = fetch) -> Draft:
    """What `source` says. Raises KnowledgeError when it cannot be read or holds no article."""
    if source.is_address:
        page = fetch(source.name)
        draft = _draft(page.body, source.name, _kind_of_page(page), page.charset, page.url)
    else:
        draft = _draft(_bytes(Path(source.name)), source.name, SUFFIXES.get(Path(source.name).suffix.lower()))
    return _checked(draft, source.name)


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise KnowledgeError(
                path,
                f"is {size / 1e6:.0f} MB, more than {MOST_BYTES // 1_000_000}",
                "save the article alone, as text or as a page without pictures",
            )
        return path.read_bytes()
    except OSError as error:
        raise KnowledgeError(
            path, f"cannot be read ({error.strerror})", "check the name and the rights of the file"
        ) from error


def _kind_of_page(page: Fetched) -> str | None:
    return {"text/plain": None, "text/markdown": MARKDOWN}.get(page.kind, HTML)


def _draft(body: bytes, name: str, kind: str | None, charset: str | None = None, url: str | None = None) -> Draft:
    if body.startswith(_BINARY) or (b"\0" in body[:4096] and not body.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise KnowledgeError(name, "is not text", "save it as a web page, Markdown or plain text first")
    text = _decoded(body, name, charset)
    kind = kind or _guessed(text)
    if kind == HTML:
        return read_html(text, url)
    return read_markdown(text, name) if kind == MARKDOWN else read_text(text)


def _decoded(body: bytes, name: str, charset: str | None) -> str:
    if not body.strip():
        raise KnowledgeError(name, "is empty", "check that it was saved whole")
    for encoding in ("utf-8-sig", charset, "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else None):
        try:
            if encoding:
                return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    text: str = bytes_to_str(body, detect_encoding(body) or "utf-8")
    if text.count("�") > len(text) / 100:
        raise KnowledgeError(name, "its letters cannot be read", "save it as UTF-8")
    return text


def _guessed(text: str) -> str:
    """The kind of a text whose name does not tell."""
    if re.match(r"\s*(<!doctype html|<html|<\?xml|<head|<body|<article|<div|<main)", text, re.IGNORECASE):
        return HTML
    if text.startswith("---\n") or len(re.findall(r"^#{1,4} \S", text, re.MULTILINE)) >= 2:
        return MARKDOWN
    return TEXT


def _checked(draft: Draft, name: str) -> Draft:
    said = sum(words(block.text) for block in draft.blocks if block.kind != HEADING)
    if said < LEAST_WORDS:
        raise KnowledgeError(
            name,
            f"holds no article: {said} words are left without menus and the like",
            "save the page once it is shown in full, or copy its text into a file",
        )
    if not any(block.kind == HEADING for block in draft.blocks):
        raise KnowledgeError(
            name, "has no headings, by which passages are cut", "give its parts headings, then import it again"
        )
    if not draft.title:
        raise KnowledgeError(name, "has no title", "put the title on the first line")
    return draft
