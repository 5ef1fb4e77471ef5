"""Whether each sentence is cited, whether what it cites supports it, and whether it turns what its source says."""

from __future__ import annotations

from collections.abc import Iterator

from guards.checks.found import drop
from guards.grounding.polarity import differences
from guards.types import Draft, Finding, Source, Statement


def cited(draft: Draft) -> tuple[Finding, ...]:
    """Every sentence names at least one source, and names none that is not there."""
    found = []
    for each in draft.statements:
        if not each.citations:
            found.append(drop("cited", each, "A sentence named no source."))
        elif any(not 1 <= number <= len(draft.sources) for number in each.citations):
            found.append(drop("cited", each, "A sentence named a source that does not exist."))
        elif not all(source.text.strip() for source in draft.cited(each)):
            found.append(drop("cited", each, "A sentence named a source without text."))
    return tuple(found)


def supported(draft: Draft) -> tuple[Finding, ...]:
    """Every sentence was verified against what it cites, and is supported; one that nobody verified is not."""
    found = []
    for each in draft.statements:
        if each.verdict is None:
            found.append(drop("supported", each, "A sentence was not verified."))
        elif each.verdict.label != "supported":
            reason = f"What a sentence cites does not support it ({each.verdict.label})."
            found.append(drop("supported", each, reason, score=1.0 - each.verdict.score))
    return tuple(found)


def contradiction(draft: Draft) -> tuple[Finding, ...]:
    """No sentence says the opposite of its source: negation, direction and obligation are as there."""
    found = []
    for each in draft.statements:
        if each.verdict is not None and each.verdict.label == "contradicted":
            reasons = "; ".join(each.verdict.reasons) if each.verdict.reasons else "it says something else"
            found.append(drop("contradiction", each, f"A sentence contradicted its source: {_safe(reasons)}."))
            continue
        turned = [differences(each.text, support) for support in _supports(draft, each)]
        if turned and all(turned):  # one source that says it as the sentence does is enough
            found.append(drop("contradiction", each, f"A sentence turned what its source says: {turned[0][0]}."))
    return tuple(found)


def _safe(reasons: str) -> str:
    """The reasons without digits: a number that the source does not give is not for repeating."""
    return reasons if not any(character.isdigit() for character in reasons) else "it gives a number that is not there"


def _supports(draft: Draft, statement: Statement) -> Iterator[str]:
    """The words of each source that are meant to carry the sentence, where they are known.

    Before a table's row may stand the table's header, in the sentence and so in what carries it.
    """
    for place, source in enumerate(draft.cited(statement)):
        header = source.context.rpartition("\n")[2] + ": "
        lead = header if statement.text.startswith(header) else ""
        if len(statement.quotes) > place:
            yield lead + source.text[slice(*statement.quotes[place])]
        elif statement.verdict and statement.verdict.support and statement.verdict.evidence == place:
            yield evidence(source)[slice(*statement.verdict.support)]


def evidence(source: Source) -> str:
    """A source as a verifier sees it: what it stands under, a line, then its exact text."""
    return f"{source.context}\n{source.text}" if source.context else source.text
