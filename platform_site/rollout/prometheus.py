"""A client of Prometheus's API, for questions about now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import orjson
import urllib3

TIMEOUT: Final = urllib3.Timeout(connect=2.0, read=8.0)


class NoAnswer(Exception):
    """Prometheus cannot be asked, or does not understand."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of an answer."""

    labels: Mapping[str, str]
    value: float


class Prometheus:
    """The server at ``url``."""

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/api/v1/query"
        self._http = urllib3.PoolManager(retries=False, timeout=TIMEOUT)

    def query(self, expression: str, *, at: float) -> list[Sample]:
        """The series that ``expression`` gave at the Unix second ``at``. Raises `NoAnswer`."""
        try:
            reply = self._http.request(
                "POST",
                self._url,
                fields={"query": expression, "time": f"{at:.3f}"},
                encode_multipart=False,
            )
            document = orjson.loads(reply.data)
        except (urllib3.exceptions.HTTPError, ValueError) as exc:
            raise NoAnswer(f"Prometheus at {self._url} gives no answer: {exc}") from exc
        if document.get("status") != "success":
            raise NoAnswer(
                f"Prometheus refuses the question: {document.get('error', reply.status)}"
            )
        return [
            Sample(item["metric"], float(item["value"][1])) for item in document["data"]["result"]
        ]
