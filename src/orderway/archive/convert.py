"""Other forms of a parcel's papers for the archive: fax-like TIFF, and a ZIP with an XML index. Same input, same bytes.

Papers from outside may be hostile: the caller opens them in a child process with limits on memory and time.
"""

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pypdfium2
from lxml import etree
from PIL import Image

DPI = 300
MAX_PIXELS = 40_000_000  # a page: A3 at 300 dpi is 17 million; larger pages get a lower resolution
THRESHOLD = 160  # of 255: thin grey lines and small grey text stay visible
NAMESPACE = "urn:orderway:parcel:1"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP can hold

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


_NOT_A_NAME = re.compile("[/\\\\:\r\n\t]|" + _NOT_XML.pattern)


@dataclass(frozen=True, slots=True)
class Filed:
    """A document of a parcel: file name (one path part), kind, media type, content."""

    name: str
    kind: str
    media_type: str
    content: bytes


def to_tiff(pdf: bytes, dpi: int = DPI) -> bytes:
    """`pdf` as a black and white TIFF with CCITT group 4 compression (ITU-T T.6; TIFF 6.0, section 11), a page a frame.

    Raises `pypdfium2.PdfiumError` when the bytes are no PDF, ValueError when it has no page.
    """
    with pypdfium2.PdfDocument(pdf) as document:
        pages = _black_and_white(document, dpi)
        first = next(pages, None)
        if first is None:
            raise ValueError("the PDF has no page")
        out = io.BytesIO()
        first.save(out, format="TIFF", compression="group4", save_all=True, append_images=pages, dpi=first.info["dpi"])
    return out.getvalue()


def _black_and_white(document: pypdfium2.PdfDocument, dpi: int) -> Iterator[Image.Image]:
    for page in document:
        width, height = page.get_size()
        scale = dpi / 72
        if width * height * scale * scale > MAX_PIXELS:
            scale = (MAX_PIXELS / (width * height)) ** 0.5
        grey = page.render(scale=scale, grayscale=True).to_pil().convert("L")
        image = grey.point(lambda level: 255 if level >= THRESHOLD else 0).convert("1", dither=Image.Dither.NONE)
        image.info["dpi"] = (scale * 72, scale * 72)
        image.encoderinfo = {"dpi": (scale * 72, scale * 72)}
        yield image


def to_zip_xml(documents: Sequence[Filed], index: Mapping[str, str]) -> bytes:
    """The documents in a ZIP beside `parcel.xml`, which holds their names, kinds, SHA-256 and the index values.

    Stored, not compressed, in the order of their names and with a fixed time: the same parcel gives the same bytes on
    every host. A value that XML 1.0 cannot hold is written in base64 and marked so. ValueError for a name that is
    empty, is a path, or stands twice.
    """
    ordered = sorted(documents, key=lambda filed: filed.name)
    names = [filed.name for filed in ordered] + ["parcel.xml"]
    wrong = [n for n in names if n in {"", ".", ".."} or names.count(n) > 1 or _NOT_A_NAME.search(n)]
    if wrong:
        raise ValueError(f"not a name for a file of a parcel, or there twice: {wrong[0]!r}")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in [("parcel.xml", _parcel_xml(ordered, index)), *((f.name, f.content) for f in ordered)]:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def _parcel_xml(documents: Sequence[Filed], index: Mapping[str, str]) -> bytes:
    nsmap: dict[str | None, str] = {None: NAMESPACE}
    root = etree.Element(f"{{{NAMESPACE}}}parcel", nsmap=nsmap)  # type: ignore[arg-type]
    values = etree.SubElement(root, f"{{{NAMESPACE}}}index")
    for name, value in sorted(index.items()):
        entry = etree.SubElement(values, f"{{{NAMESPACE}}}value", name=name)
        if _NOT_XML.search(value) or "\r" in value:
            entry.set("encoding", "base64")
            entry.text = base64.b64encode(value.encode("utf-8", "surrogatepass")).decode()
        else:
            entry.text = value
    files = etree.SubElement(root, f"{{{NAMESPACE}}}documents")
    for filed in documents:
        etree.SubElement(
            files,
            f"{{{NAMESPACE}}}document",
            name=filed.name,
            kind=filed.kind,
            mediaType=filed.media_type,
            size=str(len(filed.content)),
            sha256=hashlib.sha256(filed.content).hexdigest(),
        )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
