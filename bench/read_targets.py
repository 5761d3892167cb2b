"""What the reads are held to, and whether each is met."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from bench.verdict import Verdict

Rows = Mapping[str, Mapping[str, Any]]

SERVICES: Final = ("images", "gateway", "auth")
ROLE_MS: Final = 2.0
"""1,000 requests a second at two pods of one core are 2 ms of processor time for each."""
WRITES: Final = frozenset({"auth/refresh"})

CPU_MS: Final[Mapping[str, Mapping[str, float]]] = {
    "images/presets": {"images": 0.40},
    "images/image": {"images": 0.75},
    "gateway/presets": {"gateway": 0.65, "images": 0.55},
    "gateway/image": {"gateway": 0.80, "images": 1.0},
    "gateway/list": {"all roles": 3.5},
    "gateway/overview": {"all roles": 6.0},
    "auth/profile": {"auth": 1.2},
    "auth/jwks": {"auth": 0.3},
    "auth/introspect": {"auth": 1.5},
    "auth/refresh": {"auth": 3.0},
}
"""Milliseconds of processor time of a request at most, by role."""
TIMES_LESS: Final = {("images/presets", "stock/presets"): 4.0, ("images/image", "stock/image"): 5.0}
"""How much less processor time than the peer at least."""
TIMES_THE_RATE: Final = {
    ("gateway/presets", "Express hop/presets"): 0.8,
    ("gateway/image", "Express hop/image"): 0.6,
}
"""Requests a second on one core, against the peer's, at least."""


def verdicts(rows: Rows) -> list[dict[str, Any]]:
    """Every target of which there is a row."""
    return [asdict(one) for one in (*_costs(rows), *_beside(rows), *_thousand(rows))]


def _costs(rows: Rows) -> Iterator[Verdict]:
    for name, targets in CPU_MS.items():
        for role, most in targets.items():
            if name not in rows:
                continue
            row = rows[name]
            found = row["roles_ms"] if role == "all roles" else row["cpu_ms"][role]
            ms = found["median"]
            yield Verdict(f"{name}: CPU of {role}", f"≤ {most:.2f} ms", f"{ms:.2f} ms", ms <= most)


def _beside(rows: Rows) -> Iterator[Verdict]:
    for (name, peer), least in TIMES_LESS.items():
        beside = rows.get(name, {}).get("peers", {}).get(peer)
        if beside is not None:
            less = 1 / beside["cpu"]["median"]
            what = f"{name}: times less CPU than {peer}"
            yield Verdict(what, f"≥ {least:.1f}", f"{less:.1f}", less >= least)
    for (name, peer), least in TIMES_THE_RATE.items():
        beside = rows.get(name, {}).get("peers", {}).get(peer)
        if beside is not None:
            rate = beside["rate"]["median"]
            what = f"{name}: requests/s of one core, against {peer}"
            yield Verdict(what, f"≥ {least:.1f} ×", f"{rate:.2f} ×", rate >= least)


def _thousand(rows: Rows) -> Iterator[Verdict]:
    """1,000 requests a second at two pods of one core, of every read; its mean latency is told."""
    for name, row in rows.items():
        if name.partition("/")[0] not in SERVICES or name in WRITES:
            continue
        costs = {role: ms["median"] for role, ms in row["cpu_ms"].items() if role in SERVICES}
        dearest = max(costs, key=lambda role: costs[role])
        mean = row["latency_ms"]["median"]
        yield Verdict(
            f"{name}: 1,000 requests/s at two pods of one core",
            f"≤ {ROLE_MS:.1f} ms a role",
            f"{costs[dearest]:.2f} ms of {dearest}; mean {mean:.0f} ms at 32 connections",
            costs[dearest] <= ROLE_MS,
        )
