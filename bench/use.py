"""How much the capacity sheet assumes that people use the platform. Change it, and run `report`."""

from dataclasses import dataclass, field
from typing import Final

SCALES: Final = (1_000, 100_000, 10_000_000)


@dataclass(frozen=True)
class Use:
    """Of one person who uses the platform on a day, and of a day."""

    active_share: float = 0.1
    """Of all users, those who use it on a day."""
    calls: dict[str, float] = field(
        default_factory=lambda: {
            "gateway/overview": 10,
            "gateway/list": 20,
            "gateway/image": 60,
            "gateway/renditions": 5,
            "gateway/job": 20,
            "gateway/jobs": 10,
            "gateway/presets": 10,
            "gateway/usage": 5,
            "auth/profile": 5,
            "auth/refresh": 10,
        }
    )
    """By the names of `bench reads`."""
    pictures: float = 400
    """Pictures that are looked at, by signed address."""
    missed_share: float = 0.05
    """Of the pictures, those that no cache has: the role checks the address."""
    uploads: float = 5
    """Photographs of 12 megapixels, each with eight renditions."""
    new_renditions: float = 1
    """Renditions of a stored image that were never asked for before."""
    upload_mb: float = 4.0
    renditions_mb: float = 1.2
    """Of all eight."""
    picture_mb: float = 0.06
    busiest_hour_share: float = 0.12
    """Of the day's work, what comes in its busiest hour."""
    busiest_minute_times: float = 2.0
    """How much more than the mean of that hour its busiest minute has."""

    def peak_per_s(self, users: float, a_day: float) -> float:
        """Of something that each active person does ``a_day`` times: the rate to be ready for."""
        hour = users * self.active_share * a_day * self.busiest_hour_share
        return hour / 3600 * self.busiest_minute_times

    def daily(self, users: float, a_day: float) -> float:
        """How often it happens on a day."""
        return users * self.active_share * a_day
