"""gold: questions with known answers over real documents, and how the assistant does on them.

    python -m evals.gold --data ../shared/data        (or `plumbline eval gold`)

`cases` reads the questions, `judge` says what became of each, `report` adds them up. The documents aren't ours to
ship: they are read from the development data, the questions and what their answers must contain are here.
"""
