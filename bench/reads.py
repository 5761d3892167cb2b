"""Verified reads of the platform beside stock Django, DRF and simplejwt: processor time of each.

Both run under gunicorn with the same worker class, workers and threads, on one PostgreSQL server;
rounds take turns, so that a busy machine slows all of them. Run ``python -m bench.reads``.
"""

import argparse
import json
import os
import platform as machine
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.cpu import cpu_seconds
from bench.load import CONNECTIONS, Outcome, load
from bench.stock.server import StockServer, stock_server
from tests.servers.person import PHOTOGRAPHS, Person
from tests.servers.platform import Platform, platform
from tests.servers.postgresql import postgresql
from tests.servers.processes import Program

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = ROOT / "bench" / "results" / "reads.json"

TARGET_RATIO: Final = 2.0
TARGET_LATENCY_MS: Final = 100.0
TARGET_CPU_MS: Final = 2.0
"""1,000 requests a second at two pods of one core are 2 ms of processor time for each."""

EXTRA: Final = {"GATEWAY_READS_PER_MINUTE": "100000000"}
"""The limit of the gateway is raised, as one client here reads as much as thousands would."""


@dataclass(frozen=True)
class Read:
    """One read: what is asked, the programs that answer it, the stock read that it is held to."""

    name: str
    url: str
    headers: Mapping[str, str]
    programs: Mapping[str, Program]
    peer: str | None = None


@dataclass(frozen=True)
class Sample:
    """One round: the load and the processor seconds of each program meanwhile."""

    outcome: Outcome
    cpu_s: Mapping[str, float]


@contextmanager
def reads_ready() -> Iterator[list[Read]]:
    """Both platforms, running, with one account and one image each."""
    with postgresql() as url, platform(url, extra=EXTRA) as split:
        alice = split.person("alice")
        image = _image(alice)
        profile = alice.send("GET", "/auth/profile").json
        options = split.environment("images")
        with stock_server(
            url,
            split.directory,
            profile=profile,
            image=image,
            workers=options["WEB_WORKERS"],
            threads=options["WEB_THREADS"],
        ) as stock:
            reads = [*_stock_reads(stock, image["id"]), *_our_reads(split, alice, image)]
            for read in reads:
                _answers(read)
            yield reads


def _image(alice: Person) -> dict[str, Any]:
    uploaded = alice.upload(PHOTOGRAPHS / "mountains.jpg").json
    alice.job_ended(uploaded["job"]["id"])
    image: dict[str, Any] = alice.image(uploaded["image"]["id"])
    return image


def _stock_reads(stock: StockServer, image_id: str) -> list[Read]:
    headers, programs = _bearer(stock.token), {"stock": stock.program}
    return [
        Read("stock profile", f"{stock.address}/profile", headers, programs),
        Read("stock presets", f"{stock.address}/presets", headers, programs),
        Read("stock image", f"{stock.address}/images/{image_id}", headers, programs),
    ]


def _our_reads(split: Platform, alice: Person, image: Mapping[str, Any]) -> list[Read]:
    auth, gateway, images = (split.programs[role] for role in ("auth", "gateway", "images"))
    both = {"gateway": gateway, "images": images}
    api, internal = split.address("gateway"), split.address("images")
    mine = _bearer(alice.token)
    role = {
        **_bearer(alice.role_token("images")),
        "X-Service-Authorization": f"Bearer {split.service_token('images')}",
    }
    here = f"images/{image['id']}"
    delivery = next(r["url"] for r in image["renditions"] if r["preset"] == "thumb")
    path = "/i/" + delivery.partition("/i/")[2]
    return [
        Read("profile", f"{split.address('auth')}/auth/profile", mine, {"auth": auth}, _STOCK[0]),
        Read("presets", f"{internal}/internal/v1/presets", role, {"images": images}, _STOCK[1]),
        Read("presets by gateway", f"{api}/api/v1/presets", mine, both, _STOCK[1]),
        Read("image by gateway", f"{api}/api/v1/{here}", mine, both, _STOCK[2]),
        Read("image", f"{internal}/internal/v1/{here}", role, {"images": images}, _STOCK[2]),
        Read("delivery of bytes", f"{internal}{path}", {}, {"images": images}),
    ]


_STOCK: Final = ("stock profile", "stock presets", "stock image")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _answers(read: Read) -> None:
    """Warm every process up. Raises ``RuntimeError`` when the read is not answered with 200."""
    if load(read.url, read.headers, seconds=0.5).refused:
        raise RuntimeError(f"{read.name} is refused.")


