"""Bech32 (BIP 173) without its bound of length, as age writes its keys."""

from collections.abc import Iterable, Iterator
from typing import Final

from platform_site.backup.errors import WrongKey

LETTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECKSUM_LETTERS: Final = 6


def encode(prefix: str, raw: bytes) -> str:
    """``raw`` under ``prefix``, in lower case."""
    words = list(_regrouped(raw, 8, 5))
    rest = _polymod([*_expanded(prefix), *words, *[0] * CHECKSUM_LETTERS]) ^ 1
    words += [rest >> 5 * (5 - at) & 31 for at in range(CHECKSUM_LETTERS)]
    return f"{prefix}1{''.join(LETTERS[word] for word in words)}"


def decode(prefix: str, text: str) -> bytes:
    """What `encode` was given. Raises `WrongKey`."""
    found, _one, letters = text.rpartition("1")
    words = [LETTERS.find(letter) for letter in letters]
    if found != prefix or -1 in words or _polymod([*_expanded(prefix), *words]) != 1:
        raise WrongKey("The key has a typing error: its checksum does not fit.")
    bits = len(words[:-CHECKSUM_LETTERS]) * 5 // 8
    return bytes(_regrouped(words[:-CHECKSUM_LETTERS], 5, 8))[:bits]


def _expanded(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _polymod(words: Iterable[int]) -> int:
    rest = 1
    for word in words:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ word
        for at, factor in enumerate(GENERATOR):
            rest ^= factor if top >> at & 1 else 0
    return rest


def _regrouped(words: Iterable[int], width: int, into: int) -> Iterator[int]:
    """Words of ``width`` bits as words of ``into`` bits, the last filled up with zeros."""
    held = bits = 0
    for word in words:
        held, bits = held << width | word, bits + width
        while bits >= into:
            bits -= into
            yield held >> bits & (1 << into) - 1
    if bits:
        yield held << (into - bits) & (1 << into) - 1
