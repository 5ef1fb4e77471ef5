"""grounding: does the evidence say what the sentence says?

`verifier` holds the protocol. `model` is the implementation that answers pass: the cross-encoder of `encoder` reads
each claim against the `windows` of its evidence, and a calibration makes a probability of what it says. `overlap`
compares words and vectors; it stands in, stricter, where the model's file is missing, and is what the model is measured
against. `verbatim` comes before both; `quantities` and `polarity` can veto both. `models/README.md` is the card.
"""
