"""integrity: what in a context steers the answer instead of asking for it, and the context without that.

    text or messages
          │
          ▼
       normal            the same text as a model reads it: look-alike letters, invisible characters, encodings undone;
          │              every character still knows its place in the original
          ▼
       labels → pairs    who is made to speak where; prompts with the responses that somebody else wrote for them
          │
          ▼
       demonstrations    do these pairs show a task (kept), quote a record (kept), or steer (taken out)?
       injection         instructions to override, other roles, requests for the system prompt, chat-template tokens
       persona           speakers who assert a reckless, deceptive or authoritarian self
       harm              requests that openly ask for wrongdoing: the only ones that block
       instructions      instructions hidden in documents
          │
          ▼
       redaction         spans become short inert marks; the person's own question stays word for word
          │
          ▼
       Inspection

`service` is the way in; the others are its steps. Detection is structural: answers come from validated sources only, so
a question with an answer written for it is never needed, whether or not it looks harmful.
"""
