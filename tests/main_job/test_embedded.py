"""The main job as ``make up`` runs it: one web process, one worker, no server."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from PIL import Image

from tests.main_job.steps import photograph_is_published
from tests.servers.laptop import Laptop
from tests.servers.laptop import laptop as laptop_in
from tests.servers.person import PHOTOGRAPHS, Person
from tests.servers.processes import ROOT

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    with laptop_in(tmp_path_factory.mktemp("laptop"), {"JOB_LEASE_S": "2"}) as running:
        yield running


@pytest.fixture(scope="module")
def demo(laptop: Laptop) -> Person:
    return laptop.start()


@pytest.mark.parametrize(
    "name",
    ["wine-portrait-exif.jpg", "dogs-progressive.jpg", "dandelion-alpha.png", "fig-display-p3.jpg"],
)
def test_a_photograph_is_published(demo: Person, name: str) -> None:
    photograph_is_published(demo, PHOTOGRAPHS / name)


def test_nothing_internal_is_reachable(demo: Person) -> None:
    for path in ("/internal/v1/status", "/internal/v1/token", "/internal/v1/images", "/metrics"):
        assert demo.send("GET", path).status == 404


def test_the_start_page_and_the_documentation_are_served(demo: Person) -> None:
    assert b"<html" in demo.send("GET", "/").body
    page = demo.send("GET", "/api/v1/docs")
    assert page.status == 200
    assert b"swagger" in page.body
    for asset in re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css))"', page.body.decode()):
        assert demo.send("GET", asset).status == 200, asset


def encoded_anew(name: str, directory: Path) -> Path:
    """A photograph in other bytes, since a duplicate of one that is stored has no job."""
    path = directory / name
    with Image.open(PHOTOGRAPHS / name) as picture:
        picture.save(path, quality=90)
    return path


def pasted(laptop: Laptop, page: str, heading: str, *, photograph: Path | None = None) -> str:
    """What the first block under a heading of a page prints against this laptop.

    ``photograph`` takes the place of the one that the page sends.
    """
    text = (ROOT / page).read_text()
    (block,) = re.findall(rf"## {heading}\n[^#]*?```sh\n(.*?)```", text, re.DOTALL)
    lines = block.replace("var/", f"{laptop.directory}/var/").replace(":8000", f":{laptop.port}")
    if photograph:
        lines = lines.replace(f"@tests/photographs/{photograph.name}", f"@{photograph}")
    done = subprocess.run(
        ["sh", "-c", lines], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_five_lines_of_the_readme_are_true(demo: Person, laptop: Laptop) -> None:
    printed = pasted(laptop, "README.md", "The API in five lines")
    for word in ("mountains", "alps", "renditions", "results", "bytes", "status"):
        assert word in printed, word


def test_the_first_program_of_the_guide_fetches_its_rendition(
    demo: Person, laptop: Laptop, tmp_path: Path
) -> None:
    photograph = encoded_anew("fig-display-p3.jpg", tmp_path)
    pasted(laptop, "docs/guide.md", "A first program", photograph=photograph)
    fetched = laptop.directory / "var" / "fig.webp"
    with Image.open(fetched) as picture:
        assert (picture.format, picture.size) == ("WEBP", (320, 320))
    fetched.unlink()  # it is no file of the platform's own


def test_an_account_of_the_reference_comes_to_a_second_factor(demo: Person, laptop: Laptop) -> None:
    printed = pasted(laptop, "docs/api.md", "Accounts")
    profile = orjson.loads(printed.rpartition('{"status":"accepted"}')[2])
    assert (profile["email_verified"], profile["second_factor"]) == (True, True)


def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing(
    demo: Person, laptop: Laptop, tmp_path: Path
) -> None:
    uploaded = demo.upload(encoded_anew("mountains.jpg", tmp_path)).json
    assert laptop.program.process is not None
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(laptop.program.process.pid)],
        capture_output=True,
        text=True,
        check=True,
    )
    worker = next(line for line in listed.stdout.splitlines() if "celery" in line)
    os.killpg(int(worker.split()[0]), signal.SIGKILL)

    job = demo.job_ended(uploaded["job"]["id"], timeout_s=90)
    assert job["state"] == "succeeded"
    assert len(demo.image(uploaded["image"]["id"])["renditions"]) == 8


def test_it_keeps_house_by_itself(laptop: Laptop) -> None:
    log = laptop.program.log.parent / "var" / "log" / "housekeeping.log"
    deadline = time.monotonic() + 60
    while not (log.exists() and "Housekeeping:" in log.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert re.search(r"^Removed expired: sessions 0,", log.read_text(), re.MULTILINE)
    assert re.search(r"^Housekeeping: \d+ commands, 0 failed\.$", log.read_text(), re.MULTILINE)


def open_to_others(var: Path) -> list[str]:
    """What somebody else on this machine may look at."""
    paths = (var, *var.rglob("*"))
    return [f"{p.stat().st_mode & 0o777:o} {p}" for p in paths if p.stat().st_mode & 0o077]


def test_nobody_else_may_read_what_the_platform_keeps(demo: Person, laptop: Laptop) -> None:
    uploaded = demo.upload(PHOTOGRAPHS / "wine-portrait-exif.jpg").json
    if uploaded["job"]:  # else it is there already
        demo.job_ended(uploaded["job"]["id"])
    var = laptop.program.log.parent / "var"
    names = {path.name for path in var.rglob("*")}
    assert names > {"platform.sqlite3", "demo-password", "web.log", "worker-heartbeat", "objects"}
    assert [path for path in (var / "objects").rglob("*") if path.is_file()]
    assert open_to_others(var) == []


def test_a_second_start_goes_on_with_the_data_of_the_first(laptop: Laptop, demo: Person) -> None:
    before = {image["id"] for image in demo.send("GET", "/api/v1/images").json["results"]}
    laptop.program.stop()
    assert "Stopped." in laptop.program.words()
    var = laptop.program.log.parent / "var"
    (var / "log" / "web.log").chmod(0o644)
    var.chmod(0o755)
    again = laptop.start()
    assert open_to_others(var) == []
    after = {image["id"] for image in again.send("GET", "/api/v1/images").json["results"]}
    assert before
    assert after == before


def test_a_taken_port_gives_a_sentence(laptop: Laptop, demo: Person, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(laptop.port)],
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"Port {laptop.port} is taken by another program." in done.stderr
    assert "Traceback" not in done.stderr
