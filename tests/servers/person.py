"""A person with a client of the public API: what a test does over HTTP, as a user would."""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import urllib3

PASSWORD = "a long sentence nobody guesses"
PHOTOGRAPHS = Path(__file__).resolve().parents[1] / "photographs"


@dataclass(frozen=True)
class Answer:
    """A reply, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)


@dataclass
class Person:
    """Knows where each public prefix is served, and its own token once signed in.

    ``device`` is what it says that it uses, if anything.
    """

    email: str
    api: str
    auth: str
    delivery: str
    token: str = ""
    device: str = ""
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False))

    def sign_up(self) -> "Person":
        """Register, sign in, and keep the access token."""
        body = {"email": self.email, "password": PASSWORD, "name": self.email.partition("@")[0]}
        assert self.send("POST", "/auth/register", body).status == 202
        return self.sign_in()

    def sign_in(self, password: str = PASSWORD) -> "Person":
        """Sign in again."""
        body = {"email": self.email, "password": password, "mode": "token"}
        answer = self.send("POST", "/auth/login", body)
        assert answer.status == 200, answer.body
        self.token = answer.json["access"]
        return self

    def role_token(self, role: str) -> str:
        """What auth put into the access token for a role behind the gateway, unverified."""
        payload = self.token.split(".")[1]
        claims = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        raw: str = claims["role_tokens"][role]
        return raw

    def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request with a JSON body (or none)."""
        prepared = {"Content-Type": "application/json"} if body is not None else {}
        return self._send(
            method, path, orjson.dumps(body) if body is not None else None, headers, prepared
        )

    def upload(
        self,
        file: Path | bytes,
        *,
        route: str = "/api/v1/images",
        headers: Mapping[str, str] | None = None,
        **fields: str,
    ) -> Answer:
        """One photograph as a multipart form."""
        content = file if isinstance(file, bytes) else file.read_bytes()
        name = "upload.bin" if isinstance(file, bytes) else file.name
        form: dict[str, str | bytes | tuple[str, str | bytes] | tuple[str, str | bytes, str]]
        form = {**fields, "file": (name, content)}
        body, content_type = urllib3.encode_multipart_formdata(form)
        return self._send("POST", route, body, headers, {"Content-Type": content_type})

    def job_ended(self, job_id: str, *, timeout_s: float = 60.0) -> Any:
        """The job, once it has ended."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            job = self.send("GET", f"/api/v1/jobs/{job_id}").json
            if job["state"] not in {"queued", "running"}:
                return job
            time.sleep(0.1)
        raise AssertionError(f"the job has not ended after {timeout_s} s: {job}")

    def image(self, image_id: str) -> Any:
        """The image as the API tells it."""
        answer = self.send("GET", f"/api/v1/images/{image_id}")
        if answer.status == 401 and answer.json["code"] == "token_expired":
            # Somebody of a whole run outlives the token; a client signs in again.
            answer = self.sign_in().send("GET", f"/api/v1/images/{image_id}")
        assert answer.status == 200, answer.body
        return answer.json

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The bytes at a delivery URL, without any token."""
        path = "/i/" + url.partition("/i/")[2]
        reply = self.http.request("GET", f"{self.delivery}{path}", headers=headers)
        return Answer(reply.status, reply.headers, reply.data)

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        prepared: Mapping[str, str],
    ) -> Answer:
        base = self.auth if path.startswith("/auth/") else self.api
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        own |= {"User-Agent": self.device} if self.device else {}
        reply = self.http.request(
            method,
            f"{base}{path}",
            body=body,
            headers={**prepared, **own, **(headers or {})},
            timeout=60.0,
        )
        return Answer(reply.status, reply.headers, reply.data)
