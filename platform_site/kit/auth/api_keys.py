"""The form of an API key: a prefix, 30 random characters and a checksum, so that a leak is found.

Whoever holds no row can tell a key that we issued from noise by the checksum alone, which is that
of GitHub's tokens: CRC32 of what stands before it, in base62 with leading zeros.

>>> is_api_key("ip_live_000000000000000000000000000000" + checksum("0" * 30))
True
"""

import re
import secrets
import string
import zlib
from collections.abc import Iterable
from functools import lru_cache
from hmac import compare_digest
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

PREFIX: Final = "ip_live_"
ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_LENGTH: Final = 30
"""178 bits: each character of base62 has 5.95."""
CHECKSUM_LENGTH: Final = 6
"""As many as a CRC32 can take in base62."""
PATTERN: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM_LENGTH + CHECKSUM_LENGTH}}}")
SHOWN_LENGTH: Final = len(PREFIX) + 4
"""Of a key, what lists show to tell one from another; 154 bits stay unknown."""


def api_key_new() -> str:
    """A key that nobody has."""
    random = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return f"{PREFIX}{random}{checksum(random)}"


def is_api_key(text: str) -> bool:
    """Whether ``text`` has the form of a key and its checksum; not whether anybody issued it."""
    if PATTERN.fullmatch(text) is None:
        return False
    end = len(text) - CHECKSUM_LENGTH
    return compare_digest(checksum(text[len(PREFIX) : end]), text[end:])


def is_allowed_from(address: str, networks: Iterable[str]) -> bool:
    """Whether a key with these ``networks`` may come from ``address``; none means all.

    >>> is_allowed_from("::ffff:192.0.2.7", ["192.0.2.0/24"]), is_allowed_from("192.0.2.7", [])
    (True, True)
    """
    allowed = [_network(network) for network in networks]
    if not allowed:
        return True
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = known.ipv4_mapped if isinstance(known, IPv6Address) else None
    return any((mapped or known) in network for network in allowed)


@lru_cache(maxsize=1024)
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text)


def checksum(random: str) -> str:
    """CRC32 of the random part in base62."""
    left = zlib.crc32(random.encode())
    digits = ""
    for _ in range(CHECKSUM_LENGTH):
        left, digit = divmod(left, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits
