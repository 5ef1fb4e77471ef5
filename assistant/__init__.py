"""assistant: how a question becomes an answer.

    Question → admit → weigh → retrieve → screen → generate → verify → rank → release → Answer

Read `ask` first: the whole flow is a column of these names, one way and without loops. Each stage is a module of that
name with one plain function from one frozen value to the next. `build` turns `Settings` into an `Assistant` and is the
only file that names backends. `cli`, `api` and `app` are the doors: terminal, HTTP and browser.
"""
