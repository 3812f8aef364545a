"""The jobs runner: what takes long or talks to the outside (read, paper, send), and what is due by the clock."""

from collections.abc import Sequence

import structlog
from django.conf import settings
from procrastinate import App
from procrastinate.contrib.django import app

QUEUES = ("read", "paper", "send", "clock")
LOOK_EVERY = 2.0  # seconds between two looks; new jobs are announced too
log = structlog.get_logger()


@app.periodic(cron="* * * * *")
@app.task(name="worker.retry_stalled", queue="clock", queueing_lock="retry-stalled")
async def retry_stalled(timestamp: int) -> None:  # noqa: ARG001 - the clock passes the minute it stands for
    """Give the jobs of workers that died to others; each job bears being run again."""
    stalled = list(await app.job_manager.get_stalled_jobs())
    for job in stalled:
        log.warning("job of a dead worker", task=job.task_name, job=job.id)
        await app.job_manager.retry_job(job)


def runner() -> App:
    """The jobs app on connections of its own, as a worker needs it."""
    return app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]


def work(queues: Sequence[str] = QUEUES, wait: bool = True) -> None:
    """Run jobs of these queues until a signal, or (`wait` False) until none is ready. A job at work is finished first."""
    if "send" in queues and not settings.EMAIL_HOST:
        log.info("no mail server is set: mails are kept in the outbox")
    runner().run_worker(
        queues=list(queues),
        wait=wait,
        fetch_job_polling_interval=LOOK_EVERY,
        delete_jobs="successful",
        shutdown_graceful_timeout=12.0,
    )
