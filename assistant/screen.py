"""screen: retrieved passages that hold instructions to a machine are left out before anything reads them.

Documents were screened when they were taken in, more leniently: a doubtful sentence does not keep a whole document out,
but its passage is not put before a generator. This also holds for what was taken in before there was a screen, or by
an older one: passages are judged by the guard of today.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock

from assistant.types import Retrieved
from guards.integrity.instructions import find_instructions
from guards.types import Finding

KEPT = 10_000
"""Passages whose verdict is remembered; a verdict is a few hundred bytes."""


@dataclass(slots=True)
class Verdicts:
    """What was found in passages, remembered by passage id, the latest used ones. Safe to share between threads.

    A passage's id changes with its document's bytes, so a verdict never outlives its text.
    """

    find: Callable[[str], tuple[Finding, ...]] = find_instructions
    size: int = KEPT
    _known: OrderedDict[str, tuple[Finding, ...]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, passage_id: str, text: str) -> tuple[Finding, ...]:
        """The findings in this passage."""
        with self._lock:
            if passage_id in self._known:
                self._known.move_to_end(passage_id)
                return self._known[passage_id]
        found = self.find(text)
        with self._lock:
            self._known[passage_id] = found
            while len(self._known) > self.size:
                self._known.popitem(last=False)
        return found


def screen(retrieved: Retrieved, verdicts: Verdicts) -> Retrieved:
    """The evidence without the passages in which something is found; each of these leaves one finding behind."""
    kept, findings = [], []
    for hit in retrieved.hits:
        if found := verdicts.of(hit.passage.id, hit.passage.text):
            worst = max(found, key=lambda finding: finding.score)
            reason = f"a passage of {hit.document.file}, page {hit.passage.page}, was left out: {worst.reason}"
            findings.append(replace(worst, action="drop", reason=reason))
        else:
            kept.append(hit)
    if not findings:
        return retrieved
    # They travel with the question, like what was found in it.
    admitted = replace(retrieved.admitted, findings=(*retrieved.admitted.findings, *findings))
    return replace(retrieved, admitted=admitted, result=replace(retrieved.result, hits=tuple(kept)))
