"""The record of each run beside the backups, where no restore of the database reaches.

A signed JSON file a run, below ``runs/``. The table of runs follows them, never the other way.
"""

import hmac
import json
from collections.abc import Container, Iterator, Mapping
from typing import Any, Final

import structlog

from platform_site.backup.keyring import Keyring
from platform_site.backup.models import RecordedRun
from platform_site.backup.runs import run_report
from platform_site.backup.stores import FileStore, NotThere

log = structlog.get_logger(__name__)

FOLDER: Final = "runs/"
SUFFIX: Final = ".json"
ID_CHARACTERS: Final = 36
KEPT: Final = 400
"""About a year of one backup and one rehearsal a week, or half a year of one of each a day."""
BYTES_MOST: Final = 64 * 1024


def report_keep(run: RecordedRun, store: FileStore, keyring: Keyring) -> None:
    """Write the report of ``run``, and let go of the oldest. Raises `BackupError`."""
    body = run_report(run)
    document = {"run": body, "signature": keyring.signature(_canonical(body))}
    name = f"{FOLDER}{run.started_at:%Y%m%dT%H%M%SZ}-{run.kind}-{run.id}{SUFFIX}"
    text = json.dumps(document, indent=1).encode() + b"\n"
    store.write(name, [text], content_type="application/json")
    store.delete(_names(store)[:-KEPT])


def reports_read(
    store: FileStore, keyring: Keyring, *, known: Container[str] = ()
) -> Iterator[Mapping[str, Any]]:
    """The reports that are kept, the oldest first; one that was changed is logged and left out.

    Those of the runs ``known`` (their ids) are not asked for: in a bucket each is a request.
    """
    for name in _names(store):
        if name.removesuffix(SUFFIX)[-ID_CHARACTERS:] in known:
            continue
        try:
            with store.read(name) as source:
                document = json.loads(source.read(BYTES_MOST))
            body, signature = dict(document["run"]), str(document["signature"])
        except NotThere:
            continue
        except (ValueError, KeyError, TypeError):
            log.warning("backup_report_unreadable", name=name)
            continue
        if hmac.compare_digest(signature.encode(), keyring.signature(_canonical(body)).encode()):
            yield body
        else:
            log.warning("backup_report_not_signed", name=name)


def _names(store: FileStore) -> list[str]:
    return sorted(store.names(FOLDER))


def _canonical(body: Mapping[str, Any]) -> bytes:
    return json.dumps({"run": body}, sort_keys=True, separators=(",", ":")).encode()
