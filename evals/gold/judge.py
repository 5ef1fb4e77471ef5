"""What became of a golden question: by rule, so that the same answer is always judged the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.types import Answer
from evals.gold.cases import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A case with its answer and the judgement."""

    case: Case
    answer: Answer
    answered: bool
    """An answer was given; for a false premise, one that doesn't correct it."""
    right: bool
    """Answerable: every expected fact is there and nothing wrong. Unanswerable: abstained, or corrected the premise."""
    citations: int
    """Citations of an answer to an answerable question."""
    citations_right: int
    """Those that name a file and page where the answer stands."""

    @property
    def words(self) -> int:
        """Length of the answer."""
        return len(self.answer.text.split())


def judge(case: Case, answer: Answer) -> Outcome:
    """Judge one answer."""
    answered = answer.status == "answered"
    if not case.answerable:
        corrected = answered and any(_found(pattern, answer.text) for pattern in case.corrects)
        return Outcome(
            case=case,
            answer=answer,
            answered=answered and not corrected,
            right=not answered or corrected,
            citations=0,
            citations_right=0,
        )
    complete = all(any(_found(pattern, answer.text) for pattern in group) for group in case.expected)
    places = {(source.file, page) for source in case.sources for page in source.pages}
    return Outcome(
        case=case,
        answer=answer,
        answered=answered,
        right=answered and complete and not any(_found(pattern, answer.text) for pattern in case.wrong),
        citations=len(answer.citations),
        citations_right=sum((citation.document.file, citation.page) in places for citation in answer.citations),
    )


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None
