"""evals: how we know.

`gold` asks the golden questions and reports; `attacks` makes labelled attacks and honest look-alikes; `benchmarks`
measures retrieval, prompt integrity and speed; `statistics` gives every figure its interval. Everything here uses the
assistant as anybody would.
"""
