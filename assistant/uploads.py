"""Files that came over the network, put where a later ingestion finds them again."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import BinaryIO

from corpus.database import storage_errors

LARGEST = 200_000_000
"""Bytes of one file."""


def keep(home: Path, name: str, content: BinaryIO) -> Path:
    """An uploaded file, written to the home's `uploads`; one of the same name is replaced, and so updated.

    Raises a StorageError when there is no room.
    """
    target = home / "uploads" / safe_name(name)
    unfinished = target.with_name(f".{target.name}.part")
    with storage_errors(home):
        target.parent.mkdir(exist_ok=True)
        try:
            with unfinished.open("wb") as file:
                shutil.copyfileobj(content, file, 1 << 20)
            return unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)


def safe_name(name: str) -> str:
    """A file name without folders, control characters, leading dots, or more than 150 characters."""
    last = re.split(r"[/\\]", name)[-1]
    cleaned = re.sub(r"[\x00-\x1f\x7f:*?\"<>|]", "_", last).lstrip(". ")
    stem, dot, suffix = cleaned.rpartition(".")
    return f"{stem[: 150 - len(suffix)]}{dot}{suffix}" if dot and len(suffix) < 20 else cleaned[:150] or "file"
