"""The legal e-invoice: what a customer's validator, reader and PDF viewer find in the file we send."""

import io
import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files

import facturx
import pikepdf
import pytest
from lxml import etree

from orderway.billing.cii import cii
from orderway.billing.einvoice import Account, Invoice, InvoiceLine, Kind, Party, Prepayment, Tender, faults
from orderway.billing.factur_x import embed, metadata
from orderway.billing.papers import payment_code, print_bill
from orderway.catalog.sums import Adjustment, Rounding, Tax
from orderway.documents.papers import Letter, Letterhead

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
STANDARD, REDUCED = Tax("S", Decimal(19)), Tax("S", Decimal(7))
SELLER = Party(
    "Print House Ltd", "Main Street 1", "50823", "Cologne", "DE",
    vat_id="DE123456789", tax_number="219/5713/0815", register="HRB 81724",
    electronic_address=("EM", "post@print.example"), contact="Lena Krause", phone="+49 221 4711",
    email="lena@print.example",
)  # fmt: skip
BUYER = Party("Bookshop & Sons <Ltd>", "Side Street 2", "20259", "Hamburg", "DE", vat_id="DE987654321")
ABROAD = replace(BUYER, country="FR", vat_id="FR12345678901")


def line(position: int, tax: Tax, **more: object) -> InvoiceLine:
    """A line of 250 leaflets at 12.345 a hundred."""
    given = {"per": Decimal(100), "item": f"A-{position}", **more}
    return InvoiceLine(str(position), "Leaflet", Decimal(250), "H87", Decimal("12.345"), tax, **given)


def invoice(*lines: InvoiceLine, **more: object) -> Invoice:
    """An invoice for `lines`, payable by credit transfer in a month."""
    given = {
        "kind": Kind.INVOICE, "buyer": BUYER, "due_on": date(2026, 12, 22), "delivered_on": date(2026, 11, 20),
        "order_reference": "4500017712", "sales_order": "A-815", "delivery_note": "L-441",
        "account": Account("DE02 3705 0198 0001 8029 60", "COLSDE33", "Print House Ltd"), **more,
    }  # fmt: skip
    return Invoice("R-42", issued_on=date(2026, 11, 22), currency="EUR", seller=SELLER, lines=lines, **given)


DISCOUNT = Adjustment(Decimal("25.00"), "Loyalty", tax=STANDARD, percent=Decimal(10), base=Decimal(250))
FREIGHT = Adjustment(Decimal("14.90"), "Freight", charge=True, tax=STANDARD, reason_code="FC")
PAID = Prepayment("P-31", date(2026, 11, 2), Decimal("10.00"), Decimal("1.90"))
CASES = {
    "standard": invoice(line(1, STANDARD)),
    "two rates with discounts and freight": invoice(
        line(1, STANDARD, list_price=Decimal("15.00"), customer_item="K-9", gtin="4012345678901"),
        line(2, REDUCED, adjustments=(Adjustment(Decimal("1.25"), "Quantity discount"),)),
        adjustments=(DISCOUNT, FREIGHT),
    ),
    "rounded by line": invoice(*[line(i, STANDARD) for i in range(1, 30)], policy=Rounding.LINE),
    "prepayment deducted": invoice(line(1, STANDARD), prepayments=(PAID,)),
    "prepayment invoice": invoice(line(1, STANDARD), kind=Kind.PREPAYMENT, delivered_on=None, delivery_note=""),
    "paid in full beforehand": invoice(
        line(1, STANDARD), prepayments=(Prepayment("P-1", date(2026, 11, 2), Decimal("30.86"), Decimal("5.86")),)
    ),
    "paid in cash": invoice(line(1, STANDARD), tender=Tender("cash", Decimal("36.72")), due_on=None, account=None),
    "paid by card": invoice(line(1, STANDARD), tender=Tender("card", Decimal("36.72")), due_on=None, account=None),
    "credit note": invoice(
        line(1, STANDARD), kind=Kind.CREDIT_NOTE, preceding=(("R-41", date(2026, 11, 1)),), due_on=None, account=None
    ),
    "exempt": invoice(line(1, Tax("E")), exemptions=(("E", "VAT exempt, § 4 no. 21 UStG"),)),
    "reverse charge": invoice(line(1, Tax("AE")), buyer=ABROAD),
    "within the union": invoice(line(1, Tax("K")), buyer=ABROAD, ship_to=ABROAD),
    "export": invoice(line(1, Tax("G")), buyer=replace(BUYER, country="CH", vat_id="")),
    "zero rated beside standard": invoice(line(1, Tax("Z")), line(2, STANDARD)),
    "cash rounding": invoice(line(1, STANDARD), cash_rounding=Decimal("0.03")),
    "a name with a control character": invoice(replace(line(1, STANDARD), name="Leaf\x07let")),
}


