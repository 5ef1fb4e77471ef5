"""No personal data that neither the question, nor its conversation, nor the cited source brought.

E-mail addresses, telephone numbers, card and bank account numbers (with their check digits), national and patient ids.
`redact` takes the same things out of a text, for whoever must keep one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from corpus.types import Span
from guards.checks.citations import evidence
from guards.checks.found import drop
from guards.types import Draft, Finding

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?=[\w-]{1,63}\.)[\w.-]{3,253}")
_CARD = re.compile(r"(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_SSN = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")
_NINO = re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b")
_NHS = re.compile(r"(?<![\d-])\d{3}[ -]\d{3}[ -]\d{4}(?![\d-])")
_PHONE = re.compile(
    r"(?<![\w.+-])(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d(?:[ .-]?\d){6,12}|\(\d{2,5}\) ?\d(?:[ .-]?\d){5,9}|"
    r"(?:1[-. ])?\d{3}[-. ]\d{3}[-. ]\d{4})(?![\w-])"
)
_LABELLED = re.compile(
    r"\b(?:mrn|tax id|(?:patient|hospital) (?:id|no\.?|number)|(?:medical record|case file|passport|social security) "
    r"(?:no\.?|number)|(?:national id(?:entity)?|driver['’]?s licen[cs]e)(?: (?:no\.?|number))?)\s?[:#]?\s?"
    r"(?P<id>(?=[A-Z\-]{0,12}\d)[A-Z0-9][A-Z0-9\-]{3,20})\b",
    re.IGNORECASE,
)


def _luhn(text: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812-1)."""
    digits = [int(character) for character in reversed(text) if character.isdigit()]
    doubled = (2 * digit - 9 if digit > 4 else 2 * digit for digit in digits[1::2])
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _iban(text: str) -> bool:
    """The check digits of bank accounts (ISO 13616)."""
    letters = text.replace(" ", "")
    return int("".join(str(int(each, 36)) for each in letters[4:] + letters[:4])) % 97 == 1


def _nhs(text: str) -> bool:
    """The check digit of NHS numbers (modulus 11)."""
    digits = [int(character) for character in text if character.isdigit()]
    return (11 - sum((10 - i) * digit for i, digit in enumerate(digits[:9])) % 11) % 11 == digits[9]


def _always(_: str) -> bool:
    return True


_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("an e-mail address", _EMAIL, _always),
    ("a bank account number", _IBAN, _iban),
    ("a card number", _CARD, _luhn),
    ("a national identity number", _SSN, _always),
    ("a national identity number", _NINO, _always),
    ("a patient number", _NHS, _nhs),
    ("a personal identification number", _LABELLED, _always),
    ("a telephone number", _PHONE, _always),
)


def find(text: str) -> Iterator[tuple[Span, str]]:
    """Where personal data stand in the text, and what kind they are; spans may overlap. Linear in its length."""
    for kind, pattern, is_one in _KINDS:
        for match in pattern.finditer(text):
            group = "id" if "id" in pattern.groupindex else 0
            if is_one(match.group(group)):
                yield match.span(group), kind


def redact(text: str) -> str:
    """The text with all personal data replaced by "[…]"."""
    kept, at = [], 0
    for (start, end), _ in sorted(find(text)):
        if end > at:
            kept += [text[at : max(at, start)], "" if start < at else "[…]"]
            at = end
    return "".join(kept) + text[at:]


def personal_data(draft: Draft) -> tuple[Finding, ...]:
    """No sentence has personal data that neither the question, its conversation nor the source that it cites has."""
    found = []
    for each in draft.statements:
        kinds = {}
        for (start, end), kind in find(each.text):
            kinds[_bare(each.text[start:end])] = kind
        if kinds:
            brought = [draft.question, *draft.said, *(evidence(source) for source in draft.cited(each))]
            known = "\n".join(_bare(text) for text in brought)
            if strange := [kind for bare, kind in kinds.items() if bare not in known]:
                found.append(drop("personal_data", each, f"A sentence gave {strange[0]} that nobody had asked about."))
    return tuple(found)


def _bare(text: str) -> str:
    """Letters and digits alone, so that spacing makes no difference."""
    return "".join(character for character in text.lower() if character.isalnum() or character == "@")
