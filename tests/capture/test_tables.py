"""Orders that come as tables: any delimiter, encoding and way of writing numbers; every cell that cannot be taken is named."""

import csv
import random
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderway.capture.drafts import OrderDraft, Reading
from orderway.capture.readers import door, tables

GERMAN = """Bestellnummer;Kunde;Bestelldatum;Liefertermin;Pos;Artikelnummer;Bezeichnung;Menge;ME;Einzelpreis;Betrag;Währung
B-1;Müller & Söhne;31.05.2024;15.06.2024;10;4711;Bütten, weiß;1.500;BG;0,125;187,50;EUR
;;;;20;4712;Karton "grau";20;ST;12,00;240,00;
B-2;Ästhetik GmbH;01.06.2024;;1;4711;Bütten, weiß;2;BG;1.250,00;2.500,00;EUR
"""
ENGLISH = '''PO Number,Customer,Order Date,Delivery Date,Line,SKU,Description,Qty,UoM,Unit Price,Line Total,Currency
B-1,Müller & Söhne,2024-05-31,2024-06-15,10,4711,"Bütten, weiß","1,500",BG,0.125,187.50,EUR
,,,,20,4712,"Karton ""grau""",20,ST,12.00,240.00,
B-2,Ästhetik GmbH,2024-06-01,,1,4711,"Bütten, weiß",2,BG,"1,250.00","2,500.00",EUR
'''


def read(text: str, encoding: str = "utf-8") -> Reading:
    return door.read("orders.csv", text.encode(encoding))


def only_draft(reading: Reading) -> OrderDraft:
    assert reading.status == "order", reading.reason
    (draft,) = reading.drafts
    return draft


def test_one_file_holds_many_orders() -> None:
    first, second = read(GERMAN).drafts
    assert (first.number, first.customer.name, first.currency) == ("B-1", "Müller & Söhne", "EUR")
    assert (first.ordered_on, first.requested_on) == (date(2024, 5, 31), None)
    assert [line.position for line in first.lines] == ["10", "20"]
    assert [line.quantity for line in first.lines] == [Decimal(1500), Decimal(20)]
    assert [line.price for line in first.lines] == [Decimal("0.125"), Decimal(12)]
    assert first.lines[0].requested_on == date(2024, 6, 15)
    assert first.lines[1].description == 'Karton "grau"'
    assert (second.number, second.lines[0].amount) == ("B-2", Decimal(2500))


def test_german_and_english_writing_say_the_same() -> None:
    assert read(GERMAN).drafts == read(ENGLISH).drafts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_encoding_is_found(encoding: str) -> None:
    assert read(GERMAN, encoding).drafts == read(GERMAN).drafts


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|", ":", "^", "~"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    out = StringIO()
    csv.writer(out, delimiter=delimiter).writerows(csv.reader(StringIO(GERMAN), delimiter=";"))
    assert read(out.getvalue()).drafts == read(GERMAN).drafts


def test_a_line_that_names_the_delimiter_and_a_title_stand_above_the_heading() -> None:
    assert read("sep=;\nBestellung Frühjahr;;;\n\n" + GERMAN).drafts == read(GERMAN).drafts


def test_a_name_does_not_matter_where_the_headings_are_known() -> None:
    assert door.read("anhang.dat", GERMAN.encode()).drafts == read(GERMAN).drafts


def workbook(*rows: list[object], title: str = "Notes") -> bytes:
    book, out = openpyxl.Workbook(), BytesIO()
    book.active.title = title  # type: ignore[union-attr]
    book.active.append(["Dear all,"])  # type: ignore[union-attr]
    sheet = book.create_sheet("Order")
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_with_its_own_numbers_and_dates() -> None:
    data = workbook(
        [],
        ["Bestellnummer", "Artikelnummer", "Bezeichnung", "Menge", "Preis", "Preiseinheit", "Liefertermin"],
        ["B-1", 4711, "Bütten", 1500, 90.3, 1000, datetime(2024, 6, 15)],  # noqa: DTZ001  a spreadsheet's day has no zone
        ["B-1", "0815", "Karton", 0.1, 12, None, date(2024, 6, 16)],
    )
    found = door.read("x.bin", data)
    assert found.kind == "xlsx"
    first, second = only_draft(found).lines
    assert (first.item, first.quantity, first.price, first.requested_on) == (
        "4711",
        Decimal(1500),
        Decimal("0.0903"),
        date(2024, 6, 15),
    )
    assert (second.item, second.quantity, second.price) == ("0815", Decimal("0.1"), Decimal(12))


def test_rows_are_named_as_the_spreadsheet_counts_them() -> None:
    found = door.read("x.xlsx", workbook([], ["SKU", "Qty"], ["A", 1], [], ["B", "many"]))
    assert found.status == "rejected"
    assert found.reason == "row 5, column Qty: 'many' is not a number"