def _validate(todo: "multiprocessing.Queue[bytes | None]", answers: "multiprocessing.Queue[list[str]]") -> None:
    """Run the official EN 16931 rules over each XML that comes: its own process, as saxonche asks for."""
    from saxonche import PySaxonProcessor

    rules = files("facturx") / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
    with PySaxonProcessor(license=False) as saxon:
        sheet = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(rules))
        while (xml := todo.get()) is not None:
            report = etree.fromstring(
                sheet.transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode())).encode()
            )
            failed = report.iter("{http://purl.oclc.org/dsdl/svrl}failed-assert")
            answers.put([f"{f.get('flag') or ''} {''.join(f.itertext()).strip()}" for f in failed])


@pytest.fixture(scope="module")
def schematron() -> Iterator[object]:
    """A function from XML to the rules it breaks."""
    pytest.importorskip("saxonche", reason="saxonche is not installed: the EN 16931 schematron was not run")
    context = multiprocessing.get_context("spawn")
    todo, answers = context.Queue(), context.Queue()
    process = context.Process(target=_validate, args=(todo, answers), daemon=True)
    process.start()

    def broken(xml: bytes) -> list[str]:
        todo.put(xml)
        return answers.get(timeout=60)

    yield broken
    todo.put(None)
    process.join(10)


@pytest.mark.parametrize("case", CASES)
def test_the_official_rules_find_nothing(case, schematron):
    found = schematron(cii(CASES[case]))
    # CII must have a delivery group and may have nothing to say in it: the rules only warn of the empty element.
    assert [rule for rule in found if not rule.startswith("warning [PEPPOL-EN16931-R008]")] == []


def test_the_official_rules_do_find_a_wrong_total(schematron):
    xml = cii(CASES["standard"]).replace(b"<ram:GrandTotalAmount>36.72<", b"<ram:GrandTotalAmount>36.73<")
    assert any("BR-CO-15" in found for found in schematron(xml))


@pytest.mark.parametrize("case", CASES)
def test_the_xml_has_the_shape_of_factur_x(case):
    assert facturx.xml_check_xsd(cii(CASES[case]), flavor="factur-x", level="en16931") is True


def stated(xml: bytes, name: str) -> list[str]:
    """The texts of every element called `name`."""
    return [element.text for element in etree.fromstring(xml).iter(f"{{*}}{name}")]


def test_a_prepayment_is_taken_off_with_its_tax_named():
    xml = cii(CASES["prepayment deducted"])
    assert stated(xml, "TotalPrepaidAmount") == ["11.90"]
    assert stated(xml, "DuePayableAmount") == ["24.82"]
    assert "P-31" in stated(xml, "IssuerAssignedID")
    assert any("10.00 + 1.90 = 11.90 EUR" in note for note in stated(xml, "Content"))


def test_what_was_paid_over_the_counter_is_paid_by_cash_or_card_and_nothing_is_due():
    for case, code in (("paid in cash", "10"), ("paid by card", "48")):
        means = etree.fromstring(cii(CASES[case])).find(".//{*}SpecifiedTradeSettlementPaymentMeans")
        assert [element.text for element in means] == [code]
        assert stated(cii(CASES[case]), "DuePayableAmount") == ["0.00"]


def test_a_credit_note_is_381_and_names_the_invoice_it_corrects():
    xml = cii(CASES["credit note"])
    assert stated(xml, "TypeCode")[0] == "381"
    assert "R-41" in stated(xml, "IssuerAssignedID")


