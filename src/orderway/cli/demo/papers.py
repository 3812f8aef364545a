"""Making the papers the history asks for: by two processes beside this one, because that is most of the work."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from multiprocessing import get_context
from typing import Any

from orderway.cli.supervise import die_with
from orderway.kernel import clock

PROCESSES = 2
WORTH_IT = 5  # days: for fewer no process is started

Print = Callable[[datetime], None]
Wanted = tuple[datetime, int, Mapping[str, Any]]


@contextmanager
def printing_office(days: int) -> Iterator[Print]:
    """For so many days: what makes all papers that are asked for, as of a moment. Each is asked for until it is filed, so none is lost."""
    pool: list[ProcessPoolExecutor] = []

    def make_all(at: datetime) -> None:
        while wanted := _wanted(at):
            if days >= WORTH_IT and not pool:
                pool.append(ProcessPoolExecutor(PROCESSES, get_context("spawn"), _ready, (os.getpid(),)))
            if pool:
                list(pool[0].map(_make, wanted, chunksize=3))
            else:
                list(map(_make, wanted))

    try:
        yield make_all
    finally:
        for one in pool:
            one.shutdown()


def _wanted(at: datetime) -> list[Wanted]:
    from procrastinate.contrib.django import app

    jobs = app.job_manager.list_jobs(queue="paper", status="todo")
    return [(at, job.id or 0, arguments_of(job)) for job in sorted(jobs, key=lambda job: job.id or 0)]


def arguments_of(job: Any) -> Mapping[str, Any]:
    """What a queued job is called with; Django's connection gives jsonb as text."""
    stored = job.task_kwargs
    given: Mapping[str, Any] = json.loads(stored) if isinstance(stored, str) else stored
    return given


def _ready(parent: int) -> None:
    die_with(parent)
    # a new process imports this file before Django is started, so the file itself imports nothing that needs it
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.settings")
    import django

    django.setup()


def _make(wanted: Wanted) -> None:
    from procrastinate.contrib.django import app

    from orderway.documents import printing

    at, job, arguments = wanted
    with clock.at(at):
        printing.file(**arguments)
    app.job_manager.cancel_job_by_id(job, delete_job=True)
