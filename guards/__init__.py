"""guards: what may pass.

`integrity` reads a whole context, finds what steers the answer instead of asking for it, and takes that out.
`gate` lets an answer through when every check of `checks` says so, each run as its Guardrails validator from
`validators`; `policies` says what each domain demands. `grounding` ties each sentence of an answer to the evidence it
cites and says whether it is supported. It works on plain strings, so anybody can use it without the rest of Plumbline.

This package may import `corpus`, and nothing to its left.
"""
