"""If-Match may name several versions (RFC 9110, section 13.1.1)."""

from typing import Any

import pytest
from django.test import Client

from images.models import Image

IMAGES = "/internal/v1/images"
OTHER = '"99-0123abcd-none"'


def condition(pattern: str, current: str) -> str:
    return pattern.format(current=current, other=OTHER)


@pytest.mark.parametrize(
    "pattern",
    ["{current}", "{other}, {current}", "{current},{other}", '"not ours", {current}', "*", ""],
)
def test_a_list_that_names_the_current_version_lets_a_change_through(
    as_alice: Client, picture: dict[str, Any], pattern: str
) -> None:
    url = f"{IMAGES}/{picture['id']}"
    match = {"If-Match": condition(pattern, as_alice.get(url).headers["ETag"])}
    assert as_alice.patch(url, {"title": "1"}, "application/json", headers=match).status_code == 200
    match = {"If-Match": condition(pattern, as_alice.get(url).headers["ETag"])}
    assert as_alice.delete(url, headers=match).status_code == 204


@pytest.mark.parametrize("pattern", ["{other}", '{other}, "x"', '"x"', "W/{current}", "x", ","])
@pytest.mark.parametrize("way", ["edit", "trash", "purge"])
def test_a_list_without_the_current_version_changes_nothing(
    as_alice: Client, picture: dict[str, Any], pattern: str, way: str
) -> None:
    url = f"{IMAGES}/{picture['id']}"
    match = {"If-Match": condition(pattern, as_alice.get(url).headers["ETag"])}
    before = Image.objects.values().get()
    if way == "edit":
        reply = as_alice.patch(url, {"title": "1"}, "application/json", headers=match)
    else:
        query = "?permanent=true" if way == "purge" else ""
        reply = as_alice.delete(f"{url}{query}", headers=match)
    assert (reply.status_code, reply.json()["code"]) == (412, "precondition_failed")
    assert Image.objects.values().get() == before
