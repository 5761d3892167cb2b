"""What is counted in a soak: memory, files and connections of processes, and what servers keep."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
import urllib3
from redis import Redis

PROC: Final = Path("/proc")
MB: Final = 1024.0
COUNTED: Final = """
SELECT (SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()),
       (SELECT coalesce(sum(n_dead_tup), 0) FROM pg_stat_user_tables)
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that is counted; ``share`` and ``floor`` bound what it may grow by in an hour."""

    name: str
    unit: str
    share: float
    floor: float


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("memory", "MB", 0.1, 10.0),
        Kind("open files", "files", 0.1, 6.0),
        Kind("temporary files", "files", 0.1, 6.0),
        Kind("connections", "connections", 0.1, 6.0),
        Kind("metric series", "series", 0.05, 60.0),
        Kind("keys without an end", "keys", 0.1, 6.0),
        Kind("dead rows", "rows", 1.0, 20_000.0),
    )
}


def group_of(leader: int) -> list[int]:
    """The processes of a group, such as a gunicorn arbiter and its workers."""
    found = []
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == leader:
                    found.append(int(entry.name))
            except ProcessLookupError:
                continue
    return found


def memory_mb(pids: Iterable[int]) -> float:
    """Their anonymous memory, each page shared by several counted once (proportional set size).

    Pages of files are left out: their share changes with who else has the same library open.
    """
    total_kb = 0
    for pid in pids:
        try:
            text = (PROC / str(pid) / "smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        total_kb += sum(map(int, re.findall(r"^(?:Pss_Anon|SwapPss):\s+(\d+)", text, re.MULTILINE)))
    return total_kb / MB


def open_files(pids: Iterable[int]) -> int:
    """Their file descriptors, sockets among them."""
    total = 0
    for pid in pids:
        try:
            total += sum(1 for _ in (PROC / str(pid) / "fd").iterdir())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return total


def of_groups(leaders: Mapping[str, int]) -> dict[tuple[str, str], float]:
    """Memory and open files of each group of processes, by its name."""
    found: dict[tuple[str, str], float] = {}
    for name, leader in leaders.items():
        pids = group_of(leader)
        if pids:
            found["memory", name] = memory_mb(pids)
            found["open files", name] = float(open_files(pids))
    return found


def of_database(url: str) -> dict[tuple[str, str], float]:
    """Connections of others, and rows that are dead and not vacuumed yet."""
    with psycopg.connect(url) as connection:
        row = connection.execute(COUNTED).fetchone()
    connections, rows = row or (0, 0)
    return {
        ("connections", "postgresql"): float(connections),
        ("dead rows", "postgresql"): float(rows),
    }


def of_redis(name: str, url: str) -> dict[tuple[str, str], float]:
    """Connections, and keys that no time will take away."""
    with Redis.from_url(url) as client:
        keyspace = client.info("keyspace").values()
        clients = client.info("clients")["connected_clients"]
    lasting = sum(each["keys"] - each["expires"] for each in keyspace)
    return {
        ("connections", name): float(clients),
        ("keys without an end", name): float(lasting),
    }


def of_metrics(name: str, port: int) -> dict[tuple[str, str], float]:
    """How many series an instance publishes; none when it does not answer."""
    try:
        url = f"http://127.0.0.1:{port}/metrics"
        reply = urllib3.request("GET", url, timeout=5.0, retries=False)
    except urllib3.exceptions.HTTPError:
        return {}
    lines = reply.data.decode().splitlines()
    return {("metric series", name): float(sum(1 for x in lines if x and not x.startswith("#")))}


def of_folder(name: str, folder: Path) -> dict[tuple[str, str], float]:
    """How many files lie in a folder and below it."""
    files = sum(1 for path in folder.rglob("*") if path.is_file())
    return {("temporary files", name): float(files)}
