"""The one file that imports Guardrails: our checks as its validators, and its `Guard` as our chain.

What is known of guardrails-ai 0.11, and what is done about it here:

- It sends spans to its vendor unless a file in the person's home says no. Its only tracer is replaced by one that has
  no exporter, whatever that file says; its tracing into the application's own OpenTelemetry, which carries the texts,
  is off too.
- A synchronous `validate` under uvloop leaves a thread and a loop behind: it is told to run synchronously.
- A `Guard` keeps the texts of its last ten calls: they are cleared after each.
- Two streams through one `Guard` mix: nothing is streamed through it, and a `Guard` serves one caller at a time.
- A validator that returns nothing counts as passed: the gate keeps its own account of who has spoken.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from guardrails import Guard
from guardrails.settings import settings
from guardrails.utils.hub_telemetry_utils import HubTelemetry
from guardrails.validator_base import ErrorSpan, FailResult, PassResult, ValidationResult, Validator, register_validator

from guards import checks
from guards.drafts import read
from guards.grounding.overlap import OverlapVerifier
from guards.grounding.verifier import Verifier
from guards.types import Check, Finding

if TYPE_CHECKING:
    from guards.gate import Run

RUN = "plumbline_run"
"""Metadata key under which the gate hands its run to the validators."""

MOST_GUARDS = 16
"""Guards that are kept for the next caller; each takes some 40 ms to make."""


def silence() -> None:
    """Switches off all that Guardrails would send or keep, for this process."""
    os.environ["GUARDRAILS_RUN_SYNC"] = "true"
    settings.disable_tracing = True
    mute = object.__new__(HubTelemetry)  # without its initialisation there is no exporter, and no thread for one
    mute._enabled = False
    HubTelemetry._instance = mute


silence()


class PlumblineValidator(Validator):  # type: ignore[misc]  # its decorator leaves it untyped
    """A check as a validator; see `guards.validators` for values and metadata."""

    name: str = ""
    """The check's."""
    verifies: ClassVar[bool] = False
    """Whether the check needs to know what a verifier says of each sentence."""

    def __init__(
        self, *, on_fail: str | Callable[..., Any] | None = None, verifier: Verifier | None = None, **arguments: Any
    ) -> None:
        """`verifier` verifies sentences against what they cite, where the check needs that; default: words alone."""
        super().__init__(on_fail=on_fail, **arguments)
        self._verifier = verifier or OverlapVerifier()

    def _validate(self, value: Any, metadata: dict[str, Any]) -> ValidationResult:
        """What the check says of the answer."""
        run: Run | None = metadata.get(RUN)
        if run is not None:
            return result(value, run.call(self.name, self.look))
        draft = read(value, metadata, verifier=self._verifier if self.verifies else None)
        return result(value, self.look(draft))

    @property
    def look(self) -> Check:
        """The check itself."""
        return checks.CHECKS[self.name]


def result(value: str, findings: Sequence[Finding]) -> ValidationResult:
    """Findings as Guardrails says them."""
    if not findings:
        return PassResult()
    whole = any(each.action != "drop" or each.start == each.end for each in findings)
    return FailResult(
        error_message=" ".join(dict.fromkeys(each.reason for each in findings)),
        fix_value="" if whole else without(value, [(each.start, each.end) for each in findings]),
        error_spans=[ErrorSpan(start=each.start, end=each.end or len(value), reason=each.reason) for each in findings],
    )


