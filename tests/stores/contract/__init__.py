"""The checks, a module for each part of the contract; importing this one knows them all."""

from collections.abc import Sequence
from typing import Final

from tests.stores.contract import (
    checksums,
    conditions,
    copies,
    keys,
    listing,
    multipart,
    objects,
    platform,
    presigned,
    ranges,
    rights,
    signatures,
)
from tests.stores.contract.checks import FOUND, Check

PARTS: Final = [
    *(objects, ranges, conditions, multipart, listing, keys, checksums, copies),
    *(presigned, signatures, rights, platform),
]
CHECKS: Final[Sequence[Check]] = sorted(
    FOUND, key=lambda check: [part.__name__ for part in PARTS].index(check.ask.__module__)
)
"""All of them, in the order of the table."""
