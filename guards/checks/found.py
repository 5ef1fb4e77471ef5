"""How a check says what it found."""

from __future__ import annotations

from guards.types import Finding, Statement


def drop(check: str, statement: Statement, reason: str, *, score: float = 1.0) -> Finding:
    """A sentence that must not be read; the rest of the draft may stand."""
    return Finding(
        stage="answer",
        check=check,
        action="drop",
        reason=reason,
        score=score,
        start=statement.start,
        end=statement.end,
    )


def block(check: str, reason: str, *, start: int = 0, end: int = 0) -> Finding:
    """A draft of which nothing must be read; the span, if any, is where it shows."""
    return Finding(stage="answer", check=check, action="block", reason=reason, start=start, end=end)
