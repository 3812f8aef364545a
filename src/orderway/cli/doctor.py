"""`orderway doctor`: what is there, how it does, and what to do where something needs attention."""

import json
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderway.archive.models import ArchiveRoot
from orderway.documents.models import Parcel
from orderway.documents.store import Damaged, Unreachable, store
from orderway.kernel.models import DeskException, Pending
from orderway.mail.models import Message
from orderway.people.models import Company

from .backup import NOTE, server_version

LEAST_FREE = 2_000_000_000  # bytes
LEAST_SHARE = 0.05  # of the disk
LONGEST_WAIT = timedelta(minutes=5)  # until a reaction or job is taken
OLDEST_BACKUP = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Line:
    """What was looked at, what was found, and what to do; nothing to do means that it is well."""

    what: str
    found: str
    to_do: str = ""


def examine() -> Iterator[Line]:
    """Everything worth knowing of this installation, one line a thing."""
    yield Line(_("version"), f"Orderway {version('orderway')}, Python {platform.python_version()}")
    yield _database()
    yield _tables()
    yield _disk()
    yield _blobs()
    if _lacking():
        return
    yield Line(_("companies"), str(Company.objects.count()), "" if Company.objects.exists() else _("orderway demo"))
    yield from (look() for look in LOOKS)
    yield _backup()


def _database() -> Line:
    kind = _("external") if settings.DATABASE_URL else _("embedded in %(folder)s") % {"folder": settings.CLUSTER_DIR}
    major, minor = divmod(server_version(), 10_000)
    return Line(_("database"), f"PostgreSQL {major}.{minor}, {kind}")


def _lacking() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _tables() -> Line:
    if lacking := _lacking():
        found = ngettext("%(count)d change is missing", "%(count)d changes are missing", lacking) % {"count": lacking}
        return Line(_("tables"), found, _("orderway migrate"))
    return Line(_("tables"), _("up to date"))


def _disk() -> Line:
    disk = shutil.disk_usage(settings.DATA_DIR)
    found = _("%(free)d GB of %(total)d GB are free") % {
        "free": disk.free // 1_000_000_000,
        "total": disk.total // 1_000_000_000,
    }
    scarce = disk.free < max(LEAST_FREE, disk.total * LEAST_SHARE)
    return Line(
        _("disk"), found, _("Make room on the disk of %(folder)s.") % {"folder": settings.DATA_DIR} if scarce else ""
    )


def _blobs() -> Line:
    to_do = ""
    try:
        store().try_out()
    except (ImproperlyConfigured, Unreachable, Damaged) as problem:
        to_do = _("Look at ORDERWAY_BLOBS and its keys: %(why)s") % {"why": problem}
    return Line(_("papers"), settings.BLOBS, to_do)


def _reactions() -> Line:
    waiting = Pending.objects.filter(ready_at__lte=datetime.now(UTC))
    found = waiting.aggregate(oldest=Min("ready_at"))
    late = found["oldest"] and datetime.now(UTC) - found["oldest"] > LONGEST_WAIT
    count = waiting.count()
    to_do = _("Nobody works them off: start `orderway serve` or `orderway worker`.") if late else ""
    return Line(_("reactions"), _("%(count)d are waiting") % {"count": count}, to_do)


def _jobs() -> Line:
    from procrastinate.contrib.django.models import ProcrastinateJob

    failed = ProcrastinateJob.objects.filter(status="failed").count()
    waiting = ProcrastinateJob.objects.filter(status="todo").count()
    found = _("%(waiting)d are waiting, %(failed)d have failed") % {"waiting": waiting, "failed": failed}
    return Line(
        _("jobs"), found, _("Look at the exceptions on the desk; what failed is tried no more.") if failed else ""
    )


def _desk() -> Line:
    count = DeskException.objects.filter(state="open").count()
    found = ngettext("%(count)d exception is open", "%(count)d exceptions are open", count) % {"count": count}
    return Line(_("desk"), found, _("Settle them on the Home page.") if count else "")


def _mail() -> Line:
    failed = Message.objects.filter(state="failed").count()
    ready = Message.objects.filter(state="ready").count()
    server = settings.EMAIL_HOST or _("no server, mails are kept in the outbox")
    found = _("%(server)s; %(ready)d ready, %(failed)d failed") % {"server": server, "ready": ready, "failed": failed}
    return Line(_("mail"), found, _("Send the failed ones again from the outbox.") if failed else "")


def _archive() -> Line:
    waiting = Parcel.objects.filter(state="closed").count()
    committed = Parcel.objects.filter(state="committed").count()
    root = ArchiveRoot.objects.order_by("-id").first()
    last = f"{root.at:%Y-%m-%d %H:%M} UTC" if root else _("none yet")
    values = {"committed": committed, "waiting": waiting, "last": last}
    return Line(_("archive"), _("%(committed)d parcels, %(waiting)d on their way, last root %(last)s") % values)


LOOKS: tuple[Callable[[], Line], ...] = (_reactions, _jobs, _desk, _mail, _archive)


def _backup() -> Line:
    how = _("orderway backup FOLDER")
    try:
        last: dict[str, Any] = json.loads((settings.DATA_DIR / NOTE).read_text("utf-8"))
    except (OSError, ValueError):
        return Line(_("backup"), _("none yet"), how)
    age = datetime.now(UTC) - datetime.fromisoformat(last["at"])
    values = {"at": last["at"][:16].replace("T", " "), "folder": last["folder"]}
    if not last["proved"]:
        return Line(_("backup"), _("%(at)s in %(folder)s, not proved") % values, how)
    return Line(_("backup"), _("%(at)s in %(folder)s, proved") % values, how if age > OLDEST_BACKUP else "")
