"""grounding: what verifiers are measured on, and the arithmetic of it; `evals.benchmarks.grounding` runs it.

`types` holds the nouns, `sets` reads what people judged, `errors` plants errors in real passages, `contenders` are who
is measured, `figures` adds up their verdicts, `speed` takes times, `report` writes text, JSON and HTML.
"""
