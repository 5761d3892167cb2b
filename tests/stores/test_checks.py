"""A check that finds something says so: proven on a store that answers otherwise."""

import pytest
import urllib3
from botocore.exceptions import ClientError

from tests.stores.contract.checks import is_refused, refused


def refusal(code: str, status: int) -> ClientError:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "PutObject")  # type: ignore[arg-type]


def test_what_is_taken_is_not_refused() -> None:
    with pytest.raises(AssertionError, match="it is taken"), refused("AccessDenied"):
        pass


def test_another_refusal_than_was_meant_is_told() -> None:
    with pytest.raises(AssertionError, match="refused with SlowDown"), refused("AccessDenied"):
        raise refusal("SlowDown", 503)
    with refused("AccessDenied"):
        raise refusal("AccessDenied", 403)
    with refused(status=304):
        raise refusal("304", 304)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, b"", "answered 200"),
        (500, b"", "answered 500"),
        (403, b"<Code>SlowDown</Code>", "refused with SlowDown"),
    ],
)
def test_an_answer_that_is_no_refusal_is_told(status: int, body: bytes, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        is_refused(urllib3.HTTPResponse(body, status=status), "AccessDenied")
