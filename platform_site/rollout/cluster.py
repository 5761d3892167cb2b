"""The split in a cluster: doors that lead to nobody until they are given the new colour's pods.

Each share is a Service of its own (`deploy/k8s/components/blue-green/next.yaml`), so that a step,
or the way back, takes as long as the nodes take to hear of a Service, and no pod is told anything.
The files that nginx looks for come from a ConfigMap, which takes up to a minute to reach every pod:
they are all there from the beginning of a roll-out until everybody is sent back.
"""

from pathlib import Path
from typing import Any, Final

import orjson
import urllib3

from platform_site.rollout.split import COLOURS, SHARES, files_of

ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
SERVER: Final = "https://kubernetes.default.svc"
NAMESPACE: Final = "image-platform"
TIMEOUT: Final = urllib3.Timeout(connect=3.0, read=10.0)
MERGE: Final = "application/merge-patch+json"
BUSY: Final = (429, 500, 502, 503, 504)
OK: Final = 200


class ClusterRefuses(Exception):
    """The API server does not do what it is asked for."""


class SplitCluster:
    """The doors, and the ConfigMap with the files of nginx and the memory of the roll-out."""

    def __init__(self, server: str = SERVER, account: Path = ACCOUNT) -> None:
        self._base = f"{server}/api/v1/namespaces/{NAMESPACE}"
        self._account = account
        authority = account / "ca.crt"
        self._http = urllib3.PoolManager(
            timeout=TIMEOUT,
            retries=urllib3.Retry(
                5,
                backoff_factor=0.5,
                allowed_methods=None,
                status_forcelist=BUSY,
                raise_on_status=False,
            ),
            ca_certs=str(authority) if authority.exists() else None,
        )

    def prepare(self, colour: str) -> None:
        """Let nginx look at the doors to ``colour``, which are all closed."""
        files = files_of(colour, 100)
        wanted = {name: "" if is_there else None for name, is_there in files.items()}
        self._patch("configmaps/split", {"data": wanted})

    def share_set(self, colour: str, share: int) -> None:
        """Open the doors to ``colour`` up to ``share``, after every other one is closed."""
        doors = {(one, step): one == colour and step <= share for one in COLOURS for step in SHARES}
        for (one, step), is_open in sorted(doors.items(), key=lambda item: item[1]):
            selector = {"colour": one, "door": None if is_open else "closed"}
            self._patch(f"services/next-{one}-{step}", {"spec": {"selector": selector}})

    def remembered(self) -> dict[str, Any] | None:
        """What the last roll-out kept."""
        kept = self._asked("GET", "configmaps/split").get("data", {}).get("rollout.json")
        if kept is None:
            return None
        found: dict[str, Any] = orjson.loads(kept)
        return found

    def remember(self, kept: dict[str, Any]) -> None:
        """Keep it."""
        self._patch("configmaps/split", {"data": {"rollout.json": orjson.dumps(kept).decode()}})

    def _patch(self, path: str, change: dict[str, Any]) -> None:
        self._asked("PATCH", path, orjson.dumps(change))

    def _asked(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        # Read each time: the kubelet replaces the token every hour.
        try:
            token = (self._account / "token").read_text().strip()
        except OSError as exc:
            raise ClusterRefuses(f"no token of a ServiceAccount here: {exc}") from exc
        headers = {"Authorization": f"Bearer {token}", "Content-Type": MERGE}
        try:
            reply = self._http.request(method, f"{self._base}/{path}", body=body, headers=headers)
        except urllib3.exceptions.HTTPError as exc:
            raise ClusterRefuses(f"{path}: the API server gives no answer ({exc})") from exc
        if reply.status != OK:
            said = reply.data[:300].decode(errors="replace")
            raise ClusterRefuses(f"{method} {path}: {reply.status} {said}")
        answer: dict[str, Any] = orjson.loads(reply.data)
        return answer
