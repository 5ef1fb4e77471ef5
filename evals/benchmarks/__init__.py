"""benchmarks: what retrieval finds, what the guard of the input tells apart, and what things cost.

    python -m evals.benchmarks retrieval      nDCG@10 of the words, the vectors, their fusion and ours, in one run
    python -m evals.benchmarks integrity      attacks found and honest text left alone; see `evals.attacks`
    python -m evals.benchmarks speed          asking, ingesting and starting against the bare libraries
    python -m evals.benchmarks guards         guarding an answer, against a bare Guardrails chain that does nothing
    python -m evals.benchmarks grounding      supported or not, planted errors, calibration and time of verifiers

Speeds are ratios of times taken alternately in one run; quality figures carry 95% intervals and name their data.
"""
