"""`orderway serve`: the web processes and the worker, under one supervisor."""

import os
import socket
import sys

import django
from django.core.management import call_command

from .supervise import supervise


def serve(host: str, port: int, web_workers: int) -> int:
    """Bring the database up to date, gather the static files, then serve until a signal; returns the exit status."""
    if not _is_free(host, port):
        print(f"Somebody else listens on {host}:{port}: choose another --port.", file=sys.stderr)
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from django.conf import settings
    from django.db import connections

    connections.close_all()
    print(f"Orderway serves http://{host}:{port} (Ctrl-C stops it)", flush=True)
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    web += ["--workers", str(web_workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    web += [
        "--static-path-route",
        "/static",
        "--static-path-mount",
        str(settings.STATIC_ROOT),
        "orderway.web.wsgi:application",
    ]
    try:
        return supervise({"web": web, **_background()})
    finally:
        _stop_database()


def _is_free(host: str, port: int) -> bool:
    """Whether nobody listens there; two servers would share one port without a word."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        return probe.connect_ex((host, port)) != 0


def _stop_database() -> None:
    """Stop the embedded server, so that nothing of ours runs on; one that somebody else looks after is left alone."""
    from django.conf import settings

    from orderway.cluster import Cluster

    if not settings.DATABASE_URL:
        Cluster(settings.CLUSTER_DIR).stop()


def _background() -> dict[str, list[str]]:
    """The processes behind the pages; sending has one of its own, so that a mail does not wait for a long reading."""
    from django.conf import settings

    own = [sys.executable, "-m", "orderway.worker"]
    processes = {
        "worker": [*own, "reactions"],
        "jobs": [*own, "jobs", "read,paper,clock"],
        "sender": [*own, "jobs", "send"],
    }
    if settings.INLET_FOLDER or settings.IMAP_HOST:
        processes["inlets"] = [*own, "inlets"]
    if not settings.DATABASE_URL:
        processes["database"] = [sys.executable, "-m", "orderway.cli.database"]
    return processes
