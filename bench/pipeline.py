"""Pictures through the product beside those who only make pictures: processor time of everybody.

A new rendition of a stored image, from the request to its bytes, beside imgproxy, thumbor and sharp
over HTTP; the upload of a large file beside a PUT to nginx; jobs of eight renditions by megapixel.
Rounds take turns. Run ``python -m bench pipeline``.
"""

import argparse
import os
import platform as machine
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

import urllib3
from PIL import Image

from bench import reports
from bench.core import make_input
from bench.cpu import cpu_seconds
from bench.peers.files import FileServer, file_server
from bench.peers.images import RESIZERS, Resizer
from bench.peers.node import PeerMissing
from bench.pipeline_targets import verdicts
from bench.served import STORE, Served, served
from bench.spread import ratios, spread, words
from bench.worker import distinct

OURS: Final = "the platform"
WAIT_S: Final = 30.0
POLLS_S: Final = (0.1, 0.25, 0.475)
"""How a client asks again that was not answered at once: as the gateway's own waiting does."""
SOURCES: Final = {
    "12 MP to 800 pixels": ((4000, 3000), 800),
    "2000 to 500 pixels": ((2000, 1500), 500),
}
JOB_SOURCES: Final = {"2 MP": (1632, 1224), "12 MP": (4000, 3000), "24 MP": (6000, 4000)}
PRESETS: Final = ("thumb", "small", "medium", "large")
UPLOAD_BYTES: Final = 5_000_000
ROLES: Final = ("auth", "gateway", "images")
_widths: Final = count()


@dataclass(frozen=True)
class Way:
    """One that makes pictures: its processes, and how it is asked for a width of a source."""

    pids: Mapping[str, int]
    make: Callable[[str, int], bytes]


@dataclass(frozen=True)
class Scene:
    """Everything that is running, and the stored sources by their name."""

    now: Served
    http: urllib3.PoolManager
    files: FileServer
    ways: Mapping[str, Way]
    missing: Mapping[str, str]


@contextmanager
def scene() -> Iterator[Scene]:
    """The platform and its peers, with the same sources at both."""
    http = urllib3.PoolManager(retries=False, timeout=60.0)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-pipeline-")))
        now = stack.enter_context(served(images=1))
        files = stack.enter_context(file_server())
        ids, addresses = {}, {}
        for name, (size, _) in SOURCES.items():
            file = folder / "source.jpg"
            make_input(file, size)
            addresses[name] = files.put(f"{size[0]}.jpg", file.read_bytes())
            ids[name] = _published(now, distinct(file), "thumb")[0]
        ways, missing = {OURS: _platform(now, ids)}, {}
        for name, start in RESIZERS.items():
            try:
                peer = stack.enter_context(start(folder))
            except PeerMissing as exc:
                missing[name] = str(exc)
            else:
                ways[name] = _peer(peer, files, http, addresses)
        yield Scene(now, http, files, ways, missing)


def _platform(now: Served, ids: Mapping[str, str]) -> Way:
    def make(source: str, width: int) -> bytes:
        return rendition(now, ids[source], width)

    return Way(now.programs(), make)


def _peer(
    peer: Resizer, files: FileServer, http: urllib3.PoolManager, addresses: Mapping[str, str]
) -> Way:
    if peer.program.process is None:
        raise RuntimeError(f"{peer.program.name} is not running.")

    def make(source: str, width: int) -> bytes:
        reply = http.request("GET", peer.address(addresses[source], width))
        if reply.status != 200:
            raise RuntimeError(f"{peer.program.name}: {reply.status} {reply.data[:200]!r}")
        return bytes(reply.data)

    return Way({peer.program.name: peer.program.process.pid, "nginx": files.pid}, make)


