"""Copies of the files that can be shown page by page, so that a citation opens even when the source has moved.

They stand in `<home>/files` under the hash of their bytes. They are copies and not links: a link would change, or
vanish, with the file that it points to.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Set
from pathlib import Path

SUFFIXES = {"application/pdf": ".pdf"}
"""The media types that are kept: those of which a picture of a page can be drawn."""

LARGEST = 200 * 10**6
"""Larger files, in bytes, are not copied."""


def path_of(home: Path, sha256: str, media_type: str) -> Path | None:
    """Where the copy of such a file stands or would stand; None when its kind isn't kept."""
    suffix = SUFFIXES.get(media_type)
    return None if suffix is None else home / "files" / f"{sha256}{suffix}"


def keep(home: Path, source: Path, sha256: str, media_type: str) -> None:
    """Copies the file unless it is there already; a crash leaves a whole copy or none. Raises OSError."""
    target = path_of(home, sha256, media_type)
    if target is None or target.exists() or source.stat().st_size > LARGEST:
        return
    target.parent.mkdir(exist_ok=True)
    unfinished = target.with_suffix(".part")
    try:
        with source.open("rb") as read, unfinished.open("wb") as write:
            shutil.copyfileobj(read, write, 1 << 20)
            write.flush()
            os.fsync(write.fileno())
        unfinished.replace(target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def sweep(home: Path, needed: Set[str]) -> None:
    """Deletes every copy whose hash is not needed, and what crashes left half done."""
    folder = home / "files"
    if folder.is_dir():
        for file in folder.iterdir():
            if file.suffix == ".part" or file.stem not in needed:
                file.unlink(missing_ok=True)
