"""A worker of a bad build: each job ends in an error that it does not know."""

from platform_site.celery import app


def _broken(run: object) -> None:
    raise RuntimeError("a bad build")


def _break() -> None:
    from images.services import job_execution  # noqa: PLC0415 - the apps are loaded by now

    job_execution.CARRIED_OUT_BY = dict.fromkeys(job_execution.CARRIED_OUT_BY, _broken)  # type: ignore[misc]


app.on_after_finalize.connect(lambda **_: _break(), weak=False)
