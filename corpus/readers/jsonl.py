"""JSON Lines: one document a line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.errors import UnreadableFile
from corpus.passages import MOST_WORDS
from corpus.readers.text import paragraphs, read_text
from corpus.types import Failure, Page, Parsed

_UNSTORABLE = {0: " ", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One document of a JSON Lines file."""

    id: str
    sha256: str
    """Of the line's bytes, without the white space around them."""
    parsed: Parsed
    title: str = ""
    url: str = ""


def jsonl_rows(data: bytes) -> Iterator[Row | Failure]:
    """The documents of a JSON Lines file, one a line; a bad line is a Failure whose path is its number."""
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            try:
                yield _row(line.strip())
            except UnreadableFile as error:
                yield Failure(path=str(number), reason=str(error))


def _row(line: bytes) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile("not a line of JSON in UTF-8") from error
    if not isinstance(row, dict):
        raise UnreadableFile("not a JSON object")
    identity, text = row.get("id"), row.get("text")
    if isinstance(identity, bool) or not isinstance(identity, str | int) or not str(identity).strip():
        raise UnreadableFile("needs an `id`, a string or a whole number")
    if not isinstance(text, str) or not text.strip():
        raise UnreadableFile("needs a `text`, a string that is not empty")
    return Row(
        id=str(identity).translate(_UNSTORABLE),
        sha256=hashlib.sha256(line).hexdigest(),
        parsed=_parsed(text.translate(_UNSTORABLE)),
        title=_said(row, "title"),
        url=_said(row, "url"),
    )


def _said(row: dict[str, object], key: str) -> str:
    value = row.get(key)
    return value.translate(_UNSTORABLE).strip() if isinstance(value, str) else ""


def _parsed(text: str) -> Parsed:
    """A text that fits into a passage stays whole; a longer one is looked through for sections."""
    if len(text.split()) > MOST_WORDS:
        return read_text(text)
    return Parsed(pages=(Page(number=1, text=text),), blocks=paragraphs(text))
