"""evals: how we know.

`gold` asks the golden questions and reports; `attacks` makes labelled attacks and honest look-alikes; `planted` makes
errors in true sentences; `grounding` judges verifiers; `benchmarks` measures retrieval, grounding, prompt integrity,
the policy head and speed; `training` makes the weights that ship; `statistics` gives every figure its interval.
Everything here uses the assistant as anybody would.
"""
