"""gold: questions with known answers over real documents, and how the assistant does on them.

    python -m evals.gold        (or `plumbline eval gold`)

`cases` reads the questions, `homes` takes the documents in, `run` asks, `judge` says what became of each, `report`
adds them up. The documents are not ours to ship: they are read from the development data beside the checkout. The
questions, and what their answers must contain, are here.
"""