def without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with the spans taken out, and single spaces where they stood."""
    kept, at = [], 0
    for start, end in sorted(spans):
        kept.append(text[at : max(at, start)].strip())
        at = max(at, end)
    return " ".join(part for part in (*kept, text[at:].strip()) if part)


@register_validator("plumbline/cited", data_type="string")
class Cited(PlumblineValidator):
    """Every sentence names a source that exists. Metadata: sources."""

    name = "cited"
    required_metadata_keys: ClassVar[list[str]] = ["sources"]


@register_validator("plumbline/supported", data_type="string")
class Supported(PlumblineValidator):
    """Every sentence is supported by what it cites, as the verifier sees it. Metadata: sources; question helps."""

    name = "supported"
    required_metadata_keys: ClassVar[list[str]] = ["sources"]
    verifies = True


@register_validator("plumbline/exact", data_type="string")
class Exact(PlumblineValidator):
    """Numbers, doses, units, dates, article and requirement numbers exactly as in the source. Metadata: sources."""

    name = "exact"
    required_metadata_keys: ClassVar[list[str]] = ["sources"]


@register_validator("plumbline/contradiction", data_type="string")
class Contradiction(PlumblineValidator):
    """No sentence says the opposite of its source. Metadata: sources; question helps."""

    name = "contradiction"
    required_metadata_keys: ClassVar[list[str]] = ["sources"]
    verifies = True


@register_validator("plumbline/conduct", data_type="string")
class Conduct(PlumblineValidator):
    """No persona, deception or harm beyond what the cited sources say. Metadata: sources."""

    name = "conduct"
    required_metadata_keys: ClassVar[list[str]] = ["sources"]


@register_validator("plumbline/personal_data", data_type="string")
class PersonalData(PlumblineValidator):
    """No personal data that nobody brought. Metadata: question, sources; history."""

    name = "personal_data"
    required_metadata_keys: ClassVar[list[str]] = ["question", "sources"]


@register_validator("plumbline/leak", data_type="string")
class Leak(PlumblineValidator):
    """Nothing of what the model was told, nor of other people's texts. Metadata: rules; private, sources, question."""

    name = "leak"
    required_metadata_keys: ClassVar[list[str]] = ["rules"]


@register_validator("plumbline/policy", data_type="string")
class Policy(PlumblineValidator):
    """What the domain's policy demands of an answer. Metadata: domain, question, sources."""

    name = "policy"
    required_metadata_keys: ClassVar[list[str]] = ["domain", "question", "sources"]


@register_validator("plumbline/custom", data_type="string")
class Custom(PlumblineValidator):
    """Any other check, under its own name."""

    def __init__(self, check_name: str, look: Check) -> None:
        super().__init__(on_fail="noop", check_name=check_name)
        self.name, self._look = check_name, look

    @property
    def look(self) -> Check:
        """The check itself."""
        return self._look


VALIDATORS: Mapping[str, type[PlumblineValidator]] = {
    each.name: each for each in (Cited, Supported, Exact, Contradiction, Conduct, PersonalData, Leak, Policy)
}
"""Name of a check → the validator that runs it."""


class Chain:
    """Checks run as validators through a `Guard`. Safe to share between threads."""

    def __init__(self, given: Mapping[str, Check]) -> None:
        """The checks by name, in order. Those of `guards.checks` run as the validators registered for them."""
        self._given = dict(given)
        self._kept: list[Guard[str]] = [self._make()]
        self._lock = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """The checks, in order."""
        return tuple(self._given)

    def validate(self, run: Run) -> None:
        """Run all checks on the run's draft; what each found is in `run.findings` afterwards.

        Raises NoVerdict from a check that gives none, and whatever Guardrails raises.
        """
        with self._lock:
            guard = self._kept.pop() if self._kept else None
        guard = guard or self._make()
        try:
            needed = {"sources": (), "question": "", "rules": (), "domain": ""}  # the run has the draft itself
            outcome = guard.validate(run.draft.text or " ", metadata={**needed, RUN: run})
            passed = outcome.validation_passed
        finally:
            guard.history.clear()  # it would keep the texts of the last ten calls
        if passed is not True and not any(run.findings.values()):
            raise RuntimeError("Guardrails failed an answer in which no check found anything")
        with self._lock:
            if len(self._kept) < MOST_GUARDS:
                self._kept.append(guard)

    def _make(self) -> Guard[str]:
        validators = [
            VALIDATORS[name](on_fail="noop") if checks.CHECKS.get(name) is check else Custom(name, check)
            for name, check in self._given.items()
        ]
        guard: Guard[str] = Guard(name="plumbline").use(*validators)
        guard.configure(allow_metrics_collection=False)
        return guard
