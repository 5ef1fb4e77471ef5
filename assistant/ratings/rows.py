"""Ratings as JSON Lines, one a line: `{question, answer, rating, rater, domain?, evidence?, prior_rank?, group?}`.

What the store knows beyond that stands in further fields, so that nothing is lost on the way out and in again: `id`,
`at` (ISO 8601), `shown` (an object), `sentences` (pairs of index and mark), `better`. Other fields are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assistant.errors import BadRating
from assistant.ratings.types import Rating

NEEDED = ("question", "answer", "rating", "rater")
TEXTS = ("question", "answer", "rater", "domain", "group", "id", "better")


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that is no rating, and why."""

    line: int
    """From 1."""
    reason: str


def read(lines: Iterable[bytes]) -> Iterator[tuple[int, Rating] | BadLine]:
    """Each line's number, from 1, and rating, or what is wrong with it, read as they are needed; blank ones are left
    out. Lines end at LF alone, as those of a file opened in binary do.
    """
    for number, line in enumerate(lines, start=1):
        text = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not text:
            continue
        try:
            yield number, from_row(json.loads(text))
        except BadRating as error:
            yield BadLine(line=number, reason=str(error))
        except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
            yield BadLine(line=number, reason=f"not JSON: {error}")


def from_row(row: object) -> Rating:
    """The rating of one row. Raises BadRating, which names the field."""
    if not isinstance(row, Mapping):
        raise BadRating("not a JSON object")
    for name in NEEDED:
        if row.get(name) is None:
            raise BadRating(f"there is no {name!r}")
    given: dict[str, Any] = {name: row[name] for name in TEXTS if row.get(name) is not None}
    for name, value in given.items():
        given[name] = _valid(value)
    return Rating(
        **given,
        rating=row["rating"],
        evidence=tuple(_valid(each) for each in _list(row, "evidence")),
        prior_rank=_whole(row.get("prior_rank")),
        at=_time(row.get("at")),
        shown={} if row.get("shown") is None else row["shown"],
        sentences=tuple(tuple(each) if isinstance(each, list) else each for each in _list(row, "sentences")),
    )


def to_row(rating: Rating) -> dict[str, Any]:
    """A rating as a row; fields that say nothing are left out."""
    row: dict[str, Any] = {
        "question": rating.question,
        "answer": rating.answer,
        "rating": _plain(rating.rating),
        "rater": rating.rater,
        "domain": rating.domain,
        "evidence": list(rating.evidence),
        "prior_rank": rating.prior_rank,
        "group": rating.group,
        "id": rating.id,
        "at": None if rating.at is None else rating.at.isoformat(),
        "shown": rating.shown,
        "sentences": [list(each) for each in rating.sentences],
        "better": rating.better,
    }
    return {name: value for name, value in row.items() if value not in ("", None, [], {})}


def to_line(rating: Rating) -> bytes:
    """A rating as one line of a file, with its end."""
    return json.dumps(to_row(rating), ensure_ascii=False).encode() + b"\n"


def _valid(text: Any) -> Any:
    """Text that can be encoded: lone surrogates come from JSON escapes. What is no text is left for `Rating`."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else text


def _list(row: Mapping[str, Any], name: str) -> list[Any]:
    value = row.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadRating(f"{name!r} is not a list")
    return value


def _whole(number: object) -> Any:
    """Tables of numbers are often written with 3.0 for 3."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _plain(rating: float) -> int | float:
    return int(rating) if rating.is_integer() else rating


def _time(text: object) -> datetime | None:
    """A time of ISO 8601; without an offset it is UTC."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise BadRating("'at' is not a time of ISO 8601") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
