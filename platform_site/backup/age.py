"""The age format (age-encryption.org/v1) for streams: X25519 recipients, and passphrases by scrypt.

Written on `cryptography`, which the platform has anyway; what is sealed here opens with the
standard programs ``age`` and ``rage``, and the reverse. Holds two chunks of 64 KiB at a time.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from platform_site.backup import bech32
from platform_site.backup.errors import Damaged, WrongKey

VERSION: Final = b"age-encryption.org/v1"
CHUNK_BYTES: Final = 64 * 1024
TAG_BYTES: Final = 16
NONCE_BYTES: Final = 16
FILE_KEY_BYTES: Final = 16
LINE_BYTES: Final = 1_000
"""No line of a header is longer; a file of another kind may have none at all."""
BODY_LETTERS: Final = 64
SCRYPT_LOG_N: Final = 16
"""64 MiB and a fifth of a second: the passphrase is a random one, or a long one."""
SCRYPT_LOG_N_MOST: Final = 20
HRP: Final = "age-secret-key-"
RECIPIENT_HRP: Final = "age"
ZERO_NONCE: Final = bytes(12)


class Wrapping(Protocol):
    """Who may open a file: one stanza of its header."""

    def wrap(self, file_key: bytes) -> tuple[str, bytes]:
        """The arguments of the stanza and its body."""

    def unwrap(self, arguments: list[str], body: bytes) -> bytes | None:
        """The key of the file; ``None`` when the stanza is of another kind. Raises `WrongKey`."""


@dataclass(frozen=True, slots=True, repr=False)
class AgeIdentity:
    """One X25519 key: seals for itself and opens."""

    secret: bytes

    @classmethod
    def new(cls) -> Self:
        """A random one."""
        return cls(os.urandom(32))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Of ``AGE-SECRET-KEY-1…``, in a file with comments or alone. Raises `WrongKey`."""
        for line in text.splitlines():
            if line.upper().startswith(HRP.upper()):
                return cls(bech32.decode(HRP, line.strip().lower()))
        raise WrongKey("This is no age identity: there is no line AGE-SECRET-KEY-1….")

    @property
    def text(self) -> str:
        """As ``age-keygen`` writes it."""
        return bech32.encode(HRP, self.secret).upper()

    @property
    def recipient(self) -> str:
        """Its public half, ``age1…``, for which anybody may seal."""
        return bech32.encode(RECIPIENT_HRP, self._public())

    def wrap(self, file_key: bytes) -> tuple[str, bytes]:
        """As `Wrapping`."""
        ephemeral = X25519PrivateKey.generate()
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(self._public()))
        share = ephemeral.public_key().public_bytes_raw()
        body = ChaCha20Poly1305(self._key(shared, share)).encrypt(ZERO_NONCE, file_key, None)
        return f"X25519 {_text(share)}", body

    def unwrap(self, arguments: list[str], body: bytes) -> bytes | None:
        """As `Wrapping`."""
        if arguments[:1] != ["X25519"]:
            return None
        share = _bytes(arguments[1])
        private = X25519PrivateKey.from_private_bytes(self.secret)
        shared = private.exchange(X25519PublicKey.from_public_bytes(share))
        return _opened(self._key(shared, share), body)

    def derived(self, purpose: str) -> bytes:
        """32 bytes for another use than opening; of one purpose nothing follows for another."""
        return _hkdf(self.secret, salt=b"", info=f"image-platform/{purpose}".encode())

    def _public(self) -> bytes:
        private = X25519PrivateKey.from_private_bytes(self.secret)
        return private.public_key().public_bytes_raw()

    def _key(self, shared: bytes, share: bytes) -> bytes:
        return _hkdf(shared, salt=share + self._public(), info=VERSION + b"/X25519")


@dataclass(frozen=True, slots=True, repr=False)
class Passphrase:
    """A word that opens."""

    word: str

    def wrap(self, file_key: bytes) -> tuple[str, bytes]:
        """As `Wrapping`."""
        salt = os.urandom(16)
        body = ChaCha20Poly1305(self._key(salt, SCRYPT_LOG_N)).encrypt(ZERO_NONCE, file_key, None)
        return f"scrypt {_text(salt)} {SCRYPT_LOG_N}", body

    def unwrap(self, arguments: list[str], body: bytes) -> bytes | None:
        """As `Wrapping`."""
        if arguments[:1] != ["scrypt"]:
            return None
        log_n = int(arguments[2])
        if not 0 < log_n <= SCRYPT_LOG_N_MOST:
            raise Damaged(f"The passphrase is hashed with 2^{log_n} rounds, more than we would do.")
        return _opened(self._key(_bytes(arguments[1]), log_n), body)

    def _key(self, salt: bytes, log_n: int) -> bytes:
        kdf = Scrypt(salt=VERSION + b"/scrypt" + salt, length=32, n=1 << log_n, r=8, p=1)
        return kdf.derive(self.word.encode())


