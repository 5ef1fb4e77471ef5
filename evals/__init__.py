"""evals: how we know.

`gold` asks the golden questions and reports; `benchmarks` measures retrieval and speed; `statistics` gives every
figure its interval. Everything here uses the assistant as anybody would.
"""
