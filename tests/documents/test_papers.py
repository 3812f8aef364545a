"""Every printed paper, in German and in English, on one page and on three: does it say what it must?"""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from orderway.billing import papers as billing
from orderway.billing.einvoice import Account, Invoice, InvoiceLine, Kind, Party, Prepayment
from orderway.catalog import papers as catalog
from orderway.catalog.sums import Rounding, Tax
from orderway.documents import qr
from orderway.documents.papers import Letter, Letterhead
from orderway.documents.typst import ROOT, as_data, printable, render
from orderway.fulfilment import papers as fulfilment
from orderway.orders import papers as orders
from orderway.production import papers as production

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DAY, DUE = date(2026, 12, 4), date(2026, 12, 22)
HOUSE = Letterhead(
    "Druckhaus Morgenrot GmbH", "Gutenbergstraße 12", "50823 Köln", vat_id="DE123456789",
    register="Amtsgericht Köln, HRB 81724", managers="Anna Berger", iban="DE02 3705 0198 0001 8029 60",
)  # fmt: skip
INSTRUCTION = "Rampe 3, vorher anrufen"
PAPERS: Mapping[str, Path] = {
    **billing.PAPERS, **catalog.PAPERS, **fulfilment.PAPERS, **orders.PAPERS, **production.PAPERS,
}  # fmt: skip
IN = {"en": {"day": "4 December 2026", "short": "4 Dec 2026"}, "de": {"day": "04.12.2026", "short": "04.12.2026"}}


def letter(language: str, number: str) -> Letter:
    """The frame of a paper to a bookshop in Hamburg."""
    to = ("Buchhandlung Lesezeichen", "Lindenallee 7", "20259 Hamburg")
    return Letter(HOUSE, language, number, date(2026, 11, 22), to, "OW:P-2026-123", "K-10482")


def text(pdf: bytes) -> str:
    """All words of all pages in reading order, white space made single."""
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def pages(pdf: bytes) -> int:
    """How many sheets it takes."""
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def bill(language: str, kind: Kind = Kind.INVOICE, count: int = 2, **more: object) -> billing.BillPaper:
    """An invoice over `count` lines of 500 flyers each at 0.1234, 61.70 a line."""
    seller = Party("Druckhaus Morgenrot GmbH", "Gutenbergstraße 12", "50823", "Köln", "DE", vat_id="DE123456789")
    buyer = Party("Buchhandlung Lesezeichen", "Lindenallee 7", "20259", "Hamburg", "DE")
    lines = tuple(
        InvoiceLine(str(i), f"Flyer {i}", Decimal(500), "H87", Decimal("0.1234"), Tax("S", Decimal(19)))
        for i in range(1, count + 1)
    )
    invoice = Invoice(
        "R-42", kind, date(2026, 11, 22), "EUR", seller, buyer, lines, language=language, due_on=DUE,
        account=Account("DE02370501980001802960", "COLSDE33", seller.name), delivered_on=DAY, **more,
    )  # fmt: skip
    return billing.bill_paper(letter(language, "R-42"), invoice)


def ordered(count: int) -> tuple[orders.OrderedLine, ...]:
    """Lines of an order, each promised for the same day."""
    return tuple(
        orders.OrderedLine(
            str(i),
            f"Flyer {i}",
            Decimal(500),
            "H87",
            price=Decimal("0.1234"),
            amount=Decimal("61.70"),
            promised_on=DAY,
            wished_on=DAY,
        )
        for i in range(1, count + 1)
    )


def shipped(count: int) -> tuple[fulfilment.ShippedLine, ...]:
    """Lines of a shipment: 1,400 of 1,500 ordered."""
    return tuple(
        fulfilment.ShippedLine(str(i), f"A-{i}", f"Flyer {i}", Decimal(1400), "H87", Decimal(1500), Decimal(100))
        for i in range(1, count + 1)
    )


def steps(count: int) -> tuple[production.Operation, ...]:
    """Operations of a job."""
    return tuple(production.Operation(str(i), f"Schritt {i}", "SM 74-4", minutes=190) for i in range(1, count + 1))