def rendition(now: Served, image_id: str, width: int) -> bytes:
    """The bytes of a new rendition, as a client of the public API gets them."""
    path = f"/api/v1/images/{image_id}/renditions"
    body = {"ops": {"width": width, "format": "jpeg", "quality": 82}}
    answer = now.alice.send("POST", path, body, {"Prefer": f"wait={WAIT_S:.0f}"})
    if answer.status not in {200, 202}:
        raise RuntimeError(f"The rendition is refused: {answer.body!r}")
    wanted = answer.json["renditions"][0]
    pauses = iter(POLLS_S)
    while not wanted["url"]:
        time.sleep(next(pauses, POLLS_S[-1]))
        answer = now.alice.send("GET", path)
        wanted = next(one for one in answer.json["results"] if one["id"] == wanted["id"])
        if wanted["state"] == "failed":
            raise RuntimeError(f"The rendition has failed: {wanted}")
    return now.alice.fetch(wanted["url"]).body


def _published(now: Served, content: bytes, presets: str) -> tuple[str, str]:
    """(image, job) of an upload, once the job has ended."""
    answer = now.alice.upload(content, presets=presets)
    if answer.status != 202:
        raise RuntimeError(f"The upload is refused: {answer.body!r}")
    job_id = answer.json["job"]["id"]
    if now.alice.job_ended(job_id)["state"] != "succeeded":
        raise RuntimeError("The job has failed.")
    return answer.json["image"]["id"], job_id


def charged(pids: Mapping[str, int], work: Callable[[], object], times: int) -> dict[str, float]:
    """Processor milliseconds of each program for one ``work``, which is done ``times`` times."""
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    for _ in range(times):
        work()
    return {name: 1000 * (cpu_seconds(pid) - before[name]) / times for name, pid in pids.items()}


def renditions(at: Scene, *, rounds: int, pictures: int) -> dict[str, Any]:
    """Each source by everybody in turn."""
    rows: dict[str, Any] = {}
    for source, (_, width) in SOURCES.items():
        taken: dict[str, list[dict[str, float]]] = {name: [] for name in at.ways}
        sizes: dict[str, int] = {}
        for turn in range(-1, rounds):
            for name, way in at.ways.items():

                def make(way: Way = way, name: str = name) -> None:
                    # Each a width of its own: what has been made once is not made again.
                    sizes[name] = len(way.make(source, width - next(_widths) % 100))  # noqa: B023

                found = charged(way.pids, make, pictures)
                if turn >= 0:
                    taken[name].append(found)
        rows[source] = {name: _row(found) for name, found in taken.items()}
        for name, row in rows[source].items():
            row["bytes"] = sizes[name]
            if name != OURS:
                row["ours_over_theirs"] = ratios(_sums(taken[OURS]), _sums(taken[name]))
    return rows


def uploads(at: Scene, path: Path, *, rounds: int, times: int) -> dict[str, Any]:
    """A large file through the gateway to its row and object, beside a PUT to nginx."""
    large_file(path)
    file = path.read_bytes()
    pids = {name: pid for name, pid in at.now.programs().items() if name in ROLES}
    numbers = count()
    ours, puts = [], []
    for turn in range(-1, rounds):
        jobs = []

        def send() -> None:
            answer = at.now.alice.upload(distinct(path), presets="thumb")
            if answer.status != 202:
                raise RuntimeError(f"The upload is refused: {answer.body!r}")
            jobs.append(answer.json["job"]["id"])  # noqa: B023

        def put() -> None:
            reply = at.http.request("PUT", f"{at.files.address}/put/{next(numbers)}", body=file)
            if reply.status != 201:
                raise RuntimeError(f"The PUT is refused: {reply.status}")

        found, direct = charged(pids, send, times), charged({"nginx": at.files.pid}, put, times)
        for job_id in jobs:
            at.now.alice.job_ended(job_id)
        if turn >= 0:
            ours.append(found)
            puts.append(direct)
    return {"bytes": len(file), "upload": _row(ours), "PUT to nginx": _row(puts)}


