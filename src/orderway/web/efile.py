"""The whole file of an order to take along: every paper in every version, mail, note and event in one ZIP that opens offline (SE-47)."""

import json
import mimetypes
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from django.http import FileResponse, HttpRequest
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language

from .documents import originals
from .order_facts import sums
from .respond import found, page, read, read_if
from .snapshot import snapshot
from .timeline import days
from .words import CHANNELS, PAPERS, STATES

IN_MEMORY = 16 * 2**20  # bytes of a file that is made without touching the disk
LONGEST = 80  # characters of a name; Windows cannot unpack long paths
TAKEN = ("con", "prn", "aux", "nul")  # names that Windows keeps for itself


class Entry(NamedTuple):
    """A version of a paper with its place in the file."""

    place: str
    paper: Any

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return str(PAPERS.get(self.paper.kind, self.paper.kind))


@page
def efile(request: HttpRequest, id: int) -> FileResponse:
    """Hand out the file of one order."""
    out: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer closes it
    with snapshot():
        order = found(read(request, "orders.one", id=id))
        with ZipFile(out, "w", ZIP_DEFLATED) as file:
            _fill(request, order, file)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{order.number}.zip", content_type="application/zip")


def _fill(request: HttpRequest, order: Any, file: ZipFile) -> None:
    papers = list(_papers(request, order))
    for entry in papers:
        content = read(request, "documents.content", document=entry.paper.id, number=entry.paper.version)
        file.writestr(entry.place, content.content)
    mails = read_if(request, "mail.about", subject_type="order", subject_id=order.id) or []
    context = _told(request, order, papers, mails)
    file.writestr("index.html", render_to_string("orders/efile.html", context, request))
    file.writestr(
        "index.json", json.dumps(_plain(context, papers, mails), default=_as_text, ensure_ascii=False, indent=1)
    )


def _papers(request: HttpRequest, order: Any) -> Iterator[Entry]:
    """Each version of each paper: the newest under papers/, the earlier ones under papers/earlier/."""
    own = read_if(request, "documents.all_versions", id=order.parcel_id) or []
    for n, row in enumerate([*own, *originals(request, order.id, own)], 1):
        newest = getattr(row, "newest", True)
        folder, mark = ("papers", "") if newest else ("papers/earlier", f" v{row.version}")
        yield Entry(f"{folder}/{n:03}{mark} {file_name(row.name, row.media_type)}", row)


def file_name(name: str, media_type: str) -> str:
    """A name that every system can unpack and that stays where it is put, with the ending of its kind.

    What outside called it may hold anything: folders, device names, signs that a system refuses.
    """
    plain = re.sub(r"\.{2,}", ".", re.sub(r"[^\w .,()+-]", "_", name)).strip(" .")
    named = re.fullmatch(r"(.*)(\.[A-Za-z0-9]{1,5})", plain)
    stem, ending = named.groups() if named else (plain, mimetypes.guess_extension(media_type) or "")
    stem = stem[:LONGEST].strip(" .") or "paper"
    return f"_{stem}{ending}" if stem.lower() in TAKEN else f"{stem}{ending}"


def _told(request: HttpRequest, order: Any, papers: Sequence[Entry], mails: Sequence[Any]) -> dict[str, Any]:
    events = read(request, "kernel.timeline", root_type="order", root_id=order.id)
    lines = read(request, "orders.lines", id=order.id)
    bills = read_if(request, "billing.invoices", order=order.id, size=200)
    noted = days(request, [event for event in events if event.name == "order.commented"])
    return {
        "order": order,
        "language": get_language(),
        "state": STATES.get(order.state, order.state),
        "channel": CHANNELS.get(order.channel, order.channel),
        "lines": lines,
        "sums": sums(order, lines),
        "bills": bills.rows if bills else [],
        "papers": [entry for entry in papers if "/earlier/" not in entry.place],
        "earlier": [entry for entry in papers if "/earlier/" in entry.place],
        "mails": mails,
        "notes": noted,
        "days": days(request, events),
        "made_at": timezone.now(),
    }


def _plain(context: dict[str, Any], papers: Sequence[Entry], mails: Sequence[Any]) -> dict[str, Any]:
    """The same for programs."""
    told = ("name", "kind", "version", "media_type", "sha256", "size", "at", "sealed_at")
    return {
        "order": context["order"]._asdict(),
        "lines": [line._asdict() for line in context["lines"]],
        "invoices": [bill._asdict() for bill in context["bills"]],
        "papers": [{"place": e.place, **{name: getattr(e.paper, name, None) for name in told}} for e in papers],
        "mails": [mail._asdict() for mail in mails],
        "made_at": context["made_at"],
    }


def _as_text(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


urls = [path("orders/<int:id>/file.zip", efile, name="order-efile")]
