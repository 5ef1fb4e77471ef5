"""corpus: what may be cited.

Documents come in through `ingest`, are read into pages (`readers`), cut into passages (`passages`), given vectors
(`embedding`), and stored: text and provenance in SQLite (`database`), vectors in Chroma (`vectors`), words in an
FTS5 index (`lexical`). `search` asks both indexes and fuses what they say. `provenance` knows which documents are
validated and current, and nothing else is cited.

This package knows nothing of questions, models or pages; it imports none of the other packages.
"""
