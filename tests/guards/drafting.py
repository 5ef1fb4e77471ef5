"""Drafts for tests, from answers with marks."""

from __future__ import annotations

from typing import Any

from guards.drafts import read
from guards.grounding.overlap import OverlapVerifier
from guards.types import Draft

LABEL = (
    "Examplin tablets. The recommended starting dose of Examplin in adults is 500 mg twice a day, given with meals. "
    "The maximum dose is 2,000 mg a day. Examplin is contraindicated in patients with an eGFR below 30 mL/min. "
    "Questions: call +1 800 555 0199 or write to safety@examplin.example."
)
LAW = "Article 7(1)(b). The tenant must give notice of at least two months before leaving, from 31 January 2026 on."
SOURCES = (LABEL, LAW)


def draft(answer: str, *, sources: Any = SOURCES, verify: bool = True, **metadata: Any) -> Draft:
    """What the checks get to see of an answer."""
    return read(answer, {"sources": sources, **metadata}, verifier=OverlapVerifier() if verify else None)
