"""The archive forms of a parcel's papers: PDF/A, TIFF, or one ZIP with XML. Pure; files may be hostile, so run it apart."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from .convert import Filed, to_tiff, to_zip_xml
from .pdfa import is_pdfa, to_pdfa

PICTURES = frozenset({"image/tiff", "image/png", "image/jpeg"})


@dataclass(frozen=True, slots=True)
class Original:
    """A version as it lies in the parcel; `newest` when no later one replaces it."""

    version: int
    file: str
    kind: str
    media_type: str
    content: bytes
    newest: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """What was made for the archive, from one version or (None) from all newest ones."""

    version: int | None
    media_type: str
    content: bytes


def archive_form(wanted: str, original: Original) -> Form | None:
    """The form of one paper in the format `wanted` (pdfa, tiff); None where the paper is fit as it is or cannot be had so.

    Only papers with pages can: PDF and pictures. Raises `pypdfium2.PdfiumError` or OSError for damaged ones.
    """
    if original.media_type not in {"application/pdf", *PICTURES} or wanted not in ("pdfa", "tiff"):
        return None
    if wanted == "tiff":
        fit = original.media_type == "image/tiff"
        return None if fit else Form(original.version, "image/tiff", to_tiff(_as_pdf(original)))
    if is_pdfa(original.content):
        return None
    return Form(original.version, "application/pdf", to_pdfa(_as_pdf(original)))


def whole_form(originals: Sequence[Original], index: Mapping[str, str]) -> Form:
    """All newest papers and the index values as one ZIP with XML."""
    filed = [Filed(each.file, each.kind, each.media_type, each.content) for each in originals if each.newest]
    return Form(None, "application/zip", to_zip_xml(filed, index))


def _as_pdf(original: Original) -> bytes:
    if original.media_type == "application/pdf":
        return original.content
    out = io.BytesIO()
    with Image.open(io.BytesIO(original.content)) as picture:
        picture.save(out, "PDF", save_all=True, resolution=float(picture.info.get("dpi", (200, 200))[0]) or 200.0)
    return out.getvalue()
