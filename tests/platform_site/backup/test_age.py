import os
from io import BytesIO
from itertools import pairwise

import pytest

from platform_site.backup import age
from platform_site.backup.errors import BackupError, Damaged, WrongKey

SIZES = (0, 1, 65_535, 65_536, 65_537, 131_072, 200_000)
IDENTITY = age.AgeIdentity(bytes(range(32)))


def sealed(plain: bytes, wrapping: age.Wrapping = IDENTITY) -> bytes:
    return b"".join(age.sealed(BytesIO(plain), wrapping))


def opened(raw: bytes, wrapping: age.Wrapping = IDENTITY) -> bytes:
    return b"".join(age.opened(BytesIO(raw), wrapping))


@pytest.mark.parametrize("size", SIZES)
def test_what_is_sealed_opens_whatever_its_length(size: int) -> None:
    plain = os.urandom(size)
    assert opened(sealed(plain)) == plain


def test_a_passphrase_opens_what_it_sealed_and_another_does_not() -> None:
    raw = sealed(b"a picture", age.Passphrase("a long word of ours"))
    assert opened(raw, age.Passphrase("a long word of ours")) == b"a picture"
    with pytest.raises(WrongKey):
        opened(raw, age.Passphrase("another long word"))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(WrongKey):
        opened(sealed(b"a picture"), age.AgeIdentity.new())
    with pytest.raises(WrongKey):
        opened(sealed(b"a picture"), age.Passphrase("a word for another kind of file"))


def test_every_change_and_every_cut_is_found() -> None:
    raw = sealed(os.urandom(70_000))
    places = [*range(0, 250, 7), 65_800, len(raw) - 1]
    for at in places:
        changed = bytearray(raw)
        changed[at] ^= 1
        with pytest.raises(BackupError):
            opened(bytes(changed))
    for end in (0, 10, 170, 200, 220, 65_000, 65_536 + 216, len(raw) - 1):
        with pytest.raises(BackupError):
            opened(raw[:end])
    with pytest.raises(Damaged):
        opened(raw + b"more")


def test_chunks_cannot_change_places_or_be_left_out() -> None:
    raw = sealed(os.urandom(3 * 65_536))
    whole = 65_536 + 16
    head, body = raw[: -3 * whole], raw[-3 * whole :]
    one, two, three = (body[at : at + whole] for at in range(0, len(body), whole))
    assert opened(head + one + two + three)
    for other in (two + one + three, one + three, one + two, one + two + three + three):
        with pytest.raises(Damaged):
            opened(head + other)


def test_the_same_bytes_are_never_sealed_to_the_same_bytes() -> None:
    files = [sealed(b"a picture") for _ in range(3)]
    assert all(one != other for one, other in pairwise(files))


def test_a_key_is_written_as_age_keygen_writes_it() -> None:
    text = f"# created: today\n# public key: {IDENTITY.recipient}\n{IDENTITY.text}\n"
    assert IDENTITY.text.startswith("AGE-SECRET-KEY-1")
    assert IDENTITY.recipient.startswith("age1")
    assert age.AgeIdentity.parse(text) == IDENTITY
    with pytest.raises(WrongKey):
        age.AgeIdentity.parse("no key at all")


def test_a_stranger_cannot_make_us_hash_for_hours() -> None:
    raw = sealed(b"a picture", age.Passphrase("a long word of ours"))
    with pytest.raises(Damaged, match="2\\^30 rounds"):
        opened(raw.replace(b" 16\n", b" 30\n", 1), age.Passphrase("a long word of ours"))


def test_keys_for_other_uses_tell_nothing_of_each_other() -> None:
    assert IDENTITY.derived("manifests") != IDENTITY.derived("names")
    assert IDENTITY.derived("names") != age.AgeIdentity.new().derived("names")
