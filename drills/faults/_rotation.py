"""The three steps of a rotation, each followed by what `make k8s-apply` does: a roll-out."""

from datetime import UTC, datetime, timedelta
from typing import Final

from drills.faults._parts import rolled
from drills.pages import key_rotated
from drills.platform import NODES, DrillPlatform
from platform_site.secrets.rotation import KINDS, rotate

SOON: Final = timedelta(seconds=45)
"""When a key of which it must be known before that it will sign begins to: after the roll-out."""
WAITED_FOR: Final = timedelta(minutes=10)


def rotation(platform: DrillPlatform, kind: str) -> None:
    """Begin, switch and, where what the old key signed is soon over, finish.

    That a new key is known everywhere before it is used is said to have been waited for, and so are
    minutes; what is good for an hour or days makes its last step no load for anybody. Where nothing
    is waited for, each step is the command of docs/deploy.md.
    """
    known_after = KINDS[kind].known_after
    if not known_after and not KINDS[kind].needed_for:
        for step in ("", "switch", "finish"):
            key_rotated(platform, kind, step)
            _applied(platform)
        return
    begun = datetime.now(UTC) - known_after + (SOON if known_after else timedelta(0))
    rotate(platform.secrets, kind, "begin", now=begun)
    _applied(platform)
    rotate(platform.secrets, kind, "switch", now=begun + known_after)
    _applied(platform)
    if (needed_for := KINDS[kind].needed_for) <= WAITED_FOR:
        rotate(platform.secrets, kind, "finish", now=datetime.now(UTC) + needed_for)
        _applied(platform)


def _applied(platform: DrillPlatform) -> None:
    platform.jobs_run()
    for node in NODES:
        rolled(platform, *platform.on_node(node), at_once=True)
