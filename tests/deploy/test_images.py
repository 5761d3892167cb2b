"""Every third-party image of the tree is listed in docs/images.md, and was looked at lately."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
import yaml

from deploy.k8s.tools import pin_images
from deploy.k8s.tools.objects import of_kind, pods
from tests.deploy.workspace import MANIFESTS, OVERLAYS, ROOT, Workspace

LIST: Final = ROOT / "docs" / "images.md"
ROW: Final = re.compile(r"^\| `([^`]+)` \|(.+)\|$", re.MULTILINE)
DIGEST: Final = re.compile(r"@sha256:[0-9a-f]{64}")
LONGEST: Final = timedelta(days=180)
COLUMNS: Final = 6
# What pulls an image without naming it as a manifest does.
PULLED: Final = re.compile(
    r"(?:^FROM|\b(?:docker|podman|crane|skopeo|nerdctl) (?:pull|run|inspect))[ \t]+(\S+[:/]\S+)",
    re.MULTILINE,
)
OURS: Final = ("$", "packages", "bundle", "--", "localhost/", "docker://{}")


def listed() -> dict[str, list[str]]:
    """The cells of each row, by its image."""
    rows = ROW.findall(LIST.read_text())
    found = {image: [cell.strip() for cell in cells.split("|")] for image, cells in rows}
    assert len(found) == len(rows), "an image stands there twice"
    return found


def named_in(text: str) -> set[str]:
    """Every third-party image that a manifest, a Dockerfile or a script names, without digests."""
    text = DIGEST.sub("", text)
    found = {match["name"] for match in pin_images.IMAGE.finditer(text)}
    found |= {name for name in PULLED.findall(text) if not name.startswith(OURS)}
    return {name for name in found if not name.startswith(pin_images.OWN)}


def used() -> set[str]:
    """Of every file that deploys, builds or tries the platform."""
    found = set()
    for file in _files():
        found |= named_in(file.read_text(encoding="utf-8"))
    return found


def _files() -> Iterator[Path]:
    yield from (ROOT / name for name in ("Dockerfile", "compose.yaml", "Makefile"))
    for directory in (MANIFESTS, ROOT / "tests" / "deploy" / "images", ROOT / ".ci"):
        for file in sorted(directory.rglob("*")):
            if (
                file.is_file()
                and file.suffix not in {".pyc", ".lock"}
                and "secrets" not in file.parts
            ):
                yield file


def test_every_image_is_on_the_list_and_nothing_else_is() -> None:
    assert used() == set(listed())


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_is_applied_is_on_the_list(workspace: Workspace, overlay: str) -> None:
    """The render, too: a replacement or a component may write an image where no file has one."""
    rendered = workspace.render(overlay)
    images = {container["image"] for pod in pods(rendered) for container in pod.containers}
    assert {i for i in images if "image-platform/" not in i} <= set(listed())


def test_every_row_says_everything() -> None:
    for image, cells in listed().items():
        assert len(cells) == COLUMNS, image
        assert all(cells), f"{image} has an empty cell"


@pytest.mark.parametrize("image", sorted(listed()))
def test_nobody_trusts_a_check_older_than_half_a_year(image: str) -> None:
    """Meant to fail in time: look again whether it is published and mended, and write the day."""
    checked = date.fromisoformat(listed()[image][3])
    today = datetime.now(tz=UTC).date()
    assert today - checked <= LONGEST, f"look at {image} again, and write the day into {LIST.name}"


def test_one_line_names_the_store_everywhere_in_the_manifests(own_workspace: Workspace) -> None:
    file = own_workspace.manifests / "data" / "minio" / "kustomization.yaml"
    (line,) = re.findall(r"^ +- image=(\S+)$", file.read_text(), re.MULTILINE)
    file.write_text(file.read_text().replace(line, "mirror.example.com/store:9.9.9"))
    text = own_workspace.build("overlays/platform")
    assert text.count("mirror.example.com/store:9.9.9") == 2
    assert line.partition(":")[0] not in text


def test_one_line_names_the_store_everywhere_in_compose() -> None:
    text = (ROOT / "compose.yaml").read_text()
    image = yaml.safe_load(text)["services"]["minio"]["image"]
    assert text.count(image) == 1


def test_the_store_is_started_by_its_image_not_by_the_name_of_a_program(
    workspace: Workspace,
) -> None:
    """The fork's program has another name than MinIO's; both entrypoints take `server`."""
    (store,) = [
        item for item in of_kind(workspace.render("platform"), "StatefulSet")
        if item["metadata"]["name"] == "minio"
    ]  # fmt: skip
    (container,) = store["spec"]["template"]["spec"]["containers"]
    assert "command" not in container
    assert container["args"][0] == "server"


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("          image: someone/else:1.0.0\n", "someone/else:1.0.0"),
        ("          image: &x someone/else:1.0.0\n", "someone/else:1.0.0"),
        ("ARG SOME_IMAGE=someone:1.0.0-slim\n", "someone:1.0.0-slim"),
        ("      - image=someone/store:1.0.0\n", "someone/store:1.0.0"),
        ("FROM someone/base:1.0.0 AS x\n", "someone/base:1.0.0"),
        ("docker pull someone/else:1.0.0\n", "someone/else:1.0.0"),
        (f"  image: someone/else:1.0.0@sha256:{'ab' * 32}\n", "someone/else:1.0.0"),
    ],
)
def test_an_image_is_seen_wherever_it_is_named(text: str, image: str) -> None:
    assert named_in(text) == {image}
