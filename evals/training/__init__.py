"""training: how the weights that ship are made, each by a script that remakes them: `python -m evals.training.NAME`.

`answering` fits which passage answers a question, and when an answer is given at all.
`grounding` trains the model that verifies sentences and tells whether a passage answers; it needs the extra `training`.
`instructions` trains the guard over documents, `guards.integrity.requests`, in numpy; `attacks`, `letters` and
`passages` gather its texts. `logistic` is what the calibrations share.
"""
