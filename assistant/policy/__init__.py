"""The policy head: candidates' features to the rating that an expert would give, learnt from ratings.

`features` turns the candidates for a question into numbers; `head` scores and learns; `raters` finds who is lenient
and who is careless; `training` puts them together; `versions` keeps what was learnt and says what serves.
"""
