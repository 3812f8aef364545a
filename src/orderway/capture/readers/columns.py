"""What the columns of an order table mean and what their cells say: heading words, numbers and dates in German and
English writing.

Each column is converted over its different values at once, so 100,000 cells with 500 different prices cost 500
conversions.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from orderway.capture.reasons import Unreadable

Cell = str | int | float | bool | date | None
"""A cell as the file gives it: always text in CSV, typed in a workbook."""

_WORDS = {
    "number": (
        "order number, order no, order nr, order id, order, po, po number, po no, purchase order, "
        "purchase order number, document number, Bestellnummer, Bestellnr, Bestell Nr, Bestellung, "
        "Auftragsnummer, Auftragsnr, Auftrag, Belegnummer, Belegnr, Kundenbestellnummer, Ihre "
        "Bestellnummer, Bestell ID"
    ),
    "reference": (
        "reference, ref, your reference, customer reference, Referenz, Ihr Zeichen, Kommission, Ihre Referenz"
    ),
    "customer": (
        "customer, customer name, buyer, company, sold to, Kunde, Kundenname, Firma, Besteller, "
        "Auftraggeber, Name Kunde"
    ),
    "customer_id": (
        "customer number, customer no, customer id, account, account number, Kundennummer, Kundennr, "
        "Kunden Nr, KdNr, Debitor, Debitorennummer"
    ),
    "ordered_on": (
        "order date, date, ordered on, po date, document date, Bestelldatum, Auftragsdatum, Datum, Belegdatum"
    ),
    "requested_on": (
        "delivery date, requested date, requested on, requested delivery date, due date, required date, "
        "need by, wanted on, Lieferdatum, Liefertermin, Wunschtermin, Wunschliefertermin, Wunschdatum, "
        "Termin, Liefern bis, Gewünschter Liefertermin"
    ),
    "currency": "currency, currency code, ccy, Währung, Waehrung, Währungscode",
    "position": "pos, pos no, position, line, line no, line number, Zeile, PosNr, Positionsnummer",
    "item": (
        "item, item number, item no, item code, item id, article, article number, article no, sku, "
        "product, product code, product id, product number, part number, part no, material, material "
        "number, stock code, Artikel, Artikelnummer, Artikelnr, Artikel Nr, ArtNr, Materialnummer, "
        "Produkt, Produktnummer, Teilenummer, Ware"
    ),
    "seller_item": (
        "supplier item number, supplier part number, supplier sku, vendor part number, your item number, "
        "Lieferantenartikelnummer, Lieferanten Artikelnr, Ihre Artikelnummer"
    ),
    "buyer_item": (
        "customer item number, customer material, buyer part number, our item number, "
        "Kundenartikelnummer, Kunden Artikelnr, Unsere Artikelnummer, Kundenmaterial"
    ),
    "gtin": "gtin, ean, ean code, ean 13, barcode, upc",
    "description": (
        "description, item description, product description, product name, item name, name, text, "
        "Bezeichnung, Beschreibung, Artikelbezeichnung, Artikeltext, Artikelname, Kurztext, Produktname"
    ),
    "quantity": (
        "quantity, qty, order quantity, order qty, ordered quantity, pieces, pcs, Menge, Anzahl, Stück, "
        "Stk, Bestellmenge, Auftragsmenge, Stückzahl"
    ),
    "unit": "unit, uom, unit of measure, Einheit, ME, Mengeneinheit, Maßeinheit",
    "price": ("price, unit price, net price, price per unit, Preis, Einzelpreis, EP, E Preis, Stückpreis, Nettopreis"),
    "price_base": "price unit, price per, price base, per, Preiseinheit, PE, Preis per, Preis pro",
    "amount": (
        "amount, line total, line amount, line value, total, total price, net amount, extended price, "
        "Gesamtpreis, GP, Betrag, Zeilenbetrag, Positionswert, Positionsbetrag, Nettobetrag, Gesamt, "
        "Wert, Summe"
    ),
    "total": (
        "order total, grand total, order value, Gesamtsumme, Auftragssumme, Bestellwert, Auftragswert, Gesamtbetrag"
    ),
    "note": ("note, notes, remark, remarks, comment, comments, Bemerkung, Bemerkungen, Hinweis, Notiz, Kommentar"),
    "delivery_name": (
        "ship to, ship to name, delivery name, deliver to, Lieferadresse, Lieferanschrift, Empfänger, Lieferung an"
    ),
    "delivery_street": "street, ship to street, delivery street, address, Straße, Lieferstraße, Adresse",
    "delivery_postcode": "postcode, post code, postal code, zip, zip code, PLZ, Postleitzahl, Liefer PLZ",
    "delivery_city": "city, town, ship to city, Ort, Stadt, Lieferort",
    "delivery_country": "country, ship to country, Land, Lieferland",
}
FIELDS = frozenset(_WORDS)
"""Every field a column can be mapped to; an empty field means that the column is not read."""
ITEM_FIELDS = ("item", "seller_item", "buyer_item", "gtin", "description")
_WEAK_ITEM = {"item", "article", "product", "material", "artikel", "produkt", "ware"}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_DROPPED = str.maketrans("", "", " \u00a0\u202f\u2009'’€$£")
_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,24}(\.\d{1,20})?|[+-]?\.\d{1,20}")
_GROUPS = re.compile(r"[+-]?\d{1,3}([.,]\d{3})*")
_CODE = re.compile(r"([A-Z]{3})?([^A-Za-z]*)([A-Z]{3})?")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})([T ].*)?|(\d{4})(\d{2})(\d{2})")
_WRITTEN_DAY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})([T ].*)?")
_EXCEL_DAY_0 = date(1899, 12, 30)


class Undecided(Unreadable):
    """The cell `found` can be read in two ways and nothing in the file tells which: a person must say."""


def key(heading: str) -> str:
    """The heading for comparison: lower case, umlauts spelled out, letters and digits only, without what stands in
    brackets.
    """
    plain = re.sub(r"[(\[].*?[)\]]", "", heading).casefold().translate(_UMLAUTS)
    return "".join(filter(str.isalnum, plain))


_FIELD_OF = {key(word): name for name, words in _WORDS.items() for word in words.split(",")}


def fields_of(headings: Sequence[str], mapping: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The field of each heading, empty where it is not known; no field stands twice, the first column has it.

    `mapping` gives the field for a heading as it was settled before and goes before the words; a field that does not
    exist is ignored.
    """
    settled = {key(heading): name for heading, name in (mapping or {}).items() if name in FIELDS or not name}
    keys = [key(heading) for heading in headings]
    proposed = [settled[k] if k in settled else _FIELD_OF.get(k, "") for k in keys]
    if proposed.count("item") > 1:
        strong = any(name == "item" and k not in _WEAK_ITEM for k, name in zip(keys, proposed, strict=True))
        weak = "description" if "description" not in proposed else ""
        for at, (k, name) in enumerate(zip(keys, proposed, strict=True)):
            if strong and name == "item" and k in _WEAK_ITEM and k not in settled:
                proposed[at] = weak
    taken: set[str] = set()
    found = []
    for name in proposed:
        found.append("" if name in taken else name)
        taken.add(name)
    return tuple(found)


