"""grounding: how the model of `guards.grounding.model` is made: `python -m evals.training.grounding`.

`examples` holds the one noun; `sets` reads the published sets, `questions` what was asked of which text, `written` our
own examples, `statements` turns a yes-no question into a claim; `network` is the cross-encoder, `fit` trains and
exports it, `calibrate` makes probabilities of what it says. Needs the extra `training`.
"""
