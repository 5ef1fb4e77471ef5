"""Ratings and questions with candidates as they stand in JSON Lines, checked field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assistant.commands import BadRow, Row, encodable
from assistant.errors import BadRating
from assistant.policy.types import Choice
from assistant.ratings.rows import from_row
from assistant.ratings.types import Rating
from corpus.errors import UsageError


def read_ratings(rows: Iterable[Row | BadRow]) -> tuple[list[Rating], list[BadRow]]:
    """The good rows, and those that are not, each with its line and the reason."""
    good: list[Rating] = []
    bad: list[BadRow] = []
    for row in rows:
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        try:
            good.append(from_row(row.fields))
        except BadRating as error:
            bad.append(BadRow(line=row.line, id=row.id or None, reason=str(error)))
    return good, bad


def read_question(row: Row) -> tuple[str, tuple[Choice, ...]]:
    """Question and candidates. Raises UsageError with the reason when a field is missing or not what it should be."""
    question, candidates = _text(row.fields, "question"), row.fields.get("candidates")
    if not isinstance(candidates, list) or not candidates:
        raise UsageError("no 'candidates' that is a list with something in it")
    choices = []
    for number, each in enumerate(candidates, start=1):
        if not isinstance(each, dict):
            raise UsageError(f"candidate {number} is not a JSON object")
        try:
            choices.append(
                Choice(id=_id(each), text=_text(each, "text"), evidence=_evidence(each), prior_rank=_rank(each))
            )
        except UsageError as error:
            raise UsageError(f"candidate {number}: {error}") from None
    if len({each.id for each in choices}) < len(choices):
        raise UsageError("two candidates have the same id")
    return question, tuple(choices)


def _id(fields: Mapping[str, Any]) -> str:
    value = fields.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise UsageError("no 'id'")
    return encodable(str(value))


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"no {name!r} that is a string with something in it")
    return encodable(value)


def _evidence(fields: Mapping[str, Any]) -> tuple[str, ...]:
    value: Sequence[Any] | None = fields.get("evidence")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise UsageError("'evidence' is not a list of strings")
    return tuple(encodable(each) for each in value if each.strip())


def _rank(fields: Mapping[str, Any]) -> int | None:
    value = fields.get("prior_rank")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise UsageError("'prior_rank' is not a whole number from 1 up")
    return value