def sample(read: Read, *, seconds: float) -> Sample:
    """Load ``read`` for ``seconds``."""
    before = {name: cpu_seconds(_pid(program)) for name, program in read.programs.items()}
    outcome = load(read.url, read.headers, seconds=seconds)
    after = {name: cpu_seconds(_pid(program)) for name, program in read.programs.items()}
    return Sample(outcome, {name: after[name] - before[name] for name in after})


def _pid(program: Program) -> int:
    if program.process is None:
        raise RuntimeError(f"{program.name} is not running.")
    return program.process.pid


def compare(*, rounds: int, seconds: float) -> dict[str, Any]:
    """Every read in turn, round after round: medians, ratios and whether the targets are met."""
    start = time.monotonic()
    samples: dict[str, list[Sample]] = {}
    with reads_ready() as reads:
        for _ in range(rounds):
            for read in reads:
                samples.setdefault(read.name, []).append(sample(read, seconds=seconds))
    rows = {read.name: _row(samples[read.name]) for read in reads}
    for read in reads:
        if read.peer is not None:
            rows[read.name].update(_ratios(rows[read.name], rows[read.peer], read.peer))
    return {
        "python": machine.python_version(),
        "connections": CONNECTIONS,
        "rounds": rounds,
        "load_average": round(os.getloadavg()[1], 1),
        "reads": rows,
        "took_s": round(time.monotonic() - start, 1),
    }


def _row(taken: list[Sample]) -> dict[str, Any]:
    """What the rounds of one read say: medians over the rounds."""
    requests = sum(one.outcome.requests for one in taken)
    cpu_ms = {
        name: round(
            statistics.median(1000 * one.cpu_s[name] / one.outcome.requests for one in taken), 3
        )
        for name in taken[0].cpu_s
    }
    rate = statistics.median(one.outcome.requests / one.outcome.seconds for one in taken)
    return {
        "requests": requests,
        "refused": sum(one.outcome.refused for one in taken),
        "requests_per_s": round(rate),
        "latency_ms": round(statistics.median(one.outcome.latency_ms for one in taken), 1),
        "p95_ms": round(statistics.median(one.outcome.p95_ms for one in taken), 1),
        "cpu_ms": cpu_ms,
    }


def _ratios(ours: Mapping[str, Any], peer: Mapping[str, Any], name: str) -> dict[str, Any]:
    total = sum(ours["cpu_ms"].values())
    return {
        "peer": name,
        "times_less_cpu": round(sum(peer["cpu_ms"].values()) / total, 2),
        "times_the_rate": round(ours["requests_per_s"] / peer["requests_per_s"], 2),
    }


def verdicts(report: Mapping[str, Any]) -> dict[str, bool]:
    """The targets by name, and whether each is met."""
    rows = report["reads"]
    ours = {name: row for name, row in rows.items() if not name.startswith("stock")}
    verified = ("profile", "presets", "image")
    met = {
        f"{name}: {TARGET_RATIO} times stock by processor time": rows[name]["times_less_cpu"]
        >= TARGET_RATIO
        for name in verified
    }
    for name, row in ours.items():
        cpu_ms = max(row["cpu_ms"].values())
        met[f"{name}: 1,000 requests/s of two cores a service"] = cpu_ms <= TARGET_CPU_MS
        met[f"{name}: {TARGET_LATENCY_MS:.0f} ms on average"] = (
            row["latency_ms"] < TARGET_LATENCY_MS
        )
    return met


def show(report: Mapping[str, Any]) -> bool:
    """Print the comparison; True when every target is met."""
    print(f"{'read':20} {'req/s':>6} {'mean':>8} {'p95':>8}  CPU of each request, against stock")
    for name, row in report["reads"].items():
        cpu = ", ".join(f"{role} {ms:.2f} ms" for role, ms in row["cpu_ms"].items())
        against = f"  {row['times_less_cpu']:.2f} times less" if "peer" in row else ""
        print(
            f"{name:20} {row['requests_per_s']:6} {row['latency_ms']:5.1f} ms "
            f"{row['p95_ms']:5.1f} ms  {cpu}{against}"
        )
    met = verdicts(report)
    for target, is_met in met.items():
        print(f"  {'met    ' if is_met else 'NOT MET'}  {target}")
    print(f"took {report['took_s']} s")
    return all(met.values())


def run(*, rounds: int = 5, seconds: float = 1.5) -> tuple[dict[str, Any], bool]:
    """Compare, print and write the results."""
    report = compare(rounds=rounds, seconds=seconds)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report, show(report)


def main() -> int:
    """Take the options of the command line; 0 when every target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each read")
    parser.add_argument("--seconds", type=float, default=1.5, help="of each turn")
    asked = parser.parse_args()
    return 0 if run(rounds=asked.rounds, seconds=asked.seconds)[1] else 1


if __name__ == "__main__":
    sys.exit(main())