def test_an_invoice_under_reverse_charge_says_so_in_the_readers_language():
    german = cii(replace(CASES["reverse charge"], language="de"))
    assert stated(german, "ExemptionReason") == ["Steuerschuldnerschaft des Leistungsempfängers"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"lines": ()}, "BR-16"),
        ({"seller": replace(SELLER, vat_id="", tax_number="")}, "BR-S-02"),
        ({"due_on": None}, "BR-CO-25"),
        ({"lines": (line(1, Tax("AE")),), "buyer": replace(BUYER, vat_id="")}, "BR-AE-02"),
        ({"lines": (line(1, Tax("E")),)}, "BR-E-10"),
        ({"lines": (line(1, Tax("K")),), "delivered_on": None}, "BR-IC-11"),
        ({"lines": (line(1, Tax("O")), line(2, STANDARD))}, "BR-O-11"),
        ({"currency": "KWD"}, "BR-DEC-09"),
    ],
)
def test_what_would_not_be_a_legal_invoice_is_refused_by_name(change, rule):
    wrong = replace(CASES["standard"], **change)
    assert any(found.startswith(rule) for found in faults(wrong))
    with pytest.raises(ValueError, match=rule):
        cii(wrong)


LETTER = Letter(Letterhead("Print House Ltd", "Main Street 1", "50823 Cologne"), "en", "R-42", date(2026, 11, 22))


@pytest.fixture(scope="module")
def paper() -> bytes:
    """The invoice as it is sent."""
    return print_bill(LETTER, CASES["standard"], AT)


def test_a_reader_of_factur_x_finds_our_xml_in_the_paper(paper):
    name, xml = facturx.get_xml_from_pdf(paper, check_xsd=True, check_schematron=False)
    assert name == "factur-x.xml"
    assert xml == cii(CASES["standard"])
    assert facturx.get_level(etree.fromstring(xml)) == "en16931"


def test_the_paper_says_that_it_is_pdf_a_3_with_an_alternative_inside(paper):
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        xmp = etree.fromstring(pdf.Root.Metadata.read_bytes())
        attached = pdf.Root.AF[0]
        assert attached.AFRelationship == pikepdf.Name.Alternative
        assert str(attached.UF) == "factur-x.xml"
        assert attached.EF.F.Subtype == pikepdf.Name("/text/xml")
        assert pdf.Root.Names.EmbeddedFiles.Names[1].objgen == attached.objgen
        assert "/OutputIntents" in pdf.Root
        assert "/Filter" not in pdf.Root.Metadata, "XMP lies open, so that others may read it without a PDF reader"
    said = {etree.QName(e).localname: (e.text or "").strip() for e in xmp.iter() if isinstance(e.tag, str)}
    assert (said["part"], said["conformance"]) == ("3", "B")
    assert (said["DocumentFileName"], said["DocumentType"]) == ("factur-x.xml", "INVOICE")
    assert (said["ConformanceLevel"], said["Version"]) == ("EN 16931", "1.0")


def test_the_metadata_hold_one_container_of_schemas_with_ours_among_them(paper):
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        xmp = etree.fromstring(pdf.Root.Metadata.read_bytes())
    assert len(list(xmp.iter("{http://www.aiim.org/pdfa/ns/extension/}schemas"))) == 1
    spaces = [e.text for e in xmp.iter("{http://www.aiim.org/pdfa/ns/schema#}namespaceURI")]
    assert "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#" in spaces
    assert len(spaces) == len(set(spaces)) > 1


def test_a_container_is_made_where_the_metadata_have_none():
    bare = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="3"/>'
        b"</rdf:RDF></x:xmpmeta>"
    )
    assert metadata(bare).count(b"<pdfaExtension:schemas") == 1
    with pytest.raises(ValueError, match="PDF/A-3"):
        metadata(bare.replace(b'part="3"', b'part="1"'))


def test_a_plain_pdf_is_not_made_an_e_invoice():
    out = io.BytesIO()
    pikepdf.new().save(out)
    with pytest.raises(ValueError, match="no XMP"):
        embed(out.getvalue(), b"<x/>")


def test_the_same_invoice_printed_twice_is_the_same_file(paper):
    assert print_bill(LETTER, CASES["standard"], AT) == paper


def test_the_payment_code_holds_what_a_bank_app_reads():
    unpaid = CASES["standard"]
    assert payment_code(unpaid, unpaid.totals).split("\n") == [
        "BCD", "002", "1", "SCT", "COLSDE33", "Print House Ltd", "DE02370501980001802960", "EUR36.72", "", "", "R-42",
    ]  # fmt: skip
    settled = CASES["paid in full beforehand"]
    assert settled.totals.due == 0
    assert payment_code(settled, settled.totals) == ""
