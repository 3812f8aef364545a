"""PDF/A for papers that came from outside: each page as a picture in a PDF/A-2b file; the original stays beside it.

ISO 19005-2, level B: an output intent for the device colours (6.2.3), XMP that says so (6.6.4), no encryption, no scripts,
no fonts to embed because there is no text. Files may be hostile: call it in a child process with limits.
"""

import io
from functools import cache

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import ImageCms

DPI = 200
MAX_PIXELS = 20_000_000  # a page: A3 at 200 dpi is 8 million; larger pages get a lower resolution
JPEG_QUALITY = 85
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def is_pdfa(pdf: bytes) -> bool:
    """Whether a PDF says of itself in its XMP that it is PDF/A (ISO 19005), of any part. False for what is no PDF."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as said:
            return bool(said.pdfa_status)
    except pikepdf.PdfError:
        return False


def to_pdfa(pdf: bytes) -> bytes:
    """The pages of `pdf` as a PDF/A-2b of pictures, 200 dpi. The same input gives the same bytes.

    Raises `pypdfium2.PdfiumError` when the bytes are no PDF, ValueError when it has no page.
    """
    made = Pdf.new()
    with pypdfium2.PdfDocument(pdf) as document:
        if not len(document):
            raise ValueError("the PDF has no page")
        for page in document:
            _append(made, page)
    profile = Stream(made, _profile(), N=3, Alternate=Name.DeviceRGB)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
        DestOutputProfile=made.make_indirect(profile),
    )
    made.Root.OutputIntents = Array([made.make_indirect(intent)])
    made.Root.Metadata = made.make_indirect(Stream(made, _XMP.encode(), Type=Name.Metadata, Subtype=Name.XML))
    out = io.BytesIO()
    made.save(out, deterministic_id=True, min_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _append(made: Pdf, page: pypdfium2.PdfPage) -> None:
    width, height = page.get_size()
    scale = min(DPI / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
    picture = page.render(scale=scale).to_pil().convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=JPEG_QUALITY)
    image = Stream(
        made,
        out.getvalue(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    made.add_blank_page(page_size=(width, height))
    sheet = made.pages[-1]
    sheet.Resources = Dictionary(XObject=Dictionary(Page=made.make_indirect(image)))
    sheet.Contents = Stream(made, f"{width:.3f} 0 0 {height:.3f} 0 0 cm /Page Do".encode())


@cache
def _profile() -> bytes:
    """The sRGB profile, with the date of its making set to a fixed one, so that the same pages give the same bytes."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[24:36] = bytes([7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])  # ICC.1:2010, 7.2.8: 2000-01-01
    made[84:100] = bytes(16)  # profile id, 0 for none
    return bytes(made)
