"""The allowed connections as tables of a page, and back."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import Final

from deploy.k8s.tools.network import Edge

HEAD: Final = "| From | To | Port |\n|---|---|---|\n"
TABLE: Final = re.compile(re.escape(HEAD) + r"((?:\|.*\n)+)")
ROW: Final = re.compile(r"^\| ([\w -]+) \| ([\w -]+) \| ([\w/, ]+) \|$", re.MULTILINE)


def edges_table(found: AbstractSet[Edge]) -> str:
    """A row for each pair that may connect, with its ports."""
    lines = []
    for (source, target), group in groupby(sorted(found), key=lambda edge: edge[:2]):
        ports = ", ".join(sorted((edge[2] for edge in group), key=_port_number))
        lines.append(f"| {source} | {target} | {ports} |\n")
    return HEAD + "".join(lines)


def committed(page: str, *, tables: int | None = None) -> set[Edge]:
    """The connections in the first ``tables`` tables of a page, or in all of them."""
    # Counted: a row that the pattern passes over would be a connection that nobody compares.
    rows = "".join(TABLE.findall(page)[:tables])
    found = ROW.findall(rows)
    if len(found) != rows.count("\n"):
        raise ValueError("a row of the connections was not understood")
    return {(source, target, port) for source, target, ports in found for port in ports.split(", ")}


def words_of_change(before: AbstractSet[Edge], after: AbstractSet[Edge]) -> Iterator[str]:
    """A line for each connection that is new or gone."""
    for sign, found in (("+", after - before), ("-", before - after)):
        for source, target, port in sorted(found):
            yield f"{sign} {source} may connect to {target} on {port}\n"


def _port_number(port: str) -> tuple[int, str]:
    number, _, protocol = port.partition("/")
    return (int(number) if number.isdigit() else 0, protocol)
