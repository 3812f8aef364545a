"""Django, started only by the commands that need it, so that --help is quick."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click


def ready(work: Callable[..., Any]) -> Callable[..., Any]:
    """Start Django (and the database) before the command; where the database cannot run, say why in one line."""

    @wraps(work)
    def started(*args: Any, **kwargs: Any) -> Any:
        start()
        return work(*args, **kwargs)

    return started


def start() -> None:
    """Read the settings, start the embedded database where it is used, register what every package declares."""
    from orderway.postgres import ClusterError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.settings")
    try:
        import django

        django.setup()
    except ClusterError as problem:
        click.echo(str(problem), err=True)
        sys.exit(1)
