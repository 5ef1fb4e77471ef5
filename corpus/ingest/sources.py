"""Which files an ingestion is about."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UsageError
from corpus.types import Failure

JUNK = frozenset({"thumbs.db", "desktop.ini", "icon\r", "__macosx", "__pycache__"})
"""Names, in lower case, of what operating systems leave in folders; skipped like hidden files."""

ROWS_SUFFIXES = frozenset({".jsonl", ".ndjson"})
"""Files in which every line is a document."""

LINES = 256
"""Lines of a JSON Lines file that are read together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is at the paths of an ingestion."""

    files: tuple[Path, ...]
    """Absolute, in a fixed order, each once."""
    failed: tuple[Failure, ...] = ()
    """Folders that could not be looked into."""


def find(paths: Sequence[Path], *, skip: Sequence[Path] = ()) -> Found:
    """The files among and below `paths`.

    Hidden files, system junk and everything in `skip` (files or folders) are left out, unless named outright.
    Raises UsageError when a path does not exist.
    """
    if not paths:
        raise UsageError("no file or folder to ingest")
    left_out = {absolute(path) for path in skip}
    found: dict[Path, None] = {}
    failed: list[Failure] = []
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(_below(absolute(path), left_out, failed)))
        elif os.path.lexists(path):
            found[absolute(path)] = None
        else:
            raise UsageError(f"no such file or folder: {path}")
    return Found(files=tuple(found), failed=tuple(failed))


def absolute(path: Path) -> Path:
    """The path as documents remember it: its folder without symbolic links, its own name as it is."""
    expanded = path.expanduser()
    return expanded.resolve() if expanded.is_dir() else expanded.parent.resolve() / expanded.name


def _below(folder: Path, left_out: set[Path], failed: list[Failure]) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        failed.append(Failure(path=str(error.filename), reason=error.strerror or str(error)))

    for root, folders, files in os.walk(folder, onerror=fail):
        here = Path(root)
        folders[:] = sorted(name for name in folders if _wanted(name) and here / name not in left_out)
        for name in sorted(files):
            if _wanted(name) and here / name not in left_out:
                yield here / name


def _wanted(name: str) -> bool:
    return not name.startswith((".", "~$")) and name.lower() not in JUNK


def sha256(path: Path) -> str:
    """Of the file's bytes, as hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def line_groups(path: Path) -> Iterator[tuple[int, bytes]]:
    """A JSON Lines file in pieces of `LINES` lines, each with the number (from 1) of its first line. Raises OSError."""
    with path.open("rb") as file:
        first, lines = 1, []
        for line in file:
            lines.append(line)
            if len(lines) == LINES:
                yield first, b"".join(lines)
                first, lines = first + LINES, []
        if lines:
            yield first, b"".join(lines)


def slug(stem: str) -> str:
    """A readable id from a file's name without its suffix: lower case, digits and letters, joined by `-`."""
    plain = unicodedata.normalize("NFKC", stem).lower()
    return re.sub(r"[^\w.]+", "-", plain).strip("-._")[:80] or "document"


def distinct_slug(stem: str, source: str) -> str:
    """The slug with a piece of the hash of where the file stands, for when the plain one belongs to another."""
    return f"{slug(stem)}-{hashlib.sha256(source.encode()).hexdigest()[:8]}"
