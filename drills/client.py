"""One HTTP client of one person, of which every call is recorded.

It does what the guide asks of programs: it sends an Idempotency-Key with an upload, waits as
``Retry-After`` says, and signs in again when its token has expired.
"""

import base64
import hashlib
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import urllib3

from drills.history import CHANGING, Call, History
from drills.judge.documented import DELIVERY
from drills.pictures import Picture

PASSWORD: Final = "a long sentence of a drill"  # noqa: S105 - of accounts that the load makes
IMAGES: Final = "/api/v1/images"
IMAGE: Final = "/api/v1/images/{image_id}"
JOB: Final = "/api/v1/jobs/{job_id}"
PAGE: Final = 200
BACKOFF_S: Final = 0.1
BACKOFF_LONGEST_S: Final = 2.0
RETRY_AFTER_LONGEST_S: Final = 10.0
TIMEOUT: Final = urllib3.Timeout(connect=3.0, read=40.0)


@dataclass(frozen=True)
class Addresses:
    """Where each public prefix is served; behind nginx all three are one address."""

    api: str
    auth: str
    delivery: str
    ca_certs: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def behind(cls, edge: str, **more: Any) -> "Addresses":
        """Everything at one address."""
        return cls(edge, edge, edge, **more)


@dataclass(frozen=True)
class Reply:
    """An answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; an empty object when it is something else."""
        try:
            return json.loads(self.body)
        except ValueError:
            return {}


@dataclass
class Account:
    """A person, whose token the clients of that person share."""

    email: str
    owner: str = ""
    token: str = ""


