"""The key of a place of backups: one passphrase opens it, and everything follows from it.

``key.age`` beside the backups holds an age identity, sealed with the passphrase. What is kept is
sealed for that identity; manifests are signed, and files named, with keys derived from it. So a
stranger needs the backup, the passphrase and the standard program ``age``.
"""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Final, Self

from platform_site.backup import age
from platform_site.backup.errors import BackupError, WrongKey
from platform_site.backup.stores import FileStore, NotThere

FILE: Final = "key.age"
PASSPHRASE_CHARACTERS: Final = 16


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """Seals, opens, signs and names."""

    identity: age.AgeIdentity
    signing_key: bytes
    naming_key: bytes

    @classmethod
    def of(cls, identity: age.AgeIdentity) -> Self:
        """All that follows from ``identity``."""
        return cls(identity, identity.derived("manifests"), identity.derived("names"))

    @classmethod
    def opened(cls, store: FileStore, passphrase: str) -> Self:
        """The one of ``store``. Raises `BackupError` where no backups are, or `WrongKey`."""
        try:
            with store.read(FILE) as source:
                text = b"".join(age.opened(source, age.Passphrase(passphrase)))
        except NotThere:
            raise BackupError(
                f"There are no backups at {store.address}: it has no {FILE}."
            ) from None
        except WrongKey:
            raise WrongKey(
                f"The passphrase does not open the backups at {store.address}."
            ) from None
        return cls.of(age.AgeIdentity.parse(text.decode()))

    @classmethod
    def ensured(cls, store: FileStore, passphrase: str) -> Self:
        """The one of ``store``, which is made where there is none. Raises as `opened`."""
        if len(passphrase) < PASSPHRASE_CHARACTERS:
            raise BackupError(
                f"The passphrase has {len(passphrase)} characters; "
                f"it takes at least {PASSPHRASE_CHARACTERS}."
            )
        try:
            with store.read(FILE):
                pass
        except NotThere:
            if next(iter(store.files("manifests/")), None):
                raise BackupError(
                    f"{store.address} has backups and no {FILE}: put it back from a copy. "
                    "A new one would not open them."
                ) from None
            identity = age.AgeIdentity.new()
            text = f"# the key of these backups\n{identity.text}\n".encode()
            store.write(FILE, age.sealed(BytesIO(text), age.Passphrase(passphrase)))
        return cls.opened(store, passphrase)

    def sealed(self, source: BinaryIO) -> Iterator[bytes]:
        """The bytes of ``source``, sealed."""
        return age.sealed(source, self.identity)

    def unsealed(self, source: BinaryIO) -> Iterator[bytes]:
        """What was sealed. Raises `Damaged` or `WrongKey`."""
        return age.opened(source, self.identity)

    def signature(self, text: bytes) -> str:
        """Of a manifest: HMAC-SHA-256 in hexadecimal."""
        return hmac.new(self.signing_key, text, hashlib.sha256).hexdigest()

    def name(self, content: str) -> str:
        """What a file with ``content`` (a checksum) is called; it tells nobody the checksum."""
        return hmac.digest(self.naming_key, content.encode(), "sha256").hex()[:40]
