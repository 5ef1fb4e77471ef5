"""ingest: files in, searchable documents out, and nothing lost on the way.

`run` is the flow. It asks `sources` which files there are, has them read by `pool` (child processes running `worker`,
so that a file that crashes or hangs its reader costs only itself), and hands what was read to `store`, which alone
changes the database and the vectors. `originals` keeps copies of what can be shown page by page.

The order that makes it durable, for every group of documents: the ids of the new vectors are written down as loose,
the vectors are added, and then one transaction swaps old for new in the database and writes down the old vectors as
loose instead. Loose vectors that no passage needs are deleted afterwards, or by the next run. So a reader sees the old
documents or the new ones, and an interrupted run leaves only what the next one sweeps away.
"""
