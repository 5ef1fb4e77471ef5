"""grounding: does the evidence say what the sentence says?

`verifier` holds the protocol; `overlap` the first implementation (words, vectors, numbers, negation); `quantities` and
`polarity` the deterministic checks that can veto any implementation.
"""
