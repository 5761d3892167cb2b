"""At what fraction of its size a JPEG is decoded: a rule of the source and the target alone."""

from typing import Final

DRAFT_GAP: Final = 1.75
"""How many times the target's longest side a decoded picture has at least.

A decoder's own reduction is rougher than the filter that follows: from 1.75 on the two together
stay above 45 dB against one full filter, at 1.5 they fall to 44 and at 1.25 to 40.
"""

SHARED_SIDE: Final = 1_600
"""Targets up to this longest side, in pixels, are made from one decoded picture.

Reading the entropy code costs most and is the same at every scale, so a set of sizes would pay
for it once for each scale; a small target alone pays a little more than it must.
"""

_SCALES: Final = (8, 4, 2)


def draft_scale(source: tuple[int, int], target: tuple[int, int]) -> int:
    """The scale (1, 2, 4 or 8) at which a JPEG of size ``source`` is decoded for ``target``.

    Both are (width, height) in pixels that lie the same way. The decoded picture has
    ``source / scale`` pixels a side, rounded up. Other formats are always decoded at scale 1.

    >>> draft_scale((8000, 6000), (200, 150)), draft_scale((4000, 3000), (1600, 1200))
    (2, 1)
    """
    needed = DRAFT_GAP * max(*target, SHARED_SIDE)
    return next((scale for scale in _SCALES if max(source) >= scale * needed), 1)