class Client:
    """Sends requests for ``account`` and writes down what became of each."""

    def __init__(
        self, number: int, account: Account, addresses: Addresses, history: History
    ) -> None:
        self.number, self.account, self.history = number, account, history
        self._addresses = addresses
        self._random = random.Random(number)
        self._http = urllib3.PoolManager(
            retries=False, timeout=TIMEOUT, maxsize=2, ca_certs=addresses.ca_certs
        )

    def sign_up(self, *, give_up_s: float = 60.0) -> None:
        """Register and sign in."""
        account = {"email": self.account.email, "password": PASSWORD, "name": "A drill"}
        self.persist(lambda: self._auth("register", "/auth/register", account), give_up_s)
        if not self.sign_in(give_up_s=give_up_s):
            raise RuntimeError(f"{self.account.email} cannot sign in")

    def sign_in(self, *, give_up_s: float = 60.0) -> bool:
        """Get a new token; false when that failed until ``give_up_s`` were over."""
        login = {"email": self.account.email, "password": PASSWORD, "mode": "token"}
        reply = self.persist(lambda: self._auth("login", "/auth/login", login), give_up_s)
        if reply is None or reply.status != 200:
            return False
        self.account.token = reply.json["access"]
        self.account.owner = _subject(self.account.token)
        return True

    def upload(
        self, picture: Picture, *, key: str, presets: str, give_up_s: float = 90.0
    ) -> Reply | None:
        """Send a picture until it is acknowledged or refused."""
        body, content_type = urllib3.encode_multipart_formdata(
            {"file": (f"{picture.number}.jpg", picture.content), "presets": presets}
        )
        request = {"key": key, "sha256": picture.sha256, "picture": picture.number}
        headers = {"Idempotency-Key": key, "Content-Type": content_type}

        def attempt() -> Reply | None:
            with self._call("upload", f"POST {IMAGES}", request=request) as call:
                url = f"{self._addresses.api}{IMAGES}"
                reply = self._send(call, "POST", url, body=body, headers=headers)
                if reply is not None and reply.status in {200, 202}:
                    said = reply.json
                    call.image, call.sha256 = said["image"]["id"], said["image"]["sha256"]
                    call.job = (said["job"] or {}).get("id")
                    call.answer |= {
                        "sha256": said["image"]["sha256"],
                        "duplicate": said["duplicate"],
                        "replayed": "Idempotency-Replayed" in reply.headers,
                    }
                return reply

        return self.persist(attempt, give_up_s)

    def read(self, image: str) -> Reply | None:
        """Read an image, once."""
        with self._call("read", f"GET {IMAGE}", image=image) as call:
            reply = self._send(call, "GET", f"{self._addresses.api}{IMAGES}/{image}")
            if reply is not None and reply.status == 200:
                said = reply.json
                call.sha256 = said["sha256"]
                states = {each["spec"]: each["state"] for each in said["renditions"]}
                call.answer |= {"id": said["id"], "sha256": said["sha256"]}
                call.answer |= {"state": said["state"], "renditions": states}
            return reply

    def job(self, job: str, image: str | None = None) -> Reply | None:
        """Read a job, once."""
        with self._call("job", f"GET {JOB}", job=job, image=image) as call:
            reply = self._send(call, "GET", f"{self._addresses.api}/api/v1/jobs/{job}")
            if reply is not None and reply.status == 200:
                said = reply.json
                call.answer |= {name: said[name] for name in ("id", "state", "kind", "attempt")}
            return reply

    def deliver(self, image: str, spec: str, url: str) -> Reply | None:
        """Fetch bytes by their signed address, once."""
        with self._call("deliver", DELIVERY, image=image, request={"spec": spec}) as call:
            target = f"{self._addresses.delivery}/i/{url.partition('/i/')[2]}"
            reply = self._send(call, "GET", target, is_anonymous=True)
            if reply is not None and reply.status == 200:
                call.sha256 = hashlib.sha256(reply.body).hexdigest()
                call.answer |= {"bytes": len(reply.body)}
            return reply

    def list_all(self) -> list[str] | None:
        """Every image of the person, by all pages; ``None`` when a page was not answered."""
        url, ids = f"{self._addresses.api}{IMAGES}?{urlencode({'limit': PAGE})}", []
        with self._call("list", "") as whole:
            while url:
                with self._call("page", f"GET {IMAGES}") as call:
                    reply = self._send(call, "GET", url)
                if reply is None or reply.status != 200:
                    whole.error = "a page was not answered"
                    return None
                said = reply.json
                ids += [each["id"] for each in said["results"]]
                tail = (said["next"] or "").partition("/api/v1/")[2]
                url = f"{self._addresses.api}/api/v1/{tail}" if tail else ""
            whole.outcome = "ok"
            whole.answer = {"ids": ids}
            return ids

    def remove(self, image: str, *, is_permanent: bool, give_up_s: float = 90.0) -> Reply | None:
        """Delete an image for good, or put it into the trash."""
        op, query = ("delete", "?permanent=true") if is_permanent else ("trash", "")

        def attempt() -> Reply | None:
            with self._call(op, f"DELETE {IMAGE}", image=image) as call:
                url = f"{self._addresses.api}{IMAGES}/{image}{query}"
                reply = self._send(call, "DELETE", url)
                if reply is not None and reply.status == 202:
                    call.job = reply.json["job"]["id"]
                return reply

        return self.persist(attempt, give_up_s)

    def restore(self, image: str, *, give_up_s: float = 90.0) -> Reply | None:
        """Take an image back from the trash."""

        def attempt() -> Reply | None:
            with self._call("restore", f"POST {IMAGE}/restore", image=image) as call:
                return self._send(call, "POST", f"{self._addresses.api}{IMAGES}/{image}/restore")

        return self.persist(attempt, give_up_s)

    def persist(self, attempt: Callable[[], Reply | None], give_up_s: float) -> Reply | None:
        """Try until there is an answer that another try would not change.

        ``None`` when there was none until ``give_up_s`` were over.
        """
        deadline = time.monotonic() + give_up_s
        tries = 0
        while True:
            reply = attempt()
            if reply is not None and not _is_transient(reply):
                return reply
            pause_s = self._pause_s(reply, tries)
            tries += 1
            if time.monotonic() + pause_s >= deadline:
                return reply
            time.sleep(pause_s)
            if reply is not None and reply.status == 401:
                self.sign_in(give_up_s=max(1.0, deadline - time.monotonic()))

    def _pause_s(self, reply: Reply | None, tries: int) -> float:
        if reply is not None and reply.status == 401:
            return 0.0
        told = (reply.headers.get("Retry-After") or "") if reply is not None else ""
        if told.isdigit():
            return min(float(told), RETRY_AFTER_LONGEST_S) + self._random.random() * BACKOFF_S
        longest_s = min(BACKOFF_LONGEST_S, BACKOFF_S * 2.0**tries)
        return longest_s * (0.5 + self._random.random() / 2)

    def _call(self, op: str, route: str, **known: Any) -> Any:
        return self.history.call(
            self.number, op, route=route, owner=self.account.owner or None, **known
        )

    def _auth(self, op: str, path: str, body: Mapping[str, str]) -> Reply | None:
        with self._call(op, f"POST {path}") as call:
            return self._send(
                call,
                "POST",
                f"{self._addresses.auth}{path}",
                body=json.dumps(body).encode(),
                headers={"Content-Type": "application/json"},
                is_anonymous=True,
            )

    def _send(
        self,
        call: Call,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        is_anonymous: bool = False,
    ) -> Reply | None:
        bearer = {} if is_anonymous else {"Authorization": f"Bearer {self.account.token}"}
        sent = {**self._addresses.headers, **bearer, **(headers or {})}
        try:
            reply = self._http.request(method, url, body=body, headers=sent)
        except urllib3.exceptions.HTTPError as exc:
            call.error = type(exc).__name__
            return None
        found = Reply(reply.status, reply.headers, reply.data)
        call.status = found.status
        if found.status < 400:
            call.outcome = "ok"
            return found
        said = found.json
        call.code = said.get("code") if isinstance(said, dict) else None
        content_type = (found.headers.get("Content-Type") or "").partition(";")[0]
        call.answer |= {"content_type": content_type}
        if told := found.headers.get("Retry-After"):
            call.answer |= {"retry_after": told}
        # Behind a 5xx the change may have been made all the same, as by a role that was waited for
        # too long. Of a read there is nothing to be made.
        may_be_done = call.op in CHANGING and found.status >= 500
        call.outcome = "unknown" if may_be_done else "refused"
        return found


def _is_transient(reply: Reply) -> bool:
    code = reply.json.get("code") if reply.status in {401, 409} else None
    return reply.status in {429, 500, 502, 503, 504} or code in {
        "token_expired",
        "idempotency_in_progress",
    }


def _subject(token: str) -> str:
    payload = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])
