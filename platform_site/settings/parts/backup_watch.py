"""Which backups are expected, and how often; who makes them has other settings (`backup`).

A platform without any backup is told of by an alert. Where somebody else makes them, such as the
provider of a managed database, an interval of 0 ends that.
"""

from platform_site.kit import env

BACKUP_APPS = ["platform_site.backup"]


def backup_intervals(*, default_s: int) -> dict[str, int]:
    """Seconds within which a run of each kind is to succeed; 0 where nobody expects any."""
    return {
        "backup": env.integer(
            "BACKUP_INTERVAL_S",
            default_s,
            about="Seconds within which a backup is to succeed, else an alert tells; 0: backups "
            "are made by somebody else.",
        ),
        "rehearsal": env.integer(
            "REHEARSAL_INTERVAL_S",
            default_s,
            about="Seconds within which a rehearsal of a restore is to succeed, else an alert "
            "tells; 0: none is expected.",
        ),
    }


BACKUP_INTERVALS_S = backup_intervals(default_s=86_400)
RECOVERY_POINT_OBJECTIVE_S = env.integer(
    "RECOVERY_POINT_OBJECTIVE_S",
    60,
    about="Seconds of work that a disaster may lose, at the most; a rehearsal that finds more "
    "raises an alert.",
)
