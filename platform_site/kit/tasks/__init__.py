"""What every worker and every sender of tasks needs around Celery."""
