"""What an app says of the objects that its rows refer to, for whoever saves and restores both.

An app names a callable on its ``AppConfig``: ``stored_objects = "images.selectors.x.references"``.
It is given the alias of a database, which may be a copy, and yields a reference for each object.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectReference:
    """One object that a row refers to. What is under ``key`` is never changed, only deleted.

    ``sha256`` of the bytes in hexadecimal where the row knows it; otherwise ``version`` is another
    text that is another one for other bytes. An object that ``may_be_gone`` is being deleted:
    its absence is no loss.
    """

    key: str
    size: int
    content_type: str
    sha256: str = ""
    version: str = ""
    may_be_gone: bool = False
