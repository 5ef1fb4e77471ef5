"""attacks: labelled texts by which the Prompt Integrity Service is measured.

    demonstrations   misaligned question/answer pairs in many formats and placements, to be found and taken out
    benign           what honest people paste and ask, to be left alone
    hidden           instructions buried in documents, and the same documents clean
    harm             open requests for harm, and questions that only look like them

`formats` says how pairs are written down, `data` reads the development data beside the checkout at run time (nothing of
it is copied here), `marked` keeps account of where everything stands, `judge` says what an inspection did to a case,
`report` adds up.

Every set comes in two halves that share neither formats nor source rows: whoever builds a detector may look at the
development half in full, while of the held-out half only counts are shown. The cases were written without a look at the
detector.
"""
