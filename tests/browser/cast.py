"""The people that the pages are shown to: an owner with a library, a newcomer, staff, nobody."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.mails import link_mailed
from tests.browser.pictures import crops, library_fill
from tests.browser.site import Site
from tests.browser.views import View, Who
from tests.browser.visitor import Look, Visitor, visiting
from tests.servers.person import PASSWORD, PHOTOGRAPHS, Person

TRASHED = 2


@dataclass(frozen=True)
class Cast:
    """``image`` is the id of the owner's newest image, which has all renditions."""

    site: Site
    owner: Person
    image: str

    def person(self, who: Who) -> tuple[Person | None, str]:
        """Who plays this part, with the password; newcomers are new every time."""
        if who == "nobody":
            return None, ""
        if who == "staff":
            return self.site.staff, self.site.staff_password
        if who == "leaver":
            leaver = self.site.person("lea")
            assert leaver.send("DELETE", "/api/v1/account", {"password": PASSWORD}).status == 202
            return leaver, PASSWORD
        return self.owner if who == "owner" else self.site.person("noor"), PASSWORD


def cast_made(site: Site, *, pictures: int) -> Cast:
    """An owner with so many pictures in the library and a few more in the trash."""
    owner = site.person("alice")
    assert owner.send("PATCH", "/auth/profile", {"name": "Alice Aldridge"}).status == 200
    token = link_mailed(site, owner.email, "verify-email").partition("#token=")[2]
    assert owner.send("POST", "/auth/email/verify", {"token": token}).status == 204
    with tempfile.TemporaryDirectory() as directory:
        files = crops(pictures - 1 + TRASHED, directory=Path(directory))
        ids = library_fill(owner, files, presets="thumb,small")
    for image_id in ids[:TRASHED]:
        assert owner.send("DELETE", f"/api/v1/images/{image_id}").status == 204
    stored = owner.upload(
        PHOTOGRAPHS / "mountains.jpg", title="Picos de Europa, evening", tags="travel,mountains"
    ).json
    assert owner.job_ended(stored["job"]["id"])["state"] == "succeeded"
    return Cast(site, owner, stored["image"]["id"])


@contextmanager
def looking(browser: Browser, cast: Cast, view: View, look: Look) -> Iterator[Visitor]:
    """The one whom the view is for, at a browser that shows it so."""
    person, password = cast.person(view.who)
    with visiting(browser, cast.site, look, person=person, password=password) as visitor:
        yield visitor
