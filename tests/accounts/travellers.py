"""A browser on its way through a provider of single sign-on: it follows redirects by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import urllib3

from tests.accounts.callers import Caller

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Reply


@dataclass
class Traveller:
    """Somebody whose browser keeps cookies between our pages and the provider's."""

    caller: Caller = field(default_factory=Caller)

    def begin(self, provider: str = "acme", **body: str) -> str:
        """The address at the provider that the page is told to go to."""
        reply = self.caller.post(f"/auth/sso/{provider}/begin", body)
        assert reply.status_code == 200, reply.content
        return str(reply.json()["url"])

    def at_provider(self, url: str) -> str:
        """The provider's redirect, which it makes at once."""
        reply = urllib3.request("GET", url, redirect=False, retries=False, timeout=10)
        assert reply.status == 302, reply.data
        return str(reply.headers["Location"])

    def back(self, location: str, **changes: str | None) -> "Reply":
        """The return to us, with parameters changed, or left out where ``None``."""
        parts = urlsplit(location)
        sent: dict[str, Any] = {**dict(parse_qsl(parts.query)), **changes}
        query = urlencode({name: value for name, value in sent.items() if value is not None})
        return self.caller.get(f"{parts.path}?{query}", User_Agent="browser")

    def through(
        self, provider: str = "acme", *, change: Callable[[str], str] = str, **body: str
    ) -> "Reply":
        """The whole way; ``change`` rewrites the address at the provider."""
        return self.back(self.at_provider(change(self.begin(provider, **body))))

    def signed_in(self) -> Caller:
        """With the refresh cookie, as the pages do at their start."""
        reply = self.caller.post("/auth/refresh", {}, Origin="http://testserver")
        assert reply.status_code == 200, reply.content
        self.caller.access = reply.json()["access"]
        return self.caller


def error_of(reply: "Reply") -> str:
    """The code that the page of signing in is told; empty for none."""
    assert reply.status_code == 303, reply.content
    return dict(parse_qsl(urlsplit(reply["Location"]).fragment)).get("sso_error", "")
