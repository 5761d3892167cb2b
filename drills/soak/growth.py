"""Whether a series grows: its slope, how sure that is, and what is said of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import fmean
from typing import Final

WARM_UP: Final = 1 / 3
"""Of a run, in which caches fill and pools open; what is measured there is left out."""
BLOCKS: Final = 12
"""Samples that follow each other are alike, which would make a slope look surer than it is. Means
of blocks are less so."""
T_95: Final = 2.228
"""Student's t for 95 % and `BLOCKS` - 2 degrees of freedom."""
HOUR_S: Final = 3600.0


class Growth(StrEnum):
    """What is said of a series."""

    FLAT = "flat"
    GROWS = "grows"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Slope:
    """What a series does in an hour: ``per_hour`` more, give or take ``error`` (95 %)."""

    mean: float
    per_hour: float
    error: float
    bound: float

    @property
    def growth(self) -> Growth:
        """Flat when it is sure to stay below the bound, growing when it is sure not to.

        Of a series that is too noisy, or a run that is too short, neither is sure.
        """
        if self.per_hour - self.error > self.bound:
            return Growth.GROWS
        if self.per_hour + self.error <= self.bound:
            return Growth.FLAT
        return Growth.UNCLEAR


def slope_of(samples: Sequence[tuple[float, float]], *, share: float, floor: float) -> Slope:
    """The slope of ``(second, value)`` by least squares over means of blocks, after the warm-up.

    The bound is ``share`` of the mean in an hour, at least ``floor``.
    """
    began, ended = samples[0][0], samples[-1][0]
    kept = [each for each in samples if each[0] >= began + WARM_UP * (ended - began)]
    if len(kept) < BLOCKS:
        raise ValueError(f"{len(kept)} samples after the warm-up are too few; {BLOCKS} are needed.")
    edges = [round(number * len(kept) / BLOCKS) for number in range(BLOCKS + 1)]
    blocks = [kept[a:b] for a, b in pairwise(edges)]
    times = [fmean(t for t, _value in block) for block in blocks]
    values = [fmean(value for _t, value in block) for block in blocks]
    middle, mean = fmean(times), fmean(values)
    spread = sum((t - middle) ** 2 for t in times)
    rate = sum((t - middle) * (v - mean) for t, v in zip(times, values, strict=True)) / spread
    rests = [v - mean - rate * (t - middle) for t, v in zip(times, values, strict=True)]
    error = math.sqrt(sum(rest**2 for rest in rests) / (BLOCKS - 2) / spread)
    bound = max(share * mean, floor)
    return Slope(mean, rate * HOUR_S, T_95 * error * HOUR_S, bound)
