"""validators: the checks of an answer as Guardrails validators, for anybody's `Guard`.

    from guardrails import Guard
    from guards.validators import Cited, Exact, Supported

    guard = Guard().use(Cited(on_fail="noop"), Supported(on_fail="noop"), Exact(on_fail="noop"))
    outcome = guard.validate("The dose is 500 mg [1].", metadata={"sources": ["The dose is 500 mg twice a day."]})

The value is the answer's text, each sentence with the numbers of what it cites in square brackets. Metadata:

    sources   what may be cited, [1] first: strings, or mappings with `text` and, as far as known, `context` (title,
              headings, table header), `title` and `status` (validated, withdrawn…)
    question  what was asked
    history   earlier turns of the same conversation: strings, or mappings with `content`
    rules     what the language model is told; must not be repeated
    private   texts of other people; must not be repeated
    domain    medical, legal or engineering: whose policy applies

`required_metadata_keys` of each says what it cannot do without. A failure has an error span for every sentence that
fails, and as fix the answer without those sentences (the empty text where the answer as a whole fails).

A whole answer at a time is what they are for. Guardrails' own streaming passes pieces on before their verdict unless
`on_fail` is `fix`, and one `Guard` mixes streams that run at once: give each its own.

Importing this imports Guardrails, with its telemetry switched off; `adapter` is the only file that does.
"""

from guards.validators.adapter import (
    Cited,
    Conduct,
    Contradiction,
    Exact,
    Leak,
    PersonalData,
    PlumblineValidator,
    Policy,
    Supported,
)

__all__ = [
    "Cited",
    "Conduct",
    "Contradiction",
    "Exact",
    "Leak",
    "PersonalData",
    "PlumblineValidator",
    "Policy",
    "Supported",
]