def test_every_bad_cell_is_named() -> None:
    found = read(GERMAN.replace("1.500", "viele").replace("01.06.2024", "31.06.2024").replace(";2;BG", ";2;BG;1"))
    assert found.status == "rejected"
    assert "row 2, column Menge: 'viele' is not a number" in found.reason
    assert "row 4: 13 cells where the heading has 12" in found.reason
    assert "row 4, column Bestelldatum: '31.06.2024' is not a date" in found.reason


def test_at_most_twenty_bad_cells_are_named_and_the_others_counted() -> None:
    found = read("SKU;Menge\n" + "A;x\n" * 25)
    assert found.reason.count("is not a number") == 20
    assert found.reason.endswith("and 5 more remarks")


def test_a_row_without_quantity_or_item_is_named() -> None:
    found = read("Artikelnummer;Menge\nA;1\nB;\n;3\n")
    assert (
        found.reason == "row 3, column Menge: the quantity is missing; row 4, column Artikelnummer: the item is missing"
    )


def test_one_order_has_one_customer() -> None:
    found = read("Bestellnummer;Kunde;Artikel;Menge\n1;Nord;A;1\n1;Süd;B;2\n")
    assert found.reason == "row 3, column Kunde: Süd where the order's rows above have Nord"


def test_the_sum_below_the_table_is_no_line() -> None:
    draft = only_draft(read("Artikelnummer;Menge;Betrag\nA;1;10,00\nB;2;20,00\nSumme;;30,00\n"))
    assert [line.item for line in draft.lines] == ["A", "B"]


def test_an_open_quote_does_not_swallow_the_rest() -> None:
    found = read('Artikelnummer;Menge;Bemerkung\nA;1;\nB;2;"eilig\nC;3;\n')
    assert found.status == "rejected"
    assert found.reason.startswith("row 3")


def test_thousands_or_decimals_are_never_guessed() -> None:
    found = read("Artikelnummer;Menge\nA;1.000\n")
    assert (found.status, found.drafts) == ("review", ())
    assert "'1.000'" in found.reason
    assert "row 2, column Menge" in found.reason


@pytest.mark.parametrize(("price", "quantity"), [("0,50", 1000), ("0.50", 1)])
def test_another_column_tells_the_decimal_mark(price: str, quantity: int) -> None:
    assert only_draft(read(f"Artikelnummer;Menge;Preis\nA;1.000;{price}\n")).lines[0].quantity == quantity


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1'234.50", "1234.50"),
        ("1 234,50 €", "1234.50"),
        ("EUR 12,50", "12.50"),
        ("12.50 CHF", "12.50"),
        ("12,5-", "-12.5"),
        ("1.234.567", "1234567"),
        (",5", "0.5"),
        ("007", "7"),
    ],
)
def test_a_price_is_read_as_people_write_it(written: str, number: str) -> None:
    assert only_draft(read(f"Artikelnummer;Menge;Preis\nA;1;{written}\n")).lines[0].price == Decimal(number)


@pytest.mark.parametrize(
    "written", ["12.34.56,7", "1,23,4", "1e5", "NaN", "Infinity", "12 Stück", "--1", "1,2,3.4.5", "٣x"]
)
def test_what_is_no_number_is_refused(written: str) -> None:
    assert read(f'Artikelnummer;Menge\nA;"{written}"\n').status == "rejected"


def test_dates_with_slashes_are_read_by_what_the_column_proves() -> None:
    def wanted(*days: str) -> Reading:
        return read("SKU;Qty;Delivery Date\n" + "".join(f"A;1;{day}\n" for day in days))

    assert only_draft(wanted("05/06/2024", "25/06/2024")).lines[0].requested_on == date(2024, 6, 5)
    assert only_draft(wanted("05/06/2024", "06/25/2024")).lines[0].requested_on == date(2024, 5, 6)
    assert wanted("05/06/2024").status == "review"


def test_a_remembered_mapping_gives_columns_their_meaning() -> None:
    text = "Was;Wieviel;Wohin\nA;2;Lager 1\n"
    unknown = door.read("liste.csv", text.encode())
    assert unknown.status == "review"
    assert all(word in unknown.reason for word in ("Was", "Wieviel", "the quantity", "the item"))
    mapping = {"Was": "item", "Wieviel": "quantity", "Wohin": "delivery_name"}
    draft = only_draft(door.read("liste.csv", text.encode(), mapping))
    assert (draft.lines[0].item, draft.lines[0].quantity, draft.delivery.name) == ("A", Decimal(2), "Lager 1")


def test_a_mapping_goes_before_the_words() -> None:
    text = "Artikel;Menge;Anzahl\nA;2;7\n"
    assert only_draft(door.read("l.csv", text.encode())).lines[0].quantity == 2
    assert only_draft(door.read("l.csv", text.encode(), {"Menge": "", "Anzahl": "quantity"})).lines[0].quantity == 7


