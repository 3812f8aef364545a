"""`orderway serve`: the web processes and the worker, under one supervisor."""

import os
import sys

import django
from django.core.management import call_command

from .supervise import supervise


def serve(host: str, port: int, web_workers: int) -> int:
    """Bring the database up to date, gather the static files, then serve until a signal; returns the exit status."""
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
    return supervise({"web": web, "worker": [sys.executable, "-m", "orderway.cli", "worker"]})
