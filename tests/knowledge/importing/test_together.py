"""Several files are written together: all of them, or none, with a full disk or without rights at any place."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from knowledge.errors import KnowledgeError
from knowledge.importing import together
from knowledge.importing.together import write_together

if TYPE_CHECKING:
    from collections.abc import Callable

    Failing = Callable[[Callable[..., object], int, int], Callable[..., object]]


@pytest.fixture
def wanted(tmp_path: Path) -> dict[Path, str | None]:
    """A new file in a new folder, one that changes, one that goes, and one that was never there."""
    (tmp_path / "changes").write_bytes(b"as it was\r\n")
    (tmp_path / "goes").write_text("here")
    return {
        tmp_path / "folder" / "new": "new",
        tmp_path / "changes": "as it is",
        tmp_path / "goes": None,
        tmp_path / "never there": None,
        tmp_path / "last": "last",
    }


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_are_written_and_nothing_else_is_left(tmp_path: Path, wanted: dict[Path, str | None]) -> None:
    write_together(wanted)
    assert files(tmp_path) == {"new": b"new", "changes": b"as it is", "last": b"last"}


@pytest.mark.parametrize("at", range(1, 6))
def test_a_full_disk_changes_nothing(
    tmp_path: Path, wanted: dict[Path, str | None], monkeypatch: pytest.MonkeyPatch, failing: Failing, at: int
) -> None:
    before = files(tmp_path)
    monkeypatch.setattr(together, "_draft", failing(together._draft, at, errno.ENOSPC))
    with pytest.raises(
        KnowledgeError, match=r"cannot be written \(it fails\); nothing was changed.* space on the disk"
    ):
        write_together(wanted)
    assert files(tmp_path) == before


@pytest.mark.parametrize("at", range(1, 6))
def test_a_file_that_cannot_be_replaced_takes_the_others_back(
    tmp_path: Path, wanted: dict[Path, str | None], monkeypatch: pytest.MonkeyPatch, failing: Failing, at: int
) -> None:
    before = files(tmp_path)
    monkeypatch.setattr(together, "_put", failing(together._put, at, errno.EACCES))
    with pytest.raises(KnowledgeError, match="nothing was changed"):
        write_together(wanted)
    assert files(tmp_path) == before


def test_the_way_back_needs_no_space(
    tmp_path: Path, wanted: dict[Path, str | None], monkeypatch: pytest.MonkeyPatch, failing: Failing
) -> None:
    before = files(tmp_path)
    swap = together._swap

    def full_from_now_on(*given: dict[Path, Path]) -> None:
        monkeypatch.setattr(together, "_draft", failing(together._draft, 1, errno.ENOSPC))
        monkeypatch.setattr(together, "_put", failing(together._put, 5, errno.ENOSPC))
        swap(*given)

    monkeypatch.setattr(together, "_swap", full_from_now_on)
    with pytest.raises(KnowledgeError, match="nothing was changed"):
        write_together(wanted)
    assert files(tmp_path) == before


def test_a_draft_that_is_half_written_is_left_by_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chmod = Path.chmod

    def fails(path: Path, mode: int) -> None:
        chmod(path, mode)
        raise OSError(errno.EIO, "it fails", str(path))

    monkeypatch.setattr(Path, "chmod", fails)
    with pytest.raises(KnowledgeError, match="nothing was changed"):
        write_together({tmp_path / "one": "text"})
    assert files(tmp_path) == {}
