"""The three steps of a rotation, each followed by what `make k8s-apply` does: a roll-out."""

from datetime import UTC, datetime, timedelta
from typing import Final

from drills.faults._parts import rolled
from drills.platform import NODES, DrillPlatform
from platform_site.secrets.rotation import KINDS, rotate

SOON: Final = timedelta(seconds=45)
"""When a key of which it must be known before that it will sign begins to: after the roll-out."""


def rotation(platform: DrillPlatform, kind: str) -> None:
    """Begin, switch and, where nothing is left that the old key signed, finish.

    That a new key is known everywhere before it is used is said to have been waited for; what the
    old one signed is good for an hour or days, after which its last step is no load for anybody.
    """
    known_after = KINDS[kind].known_after
    begun = datetime.now(UTC) - known_after + (SOON if known_after else timedelta(0))
    rotate(platform.secrets, kind, "begin", now=begun)
    _applied(platform)
    rotate(platform.secrets, kind, "switch", now=begun + known_after)
    _applied(platform)
    if not KINDS[kind].needed_for:
        rotate(platform.secrets, kind, "finish", now=datetime.now(UTC))
        _applied(platform)


def _applied(platform: DrillPlatform) -> None:
    platform.migrate()
    for node in NODES:
        rolled(platform, *platform.on_node(node), at_once=True)
