"""Ask the golden questions of the real assistant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.types import Question
from corpus.types import DOMAINS, Domain, Progress
from evals.gold.cases import Case
from evals.gold.homes import prepare
from evals.gold.judge import Outcome, judge

Tell = Callable[[str], None]
"""Takes a few words on how far the run has come."""


def run(cases: Sequence[Case], *, documents: Path, folder: Path, together: bool = False, tell: Tell) -> list[Outcome]:
    """Each question put to an assistant that has its domain's documents alone, or all of them `together`.

    The domain is never given: finding it is the assistant's work.
    """
    asked: list[Domain] = [domain for domain in DOMAINS if any(case.domain == domain for case in cases)]
    groups: list[list[Domain]] = [asked] if together else [[domain] for domain in asked]
    outcomes: list[Outcome] = []
    for domains in groups:

        def step(progress: Progress, names: str = ", ".join(domains)) -> None:
            tell(f"taking in the {names} documents: {progress.stage} {progress.done}/{progress.total} {progress.file}")

        home = prepare(documents, folder, domains, step)
        outcomes += ask([case for case in cases if case.domain in domains], home, tell)
    return outcomes


def ask(cases: Sequence[Case], home: Path, tell: Tell) -> list[Outcome]:
    """Each question put to the assistant on this home; without settings in the environment, to no language model."""
    from assistant.build import build
    from assistant.settings import Settings

    assistant = build(Settings(home=home))
    with assistant.library:
        if cases:
            assistant.ask(Question(text=cases[0].question))  # loading the models is not the first answer's time
        outcomes = []
        for number, case in enumerate(cases, start=1):
            tell(f"asking {case.domain} question {number}/{len(cases)}")
            outcomes.append(judge(case, assistant.ask(Question(text=case.question, id=case.id))))
    return outcomes
