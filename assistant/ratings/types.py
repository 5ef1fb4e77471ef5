"""A rating: what somebody who knows the field said of one answer, and what exactly they were shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from assistant.errors import BadRating

LOWEST, HIGHEST = 1, 5
MARKS = ("wrong", "unsupported", "outdated", "unsafe")
"""What can be said of a single sentence."""

LARGEST = 2**31 - 1
"""Of whole numbers, in every database."""

ID_LENGTH = 200
"""Characters of an id or a group at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One rating. What cannot be one raises BadRating, naming the field and never showing its text."""

    question: str
    answer: str
    rating: float
    """1 to 5, the more the better."""
    rater: str
    domain: str = ""
    evidence: tuple[str, ...] = ()
    """The passages that the answer stands on, as they were shown."""
    prior_rank: int | None = None
    """Place of the answer before anybody rated, 1 the first; None: not known."""
    group: str = ""
    """Shared by the answers to one question. Left empty, it becomes `group_of` the question."""
    id: str = ""
    """Of the submission. Left empty, the store takes `content_hash`, shortened."""
    at: datetime | None = None
    """When, in UTC; None: not known, and the store puts the time at which it was added."""
    shown: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """What else was before the rater: versions of passages, policy and so on; JSON values."""
    sentences: tuple[tuple[int, str], ...] = ()
    """Marked sentences of the answer: index from 0, and one of MARKS."""
    better: str = ""
    """A better answer, if the rater wrote one."""

    def __post_init__(self) -> None:
        for name in ("question", "answer", "rater"):
            _check_text(name, getattr(self, name), needed=True)
        for name in ("domain", "group", "id", "better"):
            _check_text(name, getattr(self, name))
        for name in ("group", "id"):
            if len(getattr(self, name)) > ID_LENGTH:
                raise BadRating(f"{name!r} is longer than {ID_LENGTH} characters")
        _check_rating(self.rating)
        if self.prior_rank is not None and not _is_whole(self.prior_rank, least=1):
            raise BadRating("'prior_rank' is not a whole number from 1 on")
        if not isinstance(self.evidence, tuple):
            raise BadRating("'evidence' is not a tuple of texts")
        for each in self.evidence:
            _check_text("evidence", each)
        _check_sentences(self.sentences)
        put = object.__setattr__  # the way to fill in a frozen object
        put(self, "rating", float(self.rating))
        put(self, "group", self.group or group_of(self.question))
        put(self, "at", _utc(self.at))
        put(self, "shown", _as_json(self.shown))


def group_of(question: str) -> str:
    """The group of a question's answers where none is given: the same for the same words, whatever case and spaces."""
    plain = " ".join(question.casefold().split())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def content_hash(rating: Rating) -> str:
    """SHA-256, in hexadecimal, of everything in a rating but its id and its time."""
    content = (
        rating.question,
        rating.answer,
        rating.rating,
        rating.rater,
        rating.domain,
        rating.evidence,
        rating.prior_rank,
        rating.group,
        rating.shown,
        rating.sentences,
        rating.better,
    )
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _check_rating(rating: object) -> None:
    if isinstance(rating, bool) or not isinstance(rating, int | float):
        raise BadRating("'rating' is not a number")
    if not LOWEST <= rating <= HIGHEST:  # NaN is neither
        raise BadRating(f"'rating' is not between {LOWEST} and {HIGHEST}")


def _check_text(name: str, text: object, *, needed: bool = False) -> None:
    if not isinstance(text, str):
        raise BadRating(f"{name!r} is not a string")
    if needed and not text.strip():
        raise BadRating(f"{name!r} is empty")
    if "\0" in text:  # PostgreSQL has no such character
        raise BadRating(f"{name!r} has a NUL character in it")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadRating(f"{name!r} cannot be written as UTF-8: it has half a surrogate pair in it") from None


def _check_sentences(sentences: object) -> None:
    if not isinstance(sentences, tuple):
        raise BadRating("'sentences' is not a tuple of pairs")
    for each in sentences:
        if not (isinstance(each, tuple) and len(each) == 2 and _is_whole(each[0], least=0) and each[1] in MARKS):
            raise BadRating(f"each of 'sentences' is an index from 0 on and one of {', '.join(MARKS)}")


def _is_whole(number: object, *, least: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and least <= number <= LARGEST


def _utc(at: datetime | None) -> datetime | None:
    if at is None:
        return None
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise BadRating("'at' is not a time with its offset from UTC")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise BadRating("'at' is outside the years 1 to 9999") from None


def _as_json(shown: object) -> dict[str, Any]:
    """As it will come back from a file or the store; a copy, so that nobody changes it afterwards."""
    if not isinstance(shown, Mapping):
        raise BadRating("'shown' is not an object")
    if not shown:
        return {}
    try:
        text = json.dumps(dict(shown), ensure_ascii=False, allow_nan=False)
        text.encode()
        copy: dict[str, Any] = json.loads(text)
    except (TypeError, ValueError, RecursionError):  # UnicodeEncodeError is a ValueError
        raise BadRating("'shown' cannot be written as JSON") from None
    return copy
