"""training: how the weights that ship are made.

`pairs` gathers questions with texts that answer them and texts that do not; `reader` trains the cross-encoder of
`corpus.reading` on them and writes it as int8 ONNX. Needs the extra `training` (torch) and ../shared/data:

    python -m evals.training --data ../shared/data --out corpus/models

`instructions` trains the guard over documents, `guards.integrity.requests`, in numpy; `attacks`, `letters` and
`passages` gather its texts.
"""
