"""Whatever a page tells people to paste stops at the first failure, and every command exists."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy.documents import Block, blocks, pages
from tests.deploy.workspace import ROOT, program

BLOCKS = blocks()
CHANGING = [block for block in BLOCKS if not block.only_reads]
PROGRAMS = ("kubectl", "make", "mc", "curl", "python3", "python", "cat", "grep", "gunicorn", "age")
PLAYED = """
echo "$0" "$(echo "$*" | tr '\\n' ' ')" >>{log}  # a call is one line
[ "$(wc -l <{log})" -ne "${{REFUSED:-0}}" ] || exit 1
echo word
"""


def label(block: Block) -> str:
    return f"{block.page}: {block.text.strip().splitlines()[0][:50]}"


def runnable(block: Block) -> str:
    """The text with a word for each place that the reader fills in."""
    return re.sub(r"<[a-z][a-z ]*>|…", "value", block.text)


def test_there_are_blocks_that_change_something_and_blocks_that_read() -> None:
    assert len(CHANGING) > 15
    assert len(BLOCKS) - len(CHANGING) > 10


@pytest.mark.parametrize("block", BLOCKS, ids=label)
def test_a_block_stops_at_a_failure_or_only_reads(block: Block) -> None:
    assert block.only_reads or block.stops_at_a_failure
    done = subprocess.run(
        ["sh", "-n"], input=runnable(block), text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "text",
    [
        "make one\nmake two",
        "kubectl delete namespace x; kubectl apply -f y",
        "set -e\nkubectl delete namespace x\nkubectl apply -f y",
        "kubectl get pods\nkubectl delete pod x",
        "( set -eu\nkubectl apply -f y\n)\nkubectl delete namespace x",
        "kubectl exec p -- psql -U owner -c \"SELECT 1\"\nkubectl exec p -- psql -c 'DROP TABLE x'",
    ],
)
def test_what_goes_on_after_a_failure_is_found(text: str) -> None:
    block = Block("a page", text)
    assert not block.only_reads
    assert not block.stops_at_a_failure


@pytest.mark.parametrize("block", CHANGING, ids=label)
def test_no_step_runs_after_one_that_failed(block: Block, tmp_path: Path) -> None:
    log = tmp_path / "log"
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in PROGRAMS:
        program(programs, name, PLAYED.format(log=log))

    def calls(refused: int) -> tuple[int, int]:
        log.write_text("")
        done = subprocess.run(
            ["sh", "-c", runnable(block)],
            env={"PATH": f"{programs}:/usr/bin:/bin", "REFUSED": str(refused), "HOME": "/nowhere"},
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
        return done.returncode, len(log.read_text().splitlines())

    status, whole = calls(0)
    assert status == 0
    for number in range(1, whole + 1):
        status, made = calls(number)
        assert (made, status != 0) == (number, True)


TEXT = {page: page.read_text() for page in pages()}
MAKE = "".join((ROOT / name).read_text() for name in ("Makefile", "deploy/k8s/tools/deploy.mk"))


def mentioned(pattern: str) -> list[tuple[str, str]]:
    return sorted(
        {
            (str(page.relative_to(ROOT)), found)
            for page, text in TEXT.items()
            for found in re.findall(pattern, text)
        }
    )


@pytest.mark.parametrize(
    ("page", "target"), mentioned(r"(?:`|^ *|&& |: )make ([a-z][a-z0-9-]+)(?=[` \n])")
)
def test_every_make_target_that_a_page_names_exists(page: str, target: str) -> None:
    assert re.search(rf"^{re.escape(target)}:", MAKE, re.MULTILINE), page


@pytest.mark.parametrize(("page", "command"), mentioned(r"manage\.py ([a-z_]+)"))
def test_every_management_command_that_a_page_names_exists(page: str, command: str) -> None:
    ours = {file.stem for file in ROOT.glob("*/management/commands/*.py")}
    theirs = {"createsuperuser", "makemigrations", "migrate", "spectacular", "check"}
    assert command in ours | theirs, page


@pytest.mark.parametrize(
    ("page", "path"),
    mentioned(
        r"`((?:accounts|bench|deploy|docs|frontend|gateway|images|platform_site|tests)/[\w./-]+)`"
    ),
)
def test_every_path_that_a_page_names_exists(page: str, path: str) -> None:
    if "secrets" in path or path.startswith(("images/o/", "frontend/dist")):
        return  # made later, or a key in the bucket
    assert (ROOT / path.rstrip("/")).exists(), page


@pytest.mark.parametrize(
    ("page", "target"), mentioned(r"\]\((?!https?:|#|<)([^)#\s]+)(?:#[^)]*)?\)")
)
def test_every_link_of_a_page_leads_somewhere(page: str, target: str) -> None:
    assert ((ROOT / page).parent / target).exists(), page


FIGURE = re.compile(r"\d\s?(ms|µs|s|seconds?|minutes?|MB|MiB|GB|GiB|requests/s|cores|times as)\b")
MEASURED = re.compile(r"\b(measured|median|fastest|slowest|costs?|took|takes up|went from)\b")
SOURCE = re.compile(r"bench|tests?/|make (k8s-measure|drills)|[Aa] test ")


def measured_sections() -> list[tuple[str, str]]:
    """Sections with a paragraph that tells of a measurement and its number."""
    return [
        (str(page.relative_to(ROOT)), section)
        for page, text in TEXT.items()
        if page.name != "CHANGELOG.md"  # one line for each change; what measures it stands in docs
        for section in re.split(r"^#+ ", text, flags=re.MULTILINE)
        if any(
            FIGURE.search(paragraph) and MEASURED.search(paragraph)
            for paragraph in re.split(r"\n\n+", section)
        )
    ]


def test_every_measured_figure_names_what_measures_it() -> None:
    found = measured_sections()
    assert len(found) > 3
    assert [f"{page}: {text[:200]}" for page, text in found if not SOURCE.search(text)] == []


def test_a_figure_without_its_measurement_is_found() -> None:
    text = "Restoring took 9 minutes, measured on a laptop."
    assert FIGURE.search(text)
    assert MEASURED.search(text)
    assert not SOURCE.search(text)
