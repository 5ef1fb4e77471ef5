"""generate: candidates from every generator. One that fails costs its own candidate and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from assistant.errors import GeneratorError
from assistant.types import Candidate, Candidates, Retrieved

logger = logging.getLogger(__name__)


@runtime_checkable
class Generator(Protocol):
    """Writes candidates from evidence.

    Keeps its own deadline, is safe to call from several threads, and raises nothing but `GeneratorError`.
    """

    @property
    def name(self) -> str:
        """Short and stable; recorded with every answer."""
        ...

    def generate(self, retrieved: Retrieved) -> tuple[Candidate, ...]:
        """Candidates for `retrieved.admitted.text`, citing `retrieved.hits` by number from 1; none is an answer too."""
        ...


def generate(retrieved: Retrieved, generators: Sequence[Generator]) -> Candidates:
    """What every generator brings, in their order."""
    candidates: list[Candidate] = []
    failures: dict[str, str] = {}
    for generator in generators:
        try:
            candidates.extend(generator.generate(retrieved))
        except GeneratorError as error:
            failures[generator.name] = f"{type(error).__name__}: {error}"
            logger.warning("generator %s brought nothing: %s", generator.name, type(error).__name__)
    return Candidates(retrieved=retrieved, candidates=tuple(candidates), failures=failures)
