"""Sends lost jobs again, now."""

from typing import Any

from django.core.management.base import BaseCommand

from images.services.jobs import jobs_requeue_stuck


class Command(BaseCommand):
    help = "Send again the jobs that the broker or a worker lost, as the scheduler does regularly."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - there are none
        self.stdout.write(f"{jobs_requeue_stuck()} jobs sent again")