def sealed(source: BinaryIO, wrapping: Wrapping) -> Iterator[bytes]:
    """The bytes of ``source`` as an age file, piece by piece."""
    file_key = os.urandom(FILE_KEY_BYTES)
    arguments, body = wrapping.wrap(file_key)
    head = b"%s\n-> %s\n%s\n---" % (VERSION, arguments.encode(), _text(body).encode())
    nonce = os.urandom(NONCE_BYTES)
    yield head + b" " + _text(_header_mac(file_key, head)).encode() + b"\n" + nonce
    cipher = ChaCha20Poly1305(_hkdf(file_key, salt=nonce, info=b"payload"))
    chunk, counter = _chunk(source, CHUNK_BYTES), 0
    while True:
        following = _chunk(source, CHUNK_BYTES) if len(chunk) == CHUNK_BYTES else b""
        yield cipher.encrypt(_nonce(counter, is_last=not following), chunk, None)
        if not following:
            return
        chunk, counter = following, counter + 1


def opened(source: BinaryIO, wrapping: Wrapping) -> Iterator[bytes]:
    """What was sealed, piece by piece; each piece is proven before it is given.

    Raises `WrongKey`, or `Damaged` for a file that was changed or cut short anywhere.
    """
    cipher = _payload_cipher(source, wrapping)
    whole = CHUNK_BYTES + TAG_BYTES
    chunk, counter = _chunk(source, whole), 0
    while True:
        following = _chunk(source, whole) if len(chunk) == whole else b""
        try:
            plain = cipher.decrypt(_nonce(counter, is_last=not following), chunk, None)
        except InvalidTag:
            raise Damaged("The sealed bytes were changed or cut short.") from None
        if not plain and counter:
            raise Damaged("The sealed bytes end in a way that sealing never does.")
        yield plain
        if not following:
            return
        chunk, counter = following, counter + 1


def _payload_cipher(source: BinaryIO, wrapping: Wrapping) -> ChaCha20Poly1305:
    try:
        file_key = _file_key(source, wrapping)
    except (ValueError, IndexError) as exc:
        raise Damaged("This is no file in the age format, or its head was changed.") from exc
    nonce = _chunk(source, NONCE_BYTES)
    if len(nonce) != NONCE_BYTES:
        raise Damaged("The sealed bytes were cut short.")
    return ChaCha20Poly1305(_hkdf(file_key, salt=nonce, info=b"payload"))


def _file_key(source: BinaryIO, wrapping: Wrapping) -> bytes:
    """Reads the head. Raises ``ValueError`` for one that is none."""
    lines = [_line(source)]
    if lines[0] != VERSION:
        raise ValueError(VERSION)
    found: bytes | None = None
    while (line := _line(source)).startswith(b"-> "):
        body = _body(source)
        lines += [line, *body]
        text = b"".join(body).decode("ascii")
        key = wrapping.unwrap(line[3:].decode("ascii").split(" "), _bytes(text))
        found = found or key
    mark, _space, mac = line.partition(b" ")
    if mark != b"---":
        raise ValueError("---")
    if found is None:
        raise WrongKey("It is sealed for another kind of key.")
    head = b"\n".join([*lines, b"---"])
    if not hmac.compare_digest(_bytes(mac.decode("ascii")), _header_mac(found, head)):
        raise ValueError("mac")
    return found


def _body(source: BinaryIO) -> list[bytes]:
    """The lines of a stanza: the last is shorter than the others."""
    lines = [_line(source)]
    while len(lines[-1]) == BODY_LETTERS:
        lines.append(_line(source))
    return lines


def _line(source: BinaryIO) -> bytes:
    line = bytearray()
    while (one := source.read(1)) != b"\n":
        if not one or len(line) > LINE_BYTES:
            raise ValueError("line")
        line += one
    return bytes(line)


def _chunk(source: BinaryIO, size: int) -> bytes:
    """``size`` bytes, fewer only at the end: a stream from the network gives what it has."""
    parts: list[bytes] = []
    left = size
    while left and (part := source.read(left)):
        parts.append(part)
        left -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _opened(key: bytes, body: bytes) -> bytes:
    try:
        return ChaCha20Poly1305(key).decrypt(ZERO_NONCE, body, None)
    except InvalidTag:
        raise WrongKey("This key, or this passphrase, does not open it.") from None


def _header_mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.new(_hkdf(file_key, salt=b"", info=b"header"), head, hashlib.sha256).digest()


def _nonce(counter: int, *, is_last: bool) -> bytes:
    return counter.to_bytes(11, "big") + bytes([is_last])


def _hkdf(key: bytes, *, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(key)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
