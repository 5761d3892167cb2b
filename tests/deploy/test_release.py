"""A release is said in one place, and reaches every object, both images and what roles say."""

import os
import re
import subprocess
import sys

import pytest
import yaml

from deploy.k8s.tools import release
from deploy.k8s.tools.objects import of_kind
from tests.deploy.workspace import MANIFESTS, ROOT, Workspace

RELEASE = MANIFESTS / "release" / "release.yaml"
DIGEST = f"sha256:{'ab' * 32}"


def test_a_release_is_written_in_one_place_and_reaches_everything(own_workspace: Workspace) -> None:
    place = own_workspace.manifests / "release" / "release.yaml"
    digests = {"app": DIGEST, "frontend": None}
    place.write_text(release.released(place.read_text(), "1.2.3-rc.1", digests))
    text = own_workspace.build("overlays/platform")
    assert "name: migrate-1-2-3-rc-1\n" in text
    assert f"/app:1.2.3-rc.1@{DIGEST}\n" in text
    assert "/frontend:1.2.3-rc.1\n" in text
    assert "0.1.0" not in text
    assert "0-1-0" not in text


def test_no_job_has_a_dot_in_its_name(workspace: Workspace) -> None:
    """Its pods' host names come from it, and the API server warns of a dot in one."""
    for job in of_kind(workspace.render("platform"), "Job"):
        assert "." not in job["metadata"]["name"]
    said = yaml.safe_load(RELEASE.read_text())["data"]
    assert said["job"] == said["version"].replace(".", "-"), "make k8s-release writes both"


@pytest.mark.parametrize("version", ["", "v1.2.3", "1.2", "latest", "1.2.3+build", "1.2.3-RC"])
def test_a_version_that_cannot_be_a_tag_and_a_name_is_refused(version: str) -> None:
    text = (MANIFESTS / "release" / "release.yaml").read_text()
    with pytest.raises(release.BadRelease):
        release.released(text, version, {})


def test_an_invented_digest_is_refused() -> None:
    text = (MANIFESTS / "release" / "release.yaml").read_text()
    with pytest.raises(release.BadRelease, match="is no digest"):
        release.released(text, "1.2.3", {"app": "sha256:abc"})


@pytest.mark.parametrize("said", ["9.8.7", ""])
def test_a_role_says_the_version_that_its_image_was_built_as(said: str) -> None:
    """An empty one is what an image has that was built without the argument."""
    (of_the_tree,) = re.findall(
        r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE
    )
    done = subprocess.run(
        [sys.executable, "-c", "from platform_site.settings import base; print(base.VERSION)"],
        env={"PATH": os.environ["PATH"], "PLATFORM_VERSION": said,
             "DJANGO_SECRET_KEY": "a-key-of-many-different-characters-0123456789"},
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.strip() == (said or of_the_tree)