def test_a_person_can_ask_what_the_columns_mean() -> None:
    found = tables.table(b"Artikel;Menge;Farbe\nA;2;rot\n")
    assert dict(zip(found.headings, found.fields, strict=True)) == {"Artikel": "item", "Menge": "quantity", "Farbe": ""}


def test_real_purchase_orders_add_up_to_their_totals(cases: Path) -> None:
    """4,012 purchase orders of AdventureWorks: the sub-total in the header file is the oracle for the lines read from the detail file."""
    folder = cases / "f_data/adventureworks-csv"
    names = ["PurchaseOrderID", "DetailID", "DueDate", "OrderQty", "ProductID", "UnitPrice", "LineTotal"]
    mapping = {"PurchaseOrderID": "number", "DueDate": "requested_on", "OrderQty": "quantity", "ProductID": "item",
               "UnitPrice": "price", "LineTotal": "amount", "DetailID": ""}  # fmt: skip
    detail = (folder / "PurchaseOrderDetail.csv").read_text(encoding="utf-8-sig")
    width = len(detail.splitlines()[0].split("\t"))
    heading = "\t".join(names + [f"other {at}" for at in range(width - len(names))])
    found = door.read("detail.csv", f"{heading}\n{detail}".encode(), mapping)
    assert found.status == "order", found.reason
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for draft in found.drafts:
        for line in draft.lines:
            assert line.quantity is not None
            assert line.price is not None
            assert line.amount is not None
            assert line.quantity * line.price == line.amount
            sums[draft.number] += line.amount
    header = (
        row.split("\t") for row in (folder / "PurchaseOrderHeader.csv").read_text(encoding="utf-8-sig").splitlines()
    )
    assert sums == {row[0]: Decimal(row[8]) for row in header}
    assert len(sums) == 4012


def test_twenty_thousand_orders_are_read_at_once() -> None:
    """The sum over 100,000 rows is counted while they are written, independent of the reader."""
    chance, rows, pieces = random.Random(1), ["Bestellnummer;Artikelnummer;Menge;Einzelpreis"], 0
    for order in range(20_000):
        for line in range(5):
            quantity = chance.randint(1, 500)
            pieces += quantity
            rows.append(f"PO{order};A{line};{quantity};{chance.randint(1, 99)},{chance.randint(10, 99)}")
    drafts = read("\n".join(rows)).drafts
    assert len(drafts) == 20_000
    assert {len(draft.lines) for draft in drafts} == {5}
    assert sum(line.quantity or 0 for draft in drafts for line in draft.lines) == pieces


numbers = st.decimals(min_value=0, max_value=10**7, places=2)
words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=12
)


@settings(max_examples=80, deadline=None)
@given(
    lines=st.lists(st.tuples(words, numbers, numbers), min_size=1, max_size=8),
    german=st.booleans(),
    delimiter=st.sampled_from(";,\t|"),
)
def test_what_is_written_into_a_table_is_read_out_of_it(
    lines: list[tuple[str, Decimal, Decimal]], german: bool, delimiter: str
) -> None:
    def written(number: Decimal) -> str:
        grouped = f"{number:,.2f}"
        return grouped.translate(str.maketrans(",.", ".,")) if german else grouped

    out = StringIO()
    sheet = csv.writer(out, delimiter=delimiter)
    sheet.writerow(["Bestellnummer", "Artikelnummer", "Bezeichnung", "Menge", "Preis"])
    sheet.writerows(["7", "A1", name, written(quantity), written(price)] for name, quantity, price in lines)
    draft = only_draft(read(out.getvalue()))
    assert [(line.description, line.quantity, line.price) for line in draft.lines] == lines


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=400))
def test_no_bytes_make_the_door_raise(data: bytes) -> None:
    for name in ("x.csv", "x.eml", "x.xlsx"):
        assert door.read(name, data).status in ("order", "review", "rejected")


@settings(max_examples=100, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=5)), min_size=1, max_size=4))
def test_no_corruption_of_a_table_makes_the_door_raise(changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(GERMAN.encode())
    for at, piece in changes:
        data[at : at + len(piece)] = piece
    found = door.read("x.csv", bytes(data))
    assert found.status == "order" or found.reason


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 6000), piece=st.binary(min_size=1, max_size=60))
def test_no_corruption_of_a_workbook_makes_the_door_raise(at: int, piece: bytes) -> None:
    data = bytearray(workbook(["SKU", "Qty"], ["A", 1], ["B", 2.5]))
    data[at : at + len(piece)] = piece
    found = door.read("x.xlsx", bytes(data))
    assert found.status == "order" or found.reason
