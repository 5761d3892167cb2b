"""Lists, searches, counts and the status with a thousand and with a million images of one owner.

The rows lie in one PostgreSQL server, written by itself. A cost is the processor time of the
selector in Python and of the server's process, rounds in turn. Run ``python -m bench.growth``.
"""

# ruff: noqa: E402 - models are there once Django is set up

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings.test_embedded")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django
from django.conf import settings

django.setup()

from django.core.management import call_command
from django.db import connection, transaction

from bench import reports
from bench.spread import Spread, ratios, spread, words
from images.models import Image
from images.selectors.figures import ended_in_a_day, stored_totals
from images.selectors.images import ImageFilter, image_count, images_paged
from images.selectors.jobs import jobs_paged, jobs_under_way, oldest_queued
from images.selectors.usage import worker_heartbeats
from images.services.figures import figures_count
from platform_site.kit.rest.pagination import LIMIT_DEFAULT, Page, cursor_at
from tests.images.grown_rows import TABLES, library_grow
from tests.servers.postgresql import postgresql

FEW: Final = 1_000
OTHERS: Final = 6 / 5
"""Of six rows five are the owner's."""
TARGET: Final = 2.0
TARGET_OF_WORDS: Final = 5.0
CALLS: Final = 20
LISTS: Final[Mapping[str, dict[str, Any]]] = {
    "newest": {},
    "state failed": {"state": "failed"},
    "state ready": {"state": "ready"},
    "format png": {"format": "png"},
    "tag on every tenth": {"tag": "common"},
    "tag on few": {"tag": "rare"},
    "trash": {"trashed": True},
    "words in all": {"words": "img"},
    "words in a fourth": {"words": "Holiday"},
    "words in a hundredth": {"words": "00.jpg"},
    "words in a thousandth": {"words": "000.jpg"},
    "words in the oldest hundred": {"words": "ancient"},
    "words in one": {"words": "0000345"},
    "words in none": {"words": "nowhere"},
    "two letters in none": {"words": "zq"},
}
JOBS: Final[Mapping[str, tuple[str, ...]]] = {
    "jobs": (),
    "jobs failed": ("failed",),
    "jobs under way": ("running", "queued"),
}
FEW_JOBS: Final = 1
"""The owner of few has one failed job."""
COUNTS: Final = ("newest", "format png", "words in a thousandth")
"""Also counted; a count reads what it counts, so it is shown and held to nothing."""

Read = Callable[[], object]


@contextmanager
def server() -> Iterator[None]:
    """An empty database with every table, as Django's own connection."""
    with postgresql() as url:
        parts = urlsplit(url)
        host = dict(parse_qsl(parts.query)).get("host") or parts.hostname or ""
        for target in (settings.DATABASES["default"], connection.settings_dict):
            target.update(HOST=host, PORT=parts.port or "", USER=parts.username, NAME="postgres")
        call_command("migrate", verbosity=0)
        yield
        connection.close()


def owner_with(images: int) -> UUID:
    """Someone new with that many images, and statistics of all tables."""
    owner_id = uuid4()
    with transaction.atomic():
        library_grow(owner_id=owner_id, count=round(images * OTHERS))
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(TABLES)}")
    return owner_id


def lengths_of(owner_id: UUID) -> dict[str, int]:
    """How many images a page of each list has; of one without any, as many as by default."""
    pages = {name: _page(owner_id, narrowed).items for name, narrowed in LISTS.items()}
    return {name: len(items) or LIMIT_DEFAULT for name, items in pages.items()}


def reads_of(owner_id: UUID, lengths: Mapping[str, int]) -> dict[str, Read]:
    """Every read by name, of pages that are as long as ``lengths`` says."""
    middle = _page(owner_id, {}, _middle(owner_id))
    reads: dict[str, Read] = {}
    for name, narrowed in LISTS.items():
        reads[name] = partial(_page, owner_id, narrowed, limit=lengths[name])
    reads["middle of the list"] = partial(_page, owner_id, {}, middle.next_cursor)
    reads["back from the middle"] = partial(_page, owner_id, {}, middle.previous_cursor)
    for name, states in JOBS.items():
        limit = LIMIT_DEFAULT if name == "jobs" else FEW_JOBS
        reads[name] = partial(
            jobs_paged, owner_id=owner_id, image_id=None, states=states, limit=limit, cursor=None
        )
    for name in COUNTS:
        reads[f"count of {name}"] = partial(
            image_count, owner_id=owner_id, narrowed=ImageFilter(**LISTS[name])
        )
    return reads


