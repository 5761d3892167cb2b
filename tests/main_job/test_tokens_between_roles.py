"""What a stolen role could do with the tokens that it is shown, tried on every role as it runs."""

import pytest
import urllib3

from tests.servers.platform import Platform

pytestmark = pytest.mark.processes


def _status(url: str, method: str = "GET", **headers: str) -> int:
    shown = {name.replace("_", "-"): f"Bearer {raw}" for name, raw in headers.items()}
    return urllib3.request(method, url, headers=shown, retries=False).status


def test_what_images_receives_opens_nothing_but_images(split: Platform) -> None:
    alice = split.person("alice")
    received, ours = alice.role_token("images"), split.service_token("images")
    auth, gateway, images = (split.address(role) for role in ("auth", "gateway", "images"))
    shown = {"Authorization": received, "X_Service_Authorization": ours}

    assert _status(f"{images}/internal/v1/usage", **shown) == 200
    assert _status(f"{images}/internal/v1/usage", Authorization=received) == 401
    assert _status(f"{auth}/auth/profile", **shown) == 401
    assert _status(f"{auth}/auth/logout-all", "POST", **shown) == 401
    assert _status(f"{auth}/internal/v1/account", "DELETE", **shown) == 401
    assert _status(f"{auth}/internal/v1/introspect", "POST", **shown) == 401
    assert _status(f"{gateway}/api/v1/usage", **shown) == 401
    assert _status(f"{gateway}/api/v1/account", "DELETE", **shown) == 401
    assert alice.send("GET", "/auth/profile").status == 200


def test_what_a_person_holds_is_not_taken_by_images(split: Platform) -> None:
    alice = split.person("alice")
    url = f"{split.address('images')}/internal/v1/usage"
    ours = split.service_token("images")
    assert _status(url, Authorization=alice.token, X_Service_Authorization=ours) == 401