def sample(kind: str, language: str, count: int = 2) -> object:
    """One paper of a kind with `count` rows."""
    frame = letter(language, "N-7")
    taxes = (orders.TaxRow(Decimal(19), Decimal("1234.50"), Decimal("234.56")),)
    return {
        "invoice": lambda: bill(language, count=count),
        "prepayment_invoice": lambda: bill(language, Kind.PREPAYMENT, count=count),
        "credit_note": lambda: bill(language, Kind.CREDIT_NOTE, count, preceding=(("R-41", DAY),)),
        "order_confirmation": lambda: orders.ConfirmationPaper(
            frame, "EUR", ordered(count), Decimal("1234.50"), taxes, Decimal("1469.06"), reference="4500017712",
            delivery_on=DAY, instruction=INSTRUCTION, tracking="https://orders.example/t/7f3k",
        ),
        "receipt": lambda: orders.ReceiptPaper(frame, AT, "E-Mail", ordered(count), "4500017712", answer_by=DAY),
        "pick_list": lambda: fulfilment.PickListPaper(
            frame,
            tuple(
                fulfilment.PickLine(f"A-{i}-3", f"ART-{i}", f"Flyer {i}", Decimal(1400), "H87")
                for i in range(1, count + 1)
            ),
            orders=("A-815",), ship_by=DAY, instruction=INSTRUCTION,
        ),
        "packing_list": lambda: fulfilment.PackingListPaper(
            frame, 2, 3, shipped(count), order="A-815", gross_kg=Decimal("12.50")
        ),
        "delivery_note": lambda: fulfilment.DeliveryNotePaper(
            frame, shipped(count), "A-815", "4500017712", DAY, instruction=INSTRUCTION
        ),
        "worksheet": lambda: production.WorksheetPaper(
            frame, "A-815", "Buchhandlung", "Katalog", "Bilderdruck matt 135 g/m²", "A5, 148 × 210 mm", "4/4 Euroskala",
            12500, DAY, steps(count), sheets=3420, checks=("Falz",),
        ),
        "price_sheet": lambda: production.PriceSheetPaper(
            frame, "A-815", "Buchhandlung", "Katalog", 12500, "EUR",
            (
                production.CostGroup(
                    "Papier",
                    tuple(production.CostRow(f"Bogen {i}", Decimal("418.95")) for i in range(1, count + 1)),
                    Decimal("418.95"),
                ),
            ),
            Decimal("868.95"), (("Gewinn", Decimal("182.13")),), Decimal("1051.08"),
        ),
        "paper_description": lambda: production.PaperDescriptionPaper(
            frame, "A-815", "PAP-135", "Bilderdruck", "holzfrei matt", Decimal(135), Decimal(700), Decimal(1000),
            on_hand=Decimal(18000), allocated=Decimal(5200),
            locations=tuple(("Lager", f"P-{i}", Decimal(100)) for i in range(1, count + 1)),
        ),
        "price_list": lambda: catalog.PriceListPaper(
            frame, "EUR", DAY,
            (
                catalog.PriceGroup(
                    "Drucksachen",
                    tuple(
                        catalog.PricedItem(f"A-{i}", f"Flyer {i}", "H87", ((Decimal(2500), Decimal("0.0987")),))
                        for i in range(1, count + 1)
                    ),
                ),
            ),
        ),
    }[kind]()  # fmt: skip


