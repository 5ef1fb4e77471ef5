"""Texts put together from pieces, so that the place of every piece is known and not searched for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Literal, TypeVar

from evals.attacks.types import Half, Pair, Place
from guards.types import Message

Mark = Literal["", "prompt", "response", "target", "question"]

Piece = tuple[str, Mark]
"""Some text and what it is; no mark: neither demonstration nor question."""

Draft = tuple[str, Sequence[Piece]]
"""The role of a message and its pieces."""

T = TypeVar("T")


def seeded(*names: object) -> Random:
    """A source of chance that depends on the names alone, the same on every machine."""
    return Random(":".join(map(str, names)))  # noqa: S311 - sampling, not secrets


def half_of(items: Sequence[T], half: Half) -> tuple[T, ...]:
    """Every other item: the even ones for development, the odd ones held out."""
    return tuple(items[0 if half == "development" else 1 :: 2])


def joined(pieces: Iterable[Piece]) -> str:
    """The text of the pieces."""
    return "".join(text for text, _ in pieces)


def place_all(drafts: Sequence[Draft]) -> tuple[tuple[Message, ...], tuple[tuple[Mark, Place], ...]]:
    """The messages, and each marked piece with its place, in reading order."""
    messages, places = [], []
    for index, (role, pieces) in enumerate(drafts):
        at = 0
        for text, mark in pieces:
            if mark and text:
                places.append((mark, Place(message=index, start=at, end=at + len(text))))
            at += len(text)
        messages.append(Message(role=role, text=joined(pieces)))
    return tuple(messages), tuple(places)


def targets(places: Sequence[tuple[Mark, Place]], pairs: Sequence[Pair]) -> tuple[tuple[Place, ...], ...]:
    """The prompt and response of each misaligned pair; the pairs are in the order in which they were written."""
    prompts = [place for mark, place in places if mark == "prompt"]
    responses = [place for mark, place in places if mark == "response"]
    return tuple(
        (prompt, response) for prompt, response, pair in zip(prompts, responses, pairs, strict=True) if pair.misaligned
    )


def question_of(places: Sequence[tuple[Mark, Place]]) -> Place | None:
    """Where the question stands, if there is one."""
    return next((place for mark, place in places if mark == "question"), None)
