"""Errors of the corpus.

CorpusError
├── UsageError             the caller's mistake: unknown id, bad manifest, no such path        (exit code 2)
│   ├── ManifestError      a manifest that cannot be read or contradicts itself
│   ├── UnknownDocument    no document with that id
│   └── ModelMismatch      the index was made with another embedding model
├── UnreadableFile         a file that must be quarantined; its text says why, for a person
├── StorageError           the home cannot be used: read-only, full, corrupt, locked           (exit code 2)
│   ├── HomeNotWritable
│   ├── DiskFull
│   ├── CorruptDatabase
│   └── HomeBusy           another process is writing and did not finish in time
└── ServiceUnavailable     a server that the settings name does not answer                     (exit code 3)
"""

from __future__ import annotations


class CorpusError(Exception):
    """Base of every error that the corpus raises on purpose."""


class UsageError(CorpusError):
    """The caller's mistake."""


class ManifestError(UsageError):
    """A manifest that cannot be read or contradicts itself."""


class UnknownDocument(UsageError):
    """No document has that id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"no document with id {document_id!r}")
        self.document_id = document_id


class ModelMismatch(UsageError):
    """The index was made with another embedding model than the settings name."""


class UnreadableFile(CorpusError):
    """A file that must be quarantined; the message is the reason, in words for a person."""


class StorageError(CorpusError):
    """The home folder or its database cannot be used."""


class HomeNotWritable(StorageError):
    """The home folder is read-only or belongs to somebody else."""


class DiskFull(StorageError):
    """No space left; nothing that was stored before is lost."""


class CorruptDatabase(StorageError):
    """The database file is not a database, or is damaged."""


class HomeBusy(StorageError):
    """Another process is writing to this home and did not finish in time."""


class ServiceUnavailable(CorpusError):
    """A server that the settings name does not answer."""
