"""retrieve: the evidence for an admitted question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.types import Admitted, Retrieved

if TYPE_CHECKING:
    from corpus.library import Library


def retrieve(admitted: Admitted, library: Library, *, passages: int) -> Retrieved:
    """The best `passages` passages for the question, validated and current ones unless it asks for others too."""
    question = admitted.question
    result = library.search(
        admitted.text,
        domain=question.domain,
        k=passages,
        include_unvalidated=question.include_unvalidated,
    )
    return Retrieved(admitted=admitted, result=result)
