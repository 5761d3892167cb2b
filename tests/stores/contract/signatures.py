"""Who may ask: signatures, their clock, and requests that were changed on their way."""

import datetime as dt
from typing import Any

from tests.stores.contract.checks import Asked, check, is_refused, send
from tests.stores.contract.signing import signed, signed_put

MINUTE = dt.timedelta(minutes=1)
LATE = ("RequestTimeTooSkewed", "AccessDenied", "RequestExpired")


def _status(at: Asked, **options: Any) -> Any:
    name = at.name("signed")
    at.put(name)
    request = signed(at, "GET", at.url(name), **options)
    return send("GET", request.url, headers=dict(request.headers))


@check("Signatures", "without a signature nothing is read")
def unsigned_get(at: Asked) -> None:
    name = at.name("private")
    at.put(name)
    is_refused(send("GET", at.url(name)), "AccessDenied")


@check("Signatures", "without a signature nothing is stored or deleted")
def unsigned_put(at: Asked) -> None:
    name, new = at.name("private"), at.name("private")
    at.put(name)
    is_refused(send("PUT", at.url(new), body=b"x"), "AccessDenied")
    is_refused(send("DELETE", at.url(name)), "AccessDenied")
    assert at.is_missing(new)
    assert not at.is_missing(name)


@check("Signatures", "without a signature nothing is listed")
def unsigned_list(at: Asked) -> None:
    answer = send("GET", f"{at.endpoint}/{at.bucket}?list-type=2")
    is_refused(answer, "AccessDenied")
    assert b"<Key>" not in answer.data


@check("Signatures", "a key id that the store does not know is InvalidAccessKeyId")
def unknown_id(at: Asked) -> None:
    is_refused(_status(at, key_id="AKIANOBODY0000000000"), "InvalidAccessKeyId")


@check("Signatures", "a key that is wrong is SignatureDoesNotMatch")
def wrong_key(at: Asked) -> None:
    is_refused(_status(at, key="a-key-of-somebody-else-altogether"), "SignatureDoesNotMatch")


@check("Signatures", "a clock five minutes late or early is taken")
def clock_near(at: Asked) -> None:
    assert [_status(at, late=sign * 5 * MINUTE).status for sign in (1, -1)] == [200, 200]


@check("Signatures", "a clock twenty minutes late is RequestTimeTooSkewed")
def clock_late(at: Asked) -> None:
    is_refused(_status(at, late=20 * MINUTE), *LATE)


@check("Signatures", "a clock twenty minutes early is RequestTimeTooSkewed")
def clock_early(at: Asked) -> None:
    is_refused(_status(at, late=-20 * MINUTE), *LATE)


@check("Signatures", "a signature for another region is refused")
def another_region(at: Asked) -> None:
    answer = _status(at, region="eu-central-1")
    is_refused(answer, "AuthorizationHeaderMalformed", "SignatureDoesNotMatch", "InvalidRegion")


@check("Signatures", "a signed header that was changed is refused")
def header_changed(at: Asked) -> None:
    name = at.name("changed")
    request = signed_put(at, name, b"x", headers={"x-amz-meta-owner": "alice"})
    headers = {**dict(request.headers), "x-amz-meta-owner": "bob"}
    is_refused(send("PUT", request.url, headers=headers, body=b"x"), "SignatureDoesNotMatch")
    assert at.is_missing(name)


@check("Signatures", "a request that was sent to another key is refused")
def path_changed(at: Asked) -> None:
    name, other = at.name("changed"), at.name("changed")
    request = signed_put(at, name, b"x")
    answer = send("PUT", at.url(other), headers=dict(request.headers), body=b"x")
    is_refused(answer, "SignatureDoesNotMatch")
    assert at.is_missing(other)
