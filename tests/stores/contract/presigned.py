"""Addresses and forms that are open to whoever has them: signed, for a while, for one thing."""

import time
from typing import Any, Final

import urllib3

from images.presigning import Presigner
from tests.stores.contract.checks import Asked, check, is_refused, send
from tests.stores.contract.signing import REGION

BODY: Final = b"a picture"
POST_REFUSED: Final = ("AccessDenied", "InvalidPolicyDocument", "SignatureDoesNotMatch", "403")


def _url(at: Asked, name: str, *, signed_ago_s: float = 0) -> str:
    """Where nginx finds the object, as the platform signs it: for a minute."""
    signer = Presigner(at.endpoint, at.bucket, REGION, at.key_id, at.key)
    return at.endpoint + signer.target(name, lifetime_s=60, now_s=time.time() - signed_ago_s)


def _stored(at: Asked) -> str:
    name = at.name("renditions/x/w_200,fit_inside,q_80") + ".webp"
    at.put(name, BODY, ContentType="image/webp")
    return name


@check("Presigned GET", "the platform's own signature opens the object")
def opened(at: Asked) -> None:
    answer = send("GET", _url(at, _stored(at)))
    assert (answer.status, answer.data) == (200, BODY)
    assert answer.headers["Content-Type"] == "image/webp"


@check("Presigned GET", "a range and a condition may be asked, though they are not signed")
def opened_in_part(at: Asked) -> None:
    url = _url(at, _stored(at))
    answer = send("GET", url, headers={"Range": "bytes=2-4"})
    assert (answer.status, answer.data) == (206, BODY[2:5])
    again = send("GET", url, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304, f"answered {again.status}"


@check("Presigned GET", "one that has expired is refused")
def expired(at: Asked) -> None:
    is_refused(send("GET", _url(at, _stored(at), signed_ago_s=120)), "AccessDenied")


@check("Presigned GET", "one for another key is refused")
def for_another_key(at: Asked) -> None:
    name, other = _stored(at), _stored(at)
    url = _url(at, name)
    signed = url.partition("?")[2]
    answer = send("GET", f"{_url(at, other).partition('?')[0]}?{signed}")
    is_refused(answer, "SignatureDoesNotMatch", "AccessDenied")


@check("Presigned GET", "one whose lifetime was changed is refused")
def lifetime_changed(at: Asked) -> None:
    url = _url(at, _stored(at), signed_ago_s=120)
    answer = send("GET", url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"))
    is_refused(answer, "SignatureDoesNotMatch", "AccessDenied")


@check("Presigned GET", "one whose signature was changed is refused")
def signature_changed(at: Asked) -> None:
    url = _url(at, _stored(at))
    last = "0" if url[-1] != "0" else "1"
    is_refused(send("GET", url[:-1] + last), "SignatureDoesNotMatch", "AccessDenied")


@check("Presigned GET", "one for GET stores and deletes nothing")
def for_another_method(at: Asked) -> None:
    name = _stored(at)
    for method in ("PUT", "DELETE"):
        is_refused(send(method, _url(at, name), body=b"x" if method == "PUT" else None))
    assert at.get(name) == BODY


@check("Presigned PUT", "a presigned PUT stores under its key, once signed by botocore")
def presigned_put(at: Asked) -> None:
    name = at.name("put")
    url = at.client.generate_presigned_url(
        "put_object", Params={"Bucket": at.bucket, "Key": name}, ExpiresIn=60
    )
    assert send("PUT", url, body=BODY).status == 200
    assert at.get(name) == BODY


def _form(at: Asked, name: str, *, expires_in: int = 60) -> dict[str, Any]:
    """A form of the owner for one key, one type and at most 100 bytes."""
    return dict(
        at.owner.generate_presigned_post(
            at.bucket,
            name,
            Fields={"Content-Type": "image/png"},
            Conditions=[["content-length-range", 1, 100], {"Content-Type": "image/png"}],
            ExpiresIn=expires_in,
        )
    )


def _posted(form: dict[str, Any], body: bytes, **changed: str) -> urllib3.BaseHTTPResponse:
    fields = {**form["fields"], **changed, "file": ("file", body, "image/png")}
    return urllib3.request("POST", form["url"], fields=fields, retries=False, timeout=20.0)


@check("Presigned POST", "a form stores a file under its key, with its type")
def posted(at: Asked) -> None:
    name = at.name("post")
    answer = _posted(_form(at, name), BODY)
    assert answer.status in {200, 201, 204}, f"answered {answer.status}"
    assert (at.get(name), at.head(name)["ContentType"]) == (BODY, "image/png")


@check("Presigned POST", "a file longer than the form allows is refused, and not stored")
def post_too_long(at: Asked) -> None:
    name = at.name("post")
    is_refused(_posted(_form(at, name), b"x" * 101), "EntityTooLarge")
    assert at.is_missing(name), "refused, and stored"


@check("Presigned POST", "an empty file is refused where the form wants a byte")
def post_too_short(at: Asked) -> None:
    name = at.name("post")
    is_refused(_posted(_form(at, name), b""), "EntityTooSmall", "InvalidArgument")
    assert at.is_missing(name), "refused, and stored"


@check("Presigned POST", "a form for another key is refused")
def post_to_another(at: Asked) -> None:
    name, other = at.name("post"), at.name("post")
    is_refused(_posted(_form(at, name), BODY, key=other), *POST_REFUSED)
    assert at.is_missing(other), "refused, and stored"


@check("Presigned POST", "a file of another type is refused")
def post_of_another_type(at: Asked) -> None:
    name = at.name("post")
    is_refused(_posted(_form(at, name), BODY, **{"Content-Type": "text/html"}), *POST_REFUSED)
    assert at.is_missing(name), "refused, and stored"


@check("Presigned POST", "a form that has expired is refused")
def post_expired(at: Asked) -> None:
    name = at.name("post")
    is_refused(_posted(_form(at, name, expires_in=-60), BODY), *POST_REFUSED, "ExpiredToken")
    assert at.is_missing(name), "refused, and stored"


@check("Presigned POST", "a form whose policy was changed is refused")
def post_policy_changed(at: Asked) -> None:
    name, other = at.name("post"), at.name("post")
    form, wider = _form(at, name), _form(at, other, expires_in=600)
    is_refused(_posted(form, BODY, policy=wider["fields"]["policy"], key=other), *POST_REFUSED)
    assert at.is_missing(other), "refused, and stored"


@check("Presigned POST", "a form without a signature is refused")
def post_unsigned(at: Asked) -> None:
    name = at.name("post")
    form = _form(at, name)
    del form["fields"]["x-amz-signature"]
    is_refused(_posted(form, BODY))
    assert at.is_missing(name), "refused, and stored"