def said(cell: Cell) -> str:
    """The cell as text: whole numbers without decimals, workbook numbers to the 15 digits a spreadsheet keeps."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, float):
        return format(Decimal(format(cell, ".15g")), "f")
    return cell.isoformat()[:10] if isinstance(cell, date) else str(cell)


def decimal_mark(columns: Iterable[Iterable[Cell]]) -> str:
    """The decimal mark the values prove, `,` or `.`; empty where they prove none or both."""
    proven = set[str]().union(*(_marks(values) for values in columns))
    return proven.pop() if len(proven) == 1 else ""


def numbers(values: Iterable[Cell], mark: str) -> tuple[dict[Cell, Decimal | None], dict[Cell, str]]:
    """Each different cell's number (None for an empty cell), and the cells that are none as they are stated.

    Raises `Undecided` for `1.000` where the decimal mark is not known.
    """
    good: dict[Cell, Decimal | None] = {}
    bad: dict[Cell, str] = {}
    for cell in set(values):
        stated = said(cell)
        if isinstance(cell, str):
            written = _plain_number(bare(stated), mark) if stated else ""
        else:
            is_number = isinstance(cell, int | float) and not isinstance(cell, bool) and _PLAIN_NUMBER.fullmatch(stated)
            written = stated if is_number else ""
        if not stated:
            good[cell] = None
        elif written:
            good[cell] = Decimal(written)
        else:
            bad[cell] = stated[:40]
    return good, bad


def days(values: Iterable[Cell]) -> tuple[dict[Cell, date | None], dict[Cell, str]]:
    """Each different cell's date (None for an empty cell), and the cells that are none as they are stated.

    Takes 2024-05-31, 20240531, 31.05.2024, 31.5.24, 31/05/2024, 05/31/2024 and spreadsheet dates. Raises `Undecided`
    where every date with a slash could be either way round.
    """
    different = set(values)
    month_first = _month_first(different)
    good: dict[Cell, date | None] = {}
    bad: dict[Cell, str] = {}
    for cell in different:
        stated = said(cell)
        try:
            good[cell] = _day(cell, stated, month_first) if stated else None
        except (ValueError, OverflowError):
            bad[cell] = stated[:40]
    return good, bad


def bare(stated: str) -> str:
    """The number without spaces, grouping apostrophes, currency signs and currency code; a trailing minus goes in
    front.
    """
    if stated.isdigit():
        return stated
    digits = stated.translate(_DROPPED)
    found = _CODE.fullmatch(digits)
    digits = found[2] if found and not (found[1] and found[3]) else digits
    return f"-{digits[:-1]}" if digits.endswith("-") and len(digits) > 1 else digits


def _marks(values: Iterable[Cell]) -> set[str]:
    """The decimal marks the values prove. `1,5` and `1.000,00` prove the comma, `1.000.000` too; `1.000` proves
    nothing.
    """
    proven = set()
    for written in {bare(cell) for cell in set(values) if isinstance(cell, str) and ("," in cell or "." in cell)}:
        commas, points = written.count(","), written.count(".")
        if commas and points:
            proven.add("," if written.rfind(",") > written.rfind(".") else ".")
        elif commas + points > 1:
            proven.add("." if commas else ",")
        else:
            mark = "," if commas else "."
            head, tail = written.lstrip("+-").split(mark)
            if len(tail) != 3 or head in ("", "0") or len(head) > 3:
                proven.add(mark)
    return proven


def _plain_number(stated: str, mark: str) -> str:
    """The number with a point and without grouping, empty where it is none. Raises `Undecided` where the mark is not
    known.
    """
    if _PLAIN_NUMBER.fullmatch(stated) and "." not in stated:
        return stated
    if not mark:
        if _GROUPS.fullmatch(stated):
            raise Undecided("decimal-mark", found=stated)
        return ""
    whole, _, part = stated.partition(mark)
    if ("." in whole or "," in whole) and not _GROUPS.fullmatch(whole):
        return ""
    written = whole.replace(".", "").replace(",", "") + (f".{part}" if part else "")
    return written if _PLAIN_NUMBER.fullmatch(written) else ""


def _month_first(values: Iterable[Cell]) -> bool | None:
    """Whether dates with a slash begin with the month: a part above 12 is a day. None where no date tells."""
    found = [
        match
        for match in (_WRITTEN_DAY.fullmatch(said(cell)) for cell in values if isinstance(cell, str))
        if match and match[2] == "/"
    ]
    if any(int(match[1]) > 12 for match in found):
        return False
    return True if any(int(match[3]) > 12 for match in found) else None


def _day(cell: Cell, stated: str, month_first: bool | None) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 20_000 < cell < 80_000:
        return _EXCEL_DAY_0 + timedelta(days=int(cell))
    iso = _ISO_DAY.fullmatch(stated)
    if iso:
        return date(*(int(part) for part in ((iso[1], iso[2], iso[3]) if iso[1] else (iso[5], iso[6], iso[7]))))
    written = _WRITTEN_DAY.fullmatch(stated)
    if not written:
        raise ValueError(stated)
    first, second, year = int(written[1]), int(written[3]), int(written[4])
    if written[2] == "/" and month_first is None and first != second:
        raise Undecided("day-or-month", found=stated)
    day_in_month, month = (second, first) if written[2] == "/" and month_first else (first, second)
    return date(year if year > 99 else 2000 + year, month, day_in_month)
