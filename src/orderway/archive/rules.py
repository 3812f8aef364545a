"""In which format a parcel is archived, and what its papers are called there. Pure."""

import re
from collections.abc import Sequence
from typing import Protocol

FORMATS = ("original", "pdfa", "tiff", "zip+xml")
DEFAULT_FORMAT = "pdfa"
# Papers that tax law keeps for eight to ten years (AO section 147 (1) nos. 4 and 4a, (3)): erasure passes them by
RETAINED = frozenset({"invoice", "prepayment_invoice", "credit_note", "delivery_note"})

_EXTENSIONS = {
    "application/pdf": "pdf",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/plain": "txt",
    "text/csv": "csv",
    "text/html": "html",
    "message/rfc822": "eml",
    "image/tiff": "tif",
    "image/png": "png",
    "image/jpeg": "jpg",
    "application/zip": "zip",
    "application/json": "json",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/edifact": "edi",
    "application/edi-x12": "edi",
}
_OTHER = re.compile(r"[^a-z0-9]+")


class Filed(Protocol):
    """A version in a parcel: `id`, the document's kind, the version's number and media type."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def media_type(self) -> str: ...


def file_names(papers: Sequence[Filed]) -> dict[int, str]:
    """The file name of each version of a parcel, by its id: position, kind, version from the second on; no personal data."""
    names: dict[int, str] = {}
    for position, paper in enumerate(papers, 1):
        kind = _OTHER.sub("_", paper.kind.lower()).strip("_")[:40] or "paper"
        version = f"-v{paper.number}" if paper.number > 1 else ""
        names[paper.id] = f"{position:03d}-{kind}{version}.{_EXTENSIONS.get(paper.media_type, 'bin')}"
    return names


def form_name(file: str, media_type: str) -> str:
    """The file name of an archive form made from `file`; of one made from the whole parcel (`file` empty)."""
    extension = _EXTENSIONS.get(media_type, "bin")
    return f"{file.rpartition('.')[0]}-archive.{extension}" if file else f"000-parcel.{extension}"