# What each paper must say, by language; {day} and {short} as the language writes the fourth of December.
FACTS = {
    "invoice": {
        "en": ["Invoice R-42", "22 December 2026", "19% on 123.40 €", "23.45 €", "Amount due 146.85 €", "500 pcs"],
        "de": ["Rechnung R-42", "22.12.2026", "19 % auf 123,40 €", "23,45 €", "Zu zahlen 146,85 €", "500 Stk."],
    },
    "prepayment_invoice": {"en": ["Prepayment invoice R-42"], "de": ["Vorauszahlungsrechnung R-42"]},
    "credit_note": {
        "en": ["Credit note R-42", "R-41 of {short}", "Amount credited 146.85 €"],
        "de": ["Rechnungskorrektur R-42", "R-41 vom {short}", "Gutgeschriebener Betrag 146,85 €"],
    },
    "order_confirmation": {
        "en": [
            "Order confirmation N-7",
            "Flyer 1",
            "Flyer 2",
            "{short} 0.1234 61.70",
            "1,469.06 €",
            "Expected delivery",
        ],
        "de": ["Auftragsbestätigung N-7", "Flyer 1", "Flyer 2", "{short} 0,1234 61,70", "1.469,06 €", "4500017712"],
    },
    "receipt": {
        "en": ["Receipt of your order N-7", "09:30 UTC", "not yet our acceptance", "{day}"],
        "de": ["Eingangsbestätigung N-7", "09:30 UTC", "noch keine Annahme", "{day}"],
    },
    "pick_list": {
        "en": ["Pick list", "A-1-3", "1,400 pcs", INSTRUCTION, "{day}"],
        "de": ["Pickliste", "A-2-3", "1.400 Stk.", INSTRUCTION, "{day}"],
    },
    "packing_list": {
        "en": ["Packing list", "2 of 3", "12.5 kg", "Flyer 2", "1,400 pcs"],
        "de": ["Packliste", "2 von 3", "12,5 kg", "Flyer 2", "1.400 Stk."],
    },
    "delivery_note": {
        "en": ["Delivery note N-7", "1,500 100 1,400 pcs", INSTRUCTION, "Hamburg"],
        "de": ["Lieferschein N-7", "1.500 100 1.400 Stk.", INSTRUCTION, "Hamburg"],
    },
    "worksheet": {
        "en": ["Worksheet", "A-815", "135 g/m²", "148 × 210 mm", "4/4 Euroskala", "12,500 pcs", "{day}", "3:10"],
        "de": ["Auftragstasche", "A-815", "135 g/m²", "148 × 210 mm", "4/4 Euroskala", "12.500 Stk.", "{day}"],
    },
    "price_sheet": {
        "en": ["Price sheet", "A-815", "Calculated price, net 1,051.08 €"],
        "de": ["Kalkulation", "A-815", "Kalkulierter Preis, netto 1.051,08 €"],
    },
    "paper_description": {
        "en": ["Paper description", "holzfrei matt", "135 g/m²", "700 × 1,000 mm", "12,800 sheets"],
        "de": ["Papierbeschreibung", "holzfrei matt", "135 g/m²", "700 × 1.000 mm", "12.800 Bogen"],
    },
    "price_list": {
        "en": ["Price list N-7", "{day}", "2,500 0.0987", "Hamburg"],
        "de": ["Preisliste N-7", "{day}", "2.500 0,0987", "Hamburg"],
    },
}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", PAPERS)
def test_a_paper_says_what_its_reader_needs_in_the_readers_language(kind, language):
    said = text(render(PAPERS[kind], as_data(sample(kind, language)), AT))
    for fact in FACTS[kind][language]:
        assert fact.format(**IN[language]) in said
    assert ("Seite 1 von 1" if language == "de" else "Page 1 of 1") in said


@pytest.mark.parametrize("kind", PAPERS)
def test_a_long_paper_loses_no_row_and_counts_its_pages(kind):
    paper = render(PAPERS[kind], as_data(sample(kind, "en", 70)), AT)
    said, count = text(paper), pages(paper)
    assert count >= 2
    assert all(f"Page {number} of {count}" in said for number in range(1, count + 1))
    rows = {"worksheet": "Schritt {}", "price_sheet": "Bogen {}", "paper_description": "P-{}"}.get(kind, "Flyer {}")
    assert all(f"{rows.format(number)} " in f"{said} " for number in range(1, 71))


def test_sums_are_carried_over_from_page_to_page():
    paper = render(PAPERS["invoice"], as_data(bill("en", count=70)), AT)
    with pypdfium2.PdfDocument(paper) as document:
        sheets = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    assert len(sheets) > 2
    for before, after in pairwise(sheets):
        carried = before.rsplit("Carried over ", 1)[1].split()[0]
        assert f"Carried over {carried}" in after.split("Flyer")[0]
    rows = sheets[0].count("Flyer ")
    assert f"Carried over {Decimal('61.70') * rows:,.2f}" in sheets[0]
    assert "Carried over" not in sheets[-1].split("Net total")[0].split("Flyer", 1)[1]


def test_the_final_invoice_shows_the_prepayment_with_its_tax():
    paid = Prepayment("R-31", DAY, Decimal("50.00"), Decimal("9.50"))
    said = text(render(PAPERS["invoice"], as_data(bill("de", prepayments=(paid,))), AT))
    assert "Vorauszahlung R-31 vom 04.12.2026 netto 50,00 € + USt 9,50 € −59,50 €" in said
    assert "Zu zahlen 87,35 €" in said


