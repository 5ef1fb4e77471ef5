"""checks: what an answer must not do, each a plain function from a draft to findings.

`CHECKS` is the whole list, in the order in which they run. The gate runs them, each as the Guardrails validator of the
same name; anybody else may call them as they are. Every check is linear in the length of the draft and its sources.
"""

from __future__ import annotations

from collections.abc import Mapping

from guards.checks.citations import cited, contradiction, supported
from guards.checks.conduct import conduct
from guards.checks.exact import exact
from guards.checks.leak import leak
from guards.checks.personal_data import personal_data
from guards.checks.policy import policy
from guards.types import Check

CHECKS: Mapping[str, Check] = {
    "cited": cited,
    "supported": supported,
    "exact": exact,
    "contradiction": contradiction,
    "conduct": conduct,
    "personal_data": personal_data,
    "leak": leak,
    "policy": policy,
}
"""Name → check. The name is that of the validator, after "plumbline/"."""

__all__ = ["CHECKS", "cited", "conduct", "contradiction", "exact", "leak", "personal_data", "policy", "supported"]
