"""The nouns of the flow, in the order in which a question meets them. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from corpus.types import Document, Domain, Hit, SearchResult
from guards.policies import Assessment
from guards.types import Finding, Verdict

AnswerStatus = Literal["answered", "abstained", "refused", "held"]
Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier message of the conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person asked."""

    text: str
    id: str = ""
    """The caller's own id for it, given back in the answer; made up when empty."""
    history: tuple[Turn, ...] = ()
    """Earlier turns, oldest first."""
    domain: Domain | None = None
    """None: found from the question."""
    include_unvalidated: bool = False
    """Also cite documents that nobody has validated, or that are superseded; the answer says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A question that may go on, as the later stages see it."""

    question: Question
    text: str
    """The question with its references to earlier turns made explicit; what is searched and answered."""
    findings: tuple[Finding, ...] = ()
    """What the guards noticed, in the question and on the way to an answer."""
    refusal: str = ""
    """Why the question cannot be taken (empty, far too long, not in English); empty when it can."""
    assessment: Assessment | None = None
    """What the policies say of it; None when they have not been asked, or could not say: then nothing is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """The evidence for a question, numbered from 1 in the order of `hits`."""

    admitted: Admitted
    result: SearchResult

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Best first; citation number n is `hits[n - 1]`."""
        return self.result.hits


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of a candidate with the evidence numbers that it cites."""

    text: str
    """Without citation marks."""
    citations: tuple[int, ...]
    """Evidence numbers, from 1; may be empty or wrong until verified."""
    quotes: tuple[tuple[int, int], ...] = ()
    """For each citation, the span within that passage's text that carries it; empty until known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One possible answer."""

    generator: str
    sentences: tuple[Sentence, ...]
    score: float = 0.0
    """The generator's own confidence that this answers the question, 0 to 1; 0 when it has none."""
    features: Mapping[str, float] = field(default_factory=dict)
    """Numbers about the candidate that a ranking may use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Everything the generators brought, and what went wrong with those that brought nothing."""

    retrieved: Retrieved
    candidates: tuple[Candidate, ...]
    failures: Mapping[str, str] = field(default_factory=dict)
    """Generator name → why it brought nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedSentence:
    """A sentence together with what the verifier says of it."""

    sentence: Sentence
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCandidate:
    """A candidate with its supported sentences; the others are dropped and counted."""

    candidate: Candidate
    kept: tuple[VerifiedSentence, ...]
    dropped: tuple[VerifiedSentence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """All candidates, checked."""

    retrieved: Retrieved
    candidates: tuple[VerifiedCandidate, ...]
    failures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """All candidates, best first, each with the probability that it is a good answer."""

    retrieved: Retrieved
    candidates: tuple[tuple[VerifiedCandidate, float], ...]
    policy_version: str
    failures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a sentence comes from, down to the characters."""

    number: int
    """As in the answer's marks; from 1, in order of first use."""
    document: Document
    page: int
    start: int
    """First character of the quote in the page's text."""
    end: int
    quote: str
    """Exactly the page's text from start to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSentence:
    """A sentence that a person may read."""

    text: str
    citations: tuple[int, ...]
    """Numbers of `Answer.citations`; at least one."""
    support: float
    """The verifier's probability that the citations support it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the person gets. Abstaining, refusing and holding are answers too."""

    id: str
    question: Question
    status: AnswerStatus
    text: str
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    reason: str | None = None
    """Why abstained, refused or held; None when answered."""
    notices: tuple[str, ...] = ()
    """What a reader must know beside the text, what is urgent first: an older edition was used, what it applies to."""
    urgent: tuple[str, ...] = ()
    """Those of the notices that say what to do now, in an emergency; shown before anything else."""
    nearest: tuple[Document, ...] = ()
    """When abstaining: the documents that came closest."""
    findings: tuple[Finding, ...] = ()
    generator: str = ""
    policy_version: str = ""
    domain: Domain | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    trace_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What may go out, and what may not."""

    answer: Answer
    withheld: Answer | None = None
    """When the answer is held: what would have been said. For the record that a reviewer reads, and nobody else."""
