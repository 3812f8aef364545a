"""A parcel's papers in the other forms the archive may ask for: TIFF, and ZIP with an XML index."""

import hashlib
import io
import zipfile
from datetime import UTC, date, datetime

import pypdfium2
import pytest
from lxml import etree
from PIL import Image

from orderway.archive.convert import Filed, to_tiff, to_zip_xml
from orderway.documents.papers import Letter, Letterhead
from orderway.documents.typst import as_data, render
from orderway.orders.papers import PAPERS, OrderedLine, ReceiptPaper

AT = datetime(2026, 11, 22, tzinfo=UTC)
LETTER = Letter(Letterhead("Print House", "Main Street 1", "Cologne"), "en", "A-1", date(2026, 11, 22), ("Bookshop",))


@pytest.fixture(scope="module")
def receipt() -> bytes:
    """A paper of several pages."""
    from decimal import Decimal

    lines = tuple(OrderedLine(str(i), f"Flyer {i}", Decimal(1), "H87") for i in range(80))
    return render(PAPERS["receipt"], as_data(ReceiptPaper(LETTER, AT, "fax", lines)), AT)


def test_a_tiff_has_every_page_as_black_and_white_fax_shows_it(receipt):
    with pypdfium2.PdfDocument(receipt) as pdf:
        count = len(pdf)
    with Image.open(io.BytesIO(to_tiff(receipt))) as tiff:
        assert (tiff.n_frames, count) == (count, count)
        assert count > 1
        for number in range(count):
            tiff.seek(number)
            assert (tiff.mode, tiff.info["compression"]) == ("1", "group4")
            assert tiff.size == (2481, 3508)  # A4 at 300 dpi
            black = tiff.histogram()[0]
            assert 0.005 < black / (2481 * 3508) < 0.2, "words on it, and not all black"
    assert to_tiff(receipt) == to_tiff(receipt)


def test_what_is_no_pdf_is_refused():
    with pytest.raises(pypdfium2.PdfiumError):
        to_tiff(b"no pdf")


def test_the_zip_holds_each_document_and_an_index_that_proves_it():
    filed = [Filed("b.pdf", "invoice", "application/pdf", b"%PDF"), Filed("a.eml", "mail", "message/rfc822", b"Hi")]
    index = {"order": "A-1", "customer": "Köhler & Söhne <GmbH>", "odd": "bell\x07"}
    packed = to_zip_xml(filed, index)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["parcel.xml", "a.eml", "b.pdf"]
        root = etree.fromstring(archive.read("parcel.xml"))
        for entry in root.iter("{*}document"):
            assert hashlib.sha256(archive.read(entry.get("name"))).hexdigest() == entry.get("sha256")
    values = {v.get("name"): (v.text, v.get("encoding")) for v in root.iter("{*}value")}
    assert values["customer"] == ("Köhler & Söhne <GmbH>", None)
    assert values["odd"] == ("YmVsbAc=", "base64")
    assert to_zip_xml(filed[::-1], dict(reversed(index.items()))) == packed


@pytest.mark.parametrize("name", ["", "..", "a/b", "..\\x", "parcel.xml", "c:x", "a\x00"])
def test_a_name_that_could_leave_the_folder_is_refused(name):
    with pytest.raises(ValueError, match="not a name"):
        to_zip_xml([Filed(name, "x", "text/plain", b"")], {})


def test_two_documents_of_one_name_are_refused():
    with pytest.raises(ValueError, match="there twice"):
        to_zip_xml([Filed("a", "x", "text/plain", b"1"), Filed("a", "x", "text/plain", b"2")], {})
