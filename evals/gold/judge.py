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
    missing: tuple[str, ...] = ()
    """What an answer to an answerable question should have matched and did not: the expressions of each fact."""
    citations: int = 0
    """Citations of an answer to an answerable question."""
    citations_right: int = 0
    """Those that name a file and page where the answer stands."""

    @property
    def words(self) -> int:
        """Length of the answer, in words between spaces."""
        return len(self.answer.text.split())

    @property
    def milliseconds(self) -> float:
        """How long the answer took."""
        return self.answer.timings_ms.get("total", 0.0)

    @property
    def verdict(self) -> str:
        """The judgement in a few words."""
        if self.right:
            return "right" if self.case.answerable or self.answer.status != "answered" else "premise corrected"
        if not self.case.answerable:
            return "answered, though the documents do not say"
        if not self.answered:
            return "not answered"
        return "wrong: something is missing" if self.missing else "wrong: names something that is not so"


def judge(case: Case, answer: Answer) -> Outcome:
    """Judge one answer."""
    answered = answer.status == "answered"
    text = " ".join(answer.text.split())
    mistaken = any(_found(pattern, text) for pattern in case.wrong)
    if not case.answerable:
        corrected = answered and not mistaken and any(_found(pattern, text) for pattern in case.corrects)
        return Outcome(case=case, answer=answer, answered=answered and not corrected, right=not answered or corrected)
    missing = tuple(
        " or ".join(facts) for facts in case.expected if not any(_found(pattern, text) for pattern in facts)
    )
    places = {(source.file, page) for source in case.sources for page in source.pages}
    return Outcome(
        case=case,
        answer=answer,
        answered=answered,
        right=answered and not missing and not mistaken,
        missing=missing if answered else (),
        citations=len(answer.citations),
        citations_right=sum((citation.document.file, citation.page) in places for citation in answer.citations),
    )


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None
