"""A clock that a test moves by hand."""

import time
from dataclasses import dataclass, field

import pytest

from platform_site.kit.rest import rate_limits


@dataclass
class Clock:
    """Stands in for ``time.monotonic`` and ``time.time``, which then differ by nothing but zero."""

    wall_s: float = field(default_factory=time.time)
    monotonic_s: float = field(default_factory=time.monotonic)

    def advance(self, seconds: float) -> None:
        self.wall_s += seconds
        self.monotonic_s += seconds

    def install(self, monkeypatch: pytest.MonkeyPatch) -> "Clock":
        monkeypatch.setattr(time, "monotonic", lambda: self.monotonic_s)
        monkeypatch.setattr(time, "time", lambda: self.wall_s)
        monkeypatch.setattr(rate_limits, "windows_now", lambda: self.wall_s)
        return self
