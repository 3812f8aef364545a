"""`python -m orderway.worker reactions|jobs [QUEUES]|inlets`: one process of the work behind the pages."""

import os
import sys

import django


def main() -> int:
    """Run what the first argument names until a signal; returns the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.settings")
    django.setup()
    what, *rest = sys.argv[1:] or ["reactions"]
    if what == "jobs":
        from .jobs import QUEUES  # noqa: PLC0415 - the tables are known only now
        from .jobs import work as run_jobs  # noqa: PLC0415

        run_jobs(rest[0].split(",") if rest else QUEUES)
    elif what == "inlets":
        from .inlets import watch  # noqa: PLC0415

        watch()
    else:
        from .loop import Stop, work  # noqa: PLC0415

        work(Stop())
    return 0


if __name__ == "__main__":
    sys.exit(main())
