"""Documents as they were stored: shown in place where that is safe, else handed out as a file.

A document is whatever somebody outside sent, so nothing of it may act: its kind is never guessed (nosniff), it runs in a
sandbox without scripts, only pages of our own may frame it, and anything but PDF, common images and plain text is a download.
"""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from .pictures import picture
from .readable import readable
from .respond import found, page, read, read_if, show
from .templatetags.ui import moment

SHOWN = {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"}
TEXTS = {
    "text/plain",
    "text/csv",
    "application/xml",
    "text/xml",
    "application/json",
    "message/rfc822",
    "application/edifact",
    "application/edi-x12",
}
DRAWN = {"image/tiff", "image/bmp"}


@page
def one(request: HttpRequest, id: int) -> HttpResponse:
    """A document beside its versions and index values."""
    versions = read(request, "documents.versions", document=id)
    newest = found(versions[0] if versions else None)
    values = [v for v in read(request, "documents.index_values", id=newest.parcel_id) if v.document_id in (None, id)]
    return show(
        request,
        "archive/document.html",
        title=newest.name,
        back_url=reverse("archive"),
        preview=preview(id, newest),
        versions=versions,
        values=values,
        document=newest,
        file_url=reverse("document-file", args=[id]),
        download_url=reverse("document-file", args=[id]) + "?download=1",
    )


def preview(id: int, row: Any) -> dict[str, str]:
    """How a document is looked at: `frame` (PDF, text), `image`, or neither (download only)."""
    url = f"{reverse('document-file', args=[id])}?version={getattr(row, 'number', None) or row.version}"
    if row.media_type in DRAWN:
        return {"image": f"{url}&page=1", "url": url}
    if row.media_type == "application/pdf":
        return {"frame": f"{url}#navpanes=0&view=FitH", "url": url}  # the page at full width, no thumbnails beside it
    kind = "image" if row.media_type.startswith("image/") and row.media_type in SHOWN else ""
    kind = kind or ("frame" if row.media_type in SHOWN | TEXTS else "")
    return {kind or "none": url, "url": url}


@page
def file(request: HttpRequest, id: int) -> HttpResponse:
    """The bytes of a document's version; `page` draws one page of a TIFF as PNG, `download` hands the file out."""
    version, sheet = request.GET.get("version", ""), request.GET.get("page", "")
    content = found(read(request, "documents.content", document=id, number=int(version) if version.isdigit() else None))
    if sheet.isdigit() and content.media_type in DRAWN:
        drawn = found(picture(content.content, int(sheet)))
        return _guarded(HttpResponse(drawn, content_type="image/png"), "inline", f"{id}.png")
    inline = content.media_type in SHOWN | TEXTS and "download" not in request.GET
    kind = content.media_type if content.media_type in SHOWN else "text/plain; charset=utf-8"
    text = inline and content.media_type in TEXTS
    response = HttpResponse(
        readable(content.content) if text else content.content,
        content_type=kind if inline else "application/octet-stream",
    )
    return _guarded(response, "inline" if inline else "attachment", content.name)


def _guarded(response: HttpResponse, how: str, name: str) -> HttpResponse:

    response["Content-Disposition"] = content_disposition_header(how == "attachment", name) or how
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    # a browser's own PDF viewer does not start inside `sandbox`; PDFs get the same policy without it
    pdf = response["Content-Type"] == "application/pdf"
    rules = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
    response["Content-Security-Policy"] = rules if pdf else f"{rules}; sandbox"
    response["Cache-Control"] = "private, max-age=300"
    return response


def papers_of(request: HttpRequest, subject_type: str, id: int) -> list[dict[str, Any]]:
    """The documents that belong to something, as links."""
    rows = read(request, "documents.of_subject", subject_type=subject_type, subject_id=id)
    return [paper(row) for row in rows]


def papers_about(request: HttpRequest, subject_type: str, id: int) -> list[dict[str, Any]]:
    """The papers to have at hand when deciding about something: of an order its whole file, the newest first."""
    order = read(request, "orders.one", id=id) if subject_type == "order" else None
    if order is None or order.parcel_id is None:
        return papers_of(request, subject_type, id)
    rows = read(request, "documents.in_parcel", id=order.parcel_id)
    rows = [*rows, *originals(request, id, rows)]
    return [paper(row) for row in sorted(rows, key=lambda row: -row.id)]


def originals(request: HttpRequest, order: int, papers: Sequence[Any]) -> list[Any]:
    """What came in with the message that an order was made of and lies in the message's parcel, not among `papers`."""
    there = {row.id for row in papers}
    return [row for row in read_if(request, "capture.originals", id=order) or () if row.id not in there]


def paper(row: Any) -> dict[str, Any]:
    """A document as a line of a list of papers."""
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "when": moment(row.at),
        "who": getattr(row, "by_name", "") or "",
        "sealed": bool(row.sealed_at),
        "url": reverse("document", args=[row.id]),
        **{key: value for key, value in preview(row.id, row).items() if key != "url"},
        "words": _("sealed") if row.sealed_at else "",
    }


urls = [
    path("documents/<int:id>", one, name="document"),
    path("documents/<int:id>/file", file, name="document-file"),
]
