"""What the scheduler has this app do."""

from celery import shared_task

from accounts.services import sessions


@shared_task(name="accounts.sessions_expire", ignore_result=True)
def sessions_expire() -> None:
    """Forget sessions that expired or ended long ago."""
    sessions.sessions_expire()
