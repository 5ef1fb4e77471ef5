"""pages: what people see. `markup` writes HTML, `chat` and `corpus` are the Gradio pages, `document` shows a source.

Everything that comes from a document or a person goes through `markup.escape` and nothing else becomes HTML.
"""
