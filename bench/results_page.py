"""``bench/RESULTS.md``: what the parts have measured, as they left it in ``bench/results``."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bench.spread import words
from bench.tables import number, table

Report = Mapping[str, Any]
OWN: Final = ("reads", "pipeline", "capacity")
"""Parts that have tables of their own; the others are shown as they are, number by number."""
HEADS: Final = frozenset(
    {"targets", "python", "cores", "rounds", "load_average", "took_s", "missing"}
)

INTRODUCTION: Final = """\
# Results

Made by `make bench` from `bench/results/*.json`; a test compares the two. Compare ratios: seconds
and requests/s belong to the machine and the moment that took them, whose load average stands with
each part. A spread is the least and the most of the rounds, and a ratio is taken round by round.
What is compared, and how, is in [README.md](README.md).
"""


def results_page(parts: Mapping[str, Report]) -> str:
    """The whole page, of whatever parts there are."""
    sections = [INTRODUCTION, _targets(parts)]
    if "reads" in parts:
        sections.append(_reads(parts["reads"]))
    if "pipeline" in parts:
        sections.append(_pipeline(parts["pipeline"]))
    sections += [_plain(name, part) for name, part in parts.items() if name not in OWN]
    return "\n".join(sections)


def _targets(parts: Mapping[str, Report]) -> str:
    targets = [one for part in parts.values() for one in part.get("targets", ())]
    if not targets:
        return ""
    met = sum(one["met"] for one in targets)
    rows = [
        [one["what"], one["target"], one["measured"], "met" if one["met"] else "**not met**"]
        for one in sorted(targets, key=lambda one: bool(one["met"]))
    ]
    head = ["What", "Target", "Measured", ""]
    return f"## Targets\n\n{met} of {len(targets)} are met.\n\n{table(head, rows)}\n"


def _taken(part: Report) -> str:
    """How it was measured, in a sentence."""
    told = [
        f"{part['rounds']} rounds" if "rounds" in part else "",
        f"load average {part['load_average']}" if "load_average" in part else "",
    ]
    missing = [f"{name}: {reason}." for name, reason in part.get("missing", {}).items()]
    return " ".join([f"Measured in {', '.join(filter(None, told)) or 'one round'}.", *missing])


def _reads(part: Report) -> str:
    def rows() -> Iterator[list[str]]:
        for name, row in part["reads"].items():
            cost = "<br>".join(f"{one} {words(ms)}" for one, ms in row["cpu_ms"].items())
            rate = words(row["requests_per_s"], 0)
            yield [name, cost, rate, words(row["latency_ms"], 0), words(row["p95_ms"], 0)]

    def peers() -> Iterator[list[str]]:
        for name, row in part["reads"].items():
            for peer, beside in row.get("peers", {}).items():
                yield [name, peer, words(beside["cpu"]), words(beside["rate"])]

    head = ["Read", "CPU of a request, ms", "Requests/s of one core", "Mean, ms", "95th, ms"]
    beside = ["Read", "Peer", "Our CPU over the peer's", "Our requests/s over the peer's"]
    return (
        f"## Reads\n\n{_taken(part)} {part['connections']} connections.\n\n"
        f"![Processor time of reads beside their peers](../docs/pictures/bench-reads.svg)\n\n"
        f"{table(beside, peers())}\n\n{table(head, rows())}\n"
    )


def _pipeline(part: Report) -> str:
    def renditions() -> Iterator[list[str]]:
        for source, rows in part["renditions"].items():
            for name, row in rows.items():
                beside = row.get("ours_over_theirs")
                ratio = words(beside) if beside else ""
                yield [f"{source}: {name}", words(row["all_ms"], 0), ratio, f"{row['bytes']:,}"]

    def work() -> Iterator[list[str]]:
        named = {f"a job of 8 renditions, {name}": row for name, row in part["jobs"].items()}
        uploads = ("upload", "PUT to nginx")
        named |= {f"{name} of 5 MB": part["upload"][name] for name in uploads}
        for name, row in named.items():
            cost = "<br>".join(f"{one} {words(ms, 0)}" for one, ms in row["cpu_ms"].items())
            yield [name, cost]

    head = ["A new rendition to its bytes", "CPU, ms", "Ours over theirs", "Bytes"]
    return (
        f"## Pictures through the product\n\n{_taken(part)} Ours is every role, PostgreSQL and "
        f"Redis; the object store is left out.\n\n"
        f"![Processor time of a new rendition](../docs/pictures/bench-renditions.svg)\n\n"
        f"{table(head, renditions())}\n\n{table(['Work', 'CPU, ms'], work())}\n"
    )


def _plain(name: str, part: Report) -> str:
    rows = [[" / ".join(path), value] for path, value in _leaves(part)]
    return f"## {name.capitalize()}\n\n{_taken(part)}\n\n{table(['What', 'Measured'], rows)}\n"


def _leaves(found: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """(names, value) of every number and word of a report."""
    if isinstance(found, Mapping):
        for name, inner in found.items():
            if path or name not in HEADS:
                yield from _leaves(inner, (*path, str(name).replace("|", "/")))
    elif isinstance(found, bool) or found is None:
        yield path, {True: "yes", False: "no", None: "–"}[found]
    elif isinstance(found, int | float):
        yield path, number(found) if found >= 0 else str(found)
    elif isinstance(found, str):
        yield path, found.replace("|", "/")
    elif isinstance(found, list):
        yield path, f"{len(found)} values"