def _middle(owner_id: UUID) -> str | None:
    """The cursor of the row in the middle of what the owner has."""
    rows = Image.objects.filter(owner_id=owner_id, trashed_at=None).order_by("created_at")
    edge = rows.values_list("created_at", "id")[rows.count() // 2]
    return cursor_at("n", edge)


def _page(
    owner_id: UUID,
    narrowed: dict[str, Any],
    cursor: str | None = None,
    *,
    limit: int = LIMIT_DEFAULT,
) -> Page[Any]:
    return images_paged(
        owner_id=owner_id, narrowed=ImageFilter(**narrowed), limit=limit, cursor=cursor
    )


def status() -> object:
    """What the database is asked for the public status."""
    return (
        stored_totals(), oldest_queued(), worker_heartbeats(), jobs_under_way(), ended_in_a_day(),
    )  # fmt: skip


def cost_ms(read: Read) -> float:
    """Processor milliseconds of one call, in Python and in the server, over `CALLS` of them."""
    started = time.thread_time_ns() + _server_ns()
    for _ in range(CALLS):
        read()
    return (time.thread_time_ns() + _server_ns() - started) / CALLS / 1e6


def _server_ns() -> int:
    """What the server's process of this connection has run, as the kernel counts it."""
    if connection.connection is None:
        connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def compare(*, many: int, rounds: int) -> dict[str, Any]:
    """Every read of the owner of few and of many, in turn, round after round."""
    start = time.monotonic()
    with server():
        first = owner_with(FEW)
        lengths = lengths_of(first)
        few = reads_of(first, lengths)
        figures_count()
        before = [cost_ms(status) for _ in range(rounds)]
        large = reads_of(owner_with(many), lengths)
        built_s = time.monotonic() - start
        figures_count()
        taken: dict[str, tuple[list[float], list[float]]] = {
            "status": (before, [cost_ms(status) for _ in range(rounds)])
        }
        for _ in range(rounds):
            for name, read in few.items():
                small, big = taken.setdefault(name, ([], []))
                small.append(cost_ms(read))
                big.append(cost_ms(large[name]))
    return {
        "few": FEW,
        "many": many,
        "rounds": rounds,
        "load_average": round(os.getloadavg()[1], 1),
        "built_s": round(built_s, 1),
        "took_s": round(time.monotonic() - start, 1),
        "reads": {name: _row(name, *costs) for name, costs in taken.items()},
    }


def _row(name: str, few: list[float], many: list[float]) -> dict[str, Any]:
    times = ratios(many, few)
    target = _target(name)
    met = target is None or times["median"] <= target
    return {
        "few_ms": spread(few), "many_ms": spread(many), "times": times, "target": target, "met": met
    }  # fmt: skip


def _target(name: str) -> float | None:
    if name.startswith("count"):
        return None
    return TARGET_OF_WORDS if name.startswith(("words", "two letters")) else TARGET


def show(report: Mapping[str, Any]) -> bool:
    """Print the comparison; True when every target is met."""
    print(f"{'read':30} {report['few']:>9,} {report['many']:>9,}  times")
    for name, row in report["reads"].items():
        few, many = (row[key]["median"] for key in ("few_ms", "many_ms"))
        times: Spread = row["times"]
        held = "" if row["target"] is None else f"  {'met' if row['met'] else 'NOT MET'}"
        print(f"{name:30} {few:6.2f} ms {many:6.2f} ms  {words(times)}{held}")
    print(f"took {report['took_s']} s, {report['built_s']} s of them for the rows")
    return all(row["met"] for row in report["reads"].values())


def main() -> int:
    """Compare, print and write the results; 0 when every target is met."""
    quick = reports.is_quick()
    report = compare(many=100_000 if quick else 1_000_000, rounds=2 if quick else 5)
    reports.write("growth", report)
    return 0 if show(report) else 1


if __name__ == "__main__":
    sys.exit(main())