def test_rounded_by_line_the_tax_of_each_line_is_printed():
    said = text(render(PAPERS["invoice"], as_data(bill("en", policy=Rounding.LINE)), AT))
    assert said.count("19% 11.72 61.70") == 2
    assert "23.44 €" in said


def test_an_address_stands_in_the_window_of_a_din_envelope():
    paper = render(PAPERS["invoice"], as_data(bill("de")), AT)
    with pypdfium2.PdfDocument(paper) as document:
        page = document[0]
        found = page.get_textpage().search("Lindenallee 7").get_next()
        left, bottom, right, top = page.get_textpage().get_charbox(found[0])
    millimetre = 72 / 25.4
    height = 297 * millimetre
    assert 20 * millimetre <= left < right <= 105 * millimetre  # DIN 5008 form B: the window's width ...
    assert 45 * millimetre <= height - top < height - bottom <= 90 * millimetre  # ... and height


def test_a_name_no_font_can_print_does_not_stop_the_paper():
    odd = replace(letter("en", "N-7"), to=("漢字 Ltd 😀", "Ünter\x07 den\u200b Linden", "Żółć Ωμέγα Привет"))
    said = text(render(PAPERS["receipt"], as_data(orders.ReceiptPaper(odd, AT, "fax")), AT))
    assert "◊◊ Ltd ◊" in said
    assert "Ünter den Linden" in said
    assert "Żółć Ωμέγα Привет" in said
    assert printable("plain") == "plain"


def test_a_name_is_printed_and_never_run_as_markup():
    odd = replace(letter("en", "N-7"), to=('#panic("x") *bold* $x$ <a> @b "quoted" \\',))
    said = text(render(PAPERS["receipt"], as_data(orders.ReceiptPaper(odd, AT, "fax")), AT))
    assert '#panic("x") *bold* $x$ <a> @b "quoted" \\' in said


def test_a_paper_is_pdf_a_and_needs_no_font_of_the_system():
    paper = render(PAPERS["receipt"], as_data(sample("receipt", "en")), AT)
    with pikepdf.open(io.BytesIO(paper)) as document:
        xmp = document.Root.Metadata.read_bytes()
        fonts = {str(font.BaseFont) for font in document.pages[0].Resources.Font.values()}
        assert document.Root.MarkInfo.Marked
    assert b"<pdfaid:part>3</pdfaid:part>" in xmp
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in xmp
    assert all("SourceSansPro" in font for font in fonts)
    assert render(PAPERS["receipt"], as_data(sample("receipt", "en")), AT) == paper


def test_every_word_is_there_in_every_language():
    for path in sorted(ROOT.glob("*/papers/words.json")):
        for word, texts in json.loads(path.read_text()).items():
            assert set(texts) == {"de", "en"}, f"{path.parent.parent.name}: {word}"
            assert all(texts.values())


def test_every_paper_of_a_package_has_its_template():
    assert all(path.is_file() for path in PAPERS.values())
    assert set(FACTS) == set(PAPERS)


# "OW:P-2026-1234" as an independent encoder draws it (version 1, level M, mask 2).
KNOWN = """
111111100111101111111
100000100001101000001
101110101010001011101
101110101100001011101
101110101000101011101
100000101100101000001
111111101010101111111
000000001110100000000
101111100111101111100
010000000101000011110
101010111000101101010
000111010001000100111
011010100100111101011
000000001111010010000
111111100010101100010
100000101000000111101
101110101100101101111
101110101001011010100
101110101010110100100
100000100011100000100
111111101100111010010
"""


def test_the_code_on_the_sheet_is_drawn_as_another_encoder_draws_it():
    assert qr.modules("OW:P-2026-1234") == tuple(KNOWN.split())


@pytest.mark.parametrize("length", [1, 14, 15, 106, 107, 180, 213, 331])
def test_a_code_is_as_large_as_its_text_needs(length):
    rows = qr.modules("x" * length)
    assert all(len(row) == len(rows) for row in rows)
    assert (len(rows) - 17) % 4 == 0


def test_a_text_too_long_for_a_code_is_refused():
    with pytest.raises(ValueError, match="332 bytes"):
        qr.modules("x" * 332)