def large_file(path: Path) -> None:
    """A photograph of `UPLOAD_BYTES` or a little more."""
    make_input(path, (4000, 3000))
    with Image.open(path) as opened:
        photograph = opened.convert("RGB")
    for quality in range(90, 101):
        photograph.save(path, "JPEG", quality=quality)
        if path.stat().st_size >= UPLOAD_BYTES:
            return
    raise RuntimeError("No quality makes the file large enough.")


def jobs_of_eight(at: Scene, *, times: int) -> dict[str, Any]:
    """Processor milliseconds of a job of eight renditions, by the megapixels of its original.

    ``worker`` is the worker's own; ``samples`` are those of each job, as a simulation needs them.
    """
    pids = {name: pid for name, pid in at.now.programs().items() if name not in ROLES}
    rows = {}
    with tempfile.TemporaryDirectory(prefix="bench-jobs-") as folder:
        for name, size in JOB_SOURCES.items():
            file = Path(folder) / "source.jpg"
            make_input(file, size)

            def publish(file: Path = file) -> None:
                _published(at.now, distinct(file), ",".join(PRESETS))

            publish()
            taken = [charged(pids, publish, 1) for _ in range(times)]
            rows[name] = {
                "megapixels": round(size[0] * size[1] / 1e6, 1),
                "samples_ms": [round(one["worker"], 1) for one in taken],
                **_row(taken),
            }
    return rows


def _row(taken: list[dict[str, float]]) -> dict[str, Any]:
    return {
        "cpu_ms": {name: spread([one[name] for one in taken], 1) for name in taken[0]},
        "all_ms": spread(_sums(taken), 1),
    }


def _sums(taken: list[dict[str, float]]) -> list[float]:
    """Of every program but the object store."""
    return [sum(ms for name, ms in one.items() if name != STORE) for one in taken]


def compare(*, rounds: int, pictures: int) -> dict[str, Any]:
    """All three, one after the other."""
    start = time.monotonic()
    with scene() as at, tempfile.TemporaryDirectory(prefix="bench-upload-") as folder:
        large = Path(folder) / "large.jpg"
        report: dict[str, Any] = {
            "python": machine.python_version(),
            "cores": os.cpu_count(),
            "rounds": rounds,
            "missing": dict(at.missing),
            "renditions": renditions(at, rounds=rounds, pictures=pictures),
            "upload": uploads(at, large, rounds=rounds, times=pictures),
            "jobs": jobs_of_eight(at, times=rounds + 1),
        }
    return {
        **report,
        "targets": verdicts(report),
        "load_average": round(os.getloadavg()[1], 1),
        "took_s": round(time.monotonic() - start, 1),
    }


def show(report: Mapping[str, Any]) -> bool:
    """Print the comparison; True when every target is met."""
    for source, rows in report["renditions"].items():
        print(f"A new rendition to its bytes, {source}")
        for name, row in rows.items():
            beside = row.get("ours_over_theirs")
            times = f"  ours is {words(beside)} times that" if beside else ""
            print(f"  {name:14} {words(row['all_ms'], 0):18} ms  {row['bytes']} bytes{times}")
    for name in ("upload", "PUT to nginx"):
        print(f"{name:16} {words(report['upload'][name]['all_ms'], 1)} ms")
    for name, row in report["jobs"].items():
        parts = ", ".join(f"{one} {words(ms, 0)}" for one, ms in row["cpu_ms"].items())
        print(f"A job of 8 renditions of {name}: {parts} ms")
    return reports.verdict_show(report)


def main() -> int:
    """Take the options of the command line; 0 when every target is met."""
    is_quick = reports.is_quick()
    parser = argparse.ArgumentParser(prog="python -m bench pipeline", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2 if is_quick else 5, help="of everybody")
    parser.add_argument("--pictures", type=int, default=2 if is_quick else 6, help="in each turn")
    asked = parser.parse_args()
    report = compare(rounds=asked.rounds, pictures=asked.pictures)
    reports.write("pipeline", report)
    return 0 if show(report) else 1


if __name__ == "__main__":
    sys.exit(main())
