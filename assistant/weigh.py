"""weigh: does the question show an emergency, or stakes too high for an answer without a human?"""

from __future__ import annotations

from dataclasses import replace

from assistant.types import Admitted
from guards.gate import Gate


def weigh(admitted: Admitted, gate: Gate) -> Admitted:
    """The question with what the policies say of it. One that was refused is weighed as it was written."""
    return replace(admitted, assessment=gate.assess(admitted.question.text if admitted.refusal else admitted.text))
