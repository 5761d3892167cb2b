"""Names of objects: whatever a client may call one."""

import unicodedata

from tests.stores.contract.checks import Asked, check, is_refused, send
from tests.stores.contract.signing import signed_put


def _comes_back(at: Asked, name: str) -> None:
    at.put(name, name.encode())
    assert at.get(name) == name.encode(), "other bytes"
    assert at.names(name) == [name], "the list has another key"
    at.client.delete_object(Bucket=at.bucket, Key=name)
    assert at.is_missing(name), "it is still there"


@check("Keys", "keys of the platform: UUIDs, commas, dots")
def of_the_platform(at: Asked) -> None:
    folder = at.name("renditions") + "/01890000-0000-7000-8000-000000000000"
    _comes_back(at, f"{folder}/w_200,h_200,fit_inside,q_82.jpg")


@check("Keys", "keys in Arabic, Chinese, with accents and emoji")
def in_unicode(at: Asked) -> None:
    for word in ("صورة", "图片", "décor", "😀.png"):
        _comes_back(at, f"{at.name('unicode')}/{word}")


@check("Keys", "composed and decomposed letters are two keys")
def two_forms(at: Asked) -> None:
    prefix = at.name("forms")
    forms = [prefix + unicodedata.normalize(form, "é") for form in ("NFC", "NFD")]
    for name in forms:
        at.put(name, name.encode())
    assert [at.get(name) for name in forms] == [name.encode() for name in forms]


@check("Keys", "keys with spaces and every sign that an address writes in its own way")
def with_signs(at: Asked) -> None:
    _comes_back(at, at.name("signs") + " a+b&c=d?e#f%2fg;h:i@j,k~l(m)!*'$[]{}^`|\"\\")


@check("Keys", "capitals and small letters are two keys")
def by_case(at: Asked) -> None:
    name = at.name("case")
    at.put(name.upper(), b"capitals")
    assert at.is_missing(name)


@check("Keys", "a key may have 1,024 bytes in folders")
def long(at: Asked) -> None:
    prefix = at.name("long")
    _comes_back(at, f"{prefix}/{'/'.join(['x' * 100] * 9)}/".ljust(1024, "y"))


@check("Keys", "a part of a key between slashes may have 300 bytes")
def long_part(at: Asked) -> None:
    _comes_back(at, at.name("part") + "y" * 300)


@check("Keys", "a key of 1,025 bytes is refused")
def too_long(at: Asked) -> None:
    name = f"{at.name('long')}/{'/'.join(['x' * 100] * 9)}/".ljust(1025, "y")
    request = signed_put(at, name, b"x")
    answer = send("PUT", request.url, headers=dict(request.headers), body=b"x")
    is_refused(
        answer, "KeyTooLongError", "KeyTooLong", "InvalidArgument", "XMinioInvalidObjectName"
    )


@check("Keys", "an object may lie below another (`a` and `a/b`)")
def below_another(at: Asked) -> None:
    name = at.name("below")
    at.put(name, b"above")
    at.put(f"{name}/b", b"below")
    assert (at.get(name), at.get(f"{name}/b")) == (b"above", b"below")


@check("Keys", "a key may end in a slash")
def ends_in_slash(at: Asked) -> None:
    name = f"{at.name('folder')}/"
    at.put(name, b"")
    assert at.names(name) == [name]


@check("Keys", "a key with `..` leaves the bucket nowhere: it is a name or refused")
def dots(at: Asked) -> None:
    folder = at.name("dots")
    secret = at.name("secret")
    at.put(secret, b"secret")
    for path in (f"{folder}/../{secret}", f"{folder}/%2e%2e/{secret}", "../../../../etc/passwd"):
        url = f"{at.endpoint}/{at.bucket}/{path}"
        answer = send("GET", url)
        assert b"secret" not in answer.data.replace(secret.encode(), b"")
        assert b"root:" not in answer.data
        assert answer.status in {400, 403, 404}, f"answered {answer.status}"
