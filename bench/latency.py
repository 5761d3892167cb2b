"""From the first byte of an upload to the bytes of its first rendition, on an idle platform.

Once split, over real servers, and once embedded, as ``make up`` runs it. Run
``python -m bench.latency``.
"""

import argparse
import json
import os
import platform as machine
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bench.core import PHOTOGRAPH, ROOT, make_input
from bench.worker import SIZE, distinct
from tests.servers.person import Person
from tests.servers.platform import platform
from tests.servers.ports import free_port
from tests.servers.postgresql import postgresql
from tests.servers.processes import Program

RESULTS: Final = ROOT / "bench" / "results" / "latency.json"
TARGET_S: Final = 1.0
POLL_S: Final = 0.02
PAUSE_S: Final = 0.3
TIMEOUT_S: Final = 60.0
FILES: Final = ("12 MP", "a photograph of the tests")


@contextmanager
def split() -> Iterator[Person]:
    """Somebody on the split platform."""
    with postgresql() as url, platform(url) as running:
        yield running.person("alice")


@contextmanager
def embedded() -> Iterator[Person]:
    """The account that ``manage.py up`` makes and prints."""
    with tempfile.TemporaryDirectory(prefix="bench-embedded-") as folder:
        port = free_port()
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port)]
        program = Program("up", command, {"VAR_DIR": f"{folder}/var"}, Path(folder))
        program.start()
        try:
            email, password = _welcome(program)
            address = f"http://127.0.0.1:{port}"
            yield Person(email, address, address, address).sign_in(password)
        finally:
            program.stop()


PLATFORMS: Final = {"split": split, "embedded": embedded}


def _welcome(program: Program) -> tuple[str, str]:
    """The e-mail address and password. Raises ``TimeoutError`` when it does not start."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        words = program.words()
        found = re.search(r"Sign in +(\S+) +(\S+)", words)
        if found and "Ctrl-C" in words:
            return found[1], found[2]
        time.sleep(0.1)
    raise TimeoutError(program.words())


def first_rendition_s(person: Person, content: bytes) -> float:
    """Seconds until a rendition of ``content`` has been fetched, asking every 20 ms."""
    started = time.perf_counter()
    answer = person.upload(content)
    if answer.status != 202:
        raise RuntimeError(f"The upload is refused: {answer.body!r}")
    image_id = answer.json["image"]["id"]
    while time.perf_counter() - started < TIMEOUT_S:
        ready = [one["url"] for one in person.image(image_id)["renditions"] if one["url"]]
        if ready:
            if person.fetch(ready[0]).status != 200:
                raise RuntimeError("A rendition that is ready is not there.")
            took = time.perf_counter() - started
            person.job_ended(answer.json["job"]["id"])
            return took
        time.sleep(POLL_S)
    raise TimeoutError(f"There is no rendition of {image_id}.")


def compare(*, uploads: int) -> dict[str, Any]:
    """Both forms of the platform, both files: the median, the fastest and the slowest."""
    start = time.monotonic()
    rows: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="bench-latency-") as folder:
        large = Path(folder) / "large.jpg"
        make_input(large, SIZE)
        files = dict(zip(FILES, (large, PHOTOGRAPH), strict=True))
        for form, ready in PLATFORMS.items():
            with ready() as person:
                first_rendition_s(person, distinct(PHOTOGRAPH))
                for name, file in files.items():
                    rows[f"{form}, {name}"] = _taken(person, file, uploads)
    return {
        "python": machine.python_version(),
        "load_average": round(os.getloadavg()[1], 1),
        "uploads": uploads,
        "seconds": rows,
        "target_s": TARGET_S,
        "took_s": round(time.monotonic() - start, 1),
    }


def _taken(person: Person, file: Path, uploads: int) -> dict[str, float]:
    taken = []
    for _ in range(uploads):
        time.sleep(PAUSE_S)  # idle means that nothing is left to do
        taken.append(first_rendition_s(person, distinct(file)))
    return {
        "median": round(statistics.median(taken), 3),
        "fastest": round(min(taken), 3),
        "slowest": round(max(taken), 3),
    }


def show(report: Mapping[str, Any]) -> bool:
    """Print the times; True when every median is below the target."""
    met = True
    print(f"upload to first rendition, at a load average of {report['load_average']}")
    for name, row in report["seconds"].items():
        is_met = row["median"] < TARGET_S
        met = met and is_met
        print(
            f"  {'met    ' if is_met else 'NOT MET'}  {name:36} median {row['median']:.2f} s, "
            f"from {row['fastest']:.2f} to {row['slowest']:.2f} s"
        )
    print(f"took {report['took_s']} s")
    return met


def run(*, uploads: int = 7) -> bool:
    """Compare, print and write the results; True when the target is met."""
    report = compare(uploads=uploads)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return show(report)


def main() -> int:
    """Take the options of the command line; 0 when the target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=7, help="of each file")
    return 0 if run(uploads=parser.parse_args().uploads) else 1


if __name__ == "__main__":
    sys.exit(main())
