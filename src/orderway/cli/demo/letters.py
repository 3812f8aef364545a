"""What customers write on the morning the demo is opened: EDIFACT, UBL, tables, mails and a scanned sheet. Pure: values to bytes."""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont

from orderway.documents.typst import FONTS

from .company import COMPANY, ITEMS, gln, gtin
from .customers import CUSTOMERS, Customer

OWN_GLN = gln(99999)
TYPEFACE = FONTS / "SourceSansPro-Regular.ttf"
SERIALS = {goods.number: serial for serial, goods in enumerate(ITEMS, 1)}
Ordered = tuple[str, str, int, str]  # item number, what the customer calls it, how many, price as stated or ""


def customer(number: str) -> tuple[Customer, str]:
    """A customer with its location number."""
    serial, found = next((n, one) for n, one in enumerate(CUSTOMERS, 1) if one.number == number)
    return found, gln(serial)


def edifact(buyer: str, number: str, at: datetime, lines: Sequence[Ordered], lie: int = 0) -> bytes:
    """An ORDERS D.96A interchange (EANCOM). `lie` is added to the stated number of segments, which makes it a broken one."""
    who, location = customer(buyer)
    segments = [
        "UNH+1+ORDERS:D:96A:UN:EAN008'",
        f"BGM+220+{number}+9'",
        f"DTM+137:{at:%Y%m%d}:102'",
        f"DTM+2:{at + timedelta(days=6):%Y%m%d}:102'",
        f"NAD+BY+{location}::9++{_released(who.name)}+{_released(who.street)}+{_released(who.city)}++{who.postcode}+{who.country}'",
        f"NAD+SU+{OWN_GLN}::9'",
        "CUX+2:EUR:9'",
    ]
    for position, (item, called, quantity, price) in enumerate(lines, 1):
        known = item in SERIALS
        segments.append(f"LIN+{position}++{gtin(SERIALS[item])}:EN'" if known else f"LIN+{position}'")
        segments.append(f"PIA+1+{item}:SA'")
        segments.append(f"IMD+F++:::{_released(called)}'")
        segments.append(f"QTY+21:{quantity}:PCE'")
        segments += [f"PRI+AAA:{price}'"] if price else []
    segments += ["UNS+S'", f"CNT+2:{len(lines)}'"]
    segments.append(f"UNT+{len(segments) + 1 + lie}+1'")
    reference = number[-6:]
    head = f"UNA:+.? '\nUNB+UNOC:3+{location}:14+{OWN_GLN}:14+{at:%y%m%d:%H%M}+{reference}'\n"
    return (head + "\n".join(segments) + f"\nUNZ+1+{reference}'\n").encode("latin-1")


def _released(text: str) -> str:
    for mark in "?+:'":
        text = text.replace(mark, f"?{mark}")
    return text


def ubl(buyer: str, number: str, at: datetime, lines: Sequence[Ordered]) -> bytes:
    """An order in UBL 2.1 as Peppol BIS Ordering has it."""
    who, location = customer(buyer)
    rows = "".join(_ubl_line(position, line) for position, line in enumerate(lines, 1))
    space = "urn:oasis:names:specification:ubl:schema:xsd:"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="{space}Order-2" xmlns:cac="{space}CommonAggregateComponents-2" xmlns:cbc="{space}CommonBasicComponents-2">
 <cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
 <cbc:ID>{number}</cbc:ID>
 <cbc:IssueDate>{at:%Y-%m-%d}</cbc:IssueDate>
 <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
 <cac:BuyerCustomerParty><cac:Party>
  <cbc:EndpointID schemeID="0088">{location}</cbc:EndpointID>
  <cac:PartyIdentification><cbc:ID schemeID="0088">{location}</cbc:ID></cac:PartyIdentification>
  <cac:PartyName><cbc:Name>{escape(who.name)}</cbc:Name></cac:PartyName>
  <cac:PostalAddress><cbc:StreetName>{escape(who.street)}</cbc:StreetName><cbc:CityName>{escape(who.city)}</cbc:CityName>
   <cbc:PostalZone>{who.postcode}</cbc:PostalZone><cac:Country><cbc:IdentificationCode>{who.country}</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
 </cac:Party></cac:BuyerCustomerParty>
 <cac:SellerSupplierParty><cac:Party>
  <cac:PartyName><cbc:Name>{escape(COMPANY.name)}</cbc:Name></cac:PartyName></cac:Party></cac:SellerSupplierParty>
 <cac:Delivery><cac:RequestedDeliveryPeriod>
  <cbc:EndDate>{at + timedelta(days=8):%Y-%m-%d}</cbc:EndDate></cac:RequestedDeliveryPeriod></cac:Delivery>
{rows}</Order>
""".encode()


def _ubl_line(position: int, line: Ordered) -> str:
    item, called, quantity, price = line
    stated = f'<cac:Price><cbc:PriceAmount currencyID="EUR">{price}</cbc:PriceAmount></cac:Price>' if price else ""
    return f""" <cac:OrderLine><cac:LineItem><cbc:ID>{position}</cbc:ID><cbc:Quantity unitCode="H87">{quantity}</cbc:Quantity>{stated}
  <cac:Item><cbc:Name>{escape(called)}</cbc:Name><cac:SellersItemIdentification><cbc:ID>{item}</cbc:ID></cac:SellersItemIdentification></cac:Item>
 </cac:LineItem></cac:OrderLine>
"""


def table(buyer: str, number: str, at: datetime, lines: Sequence[Ordered]) -> bytes:
    """A sheet saved as CSV, the way a shop's own system writes it."""
    head = "Bestellnummer;Kundennummer;Kunde;Bestelldatum;Pos;Artikelnummer;Bezeichnung;Menge;Einheit;Lieferdatum"
    who, _ = customer(buyer)
    wanted = at + timedelta(days=5)
    rows = [
        f"{number};{who.number};{who.name};{at:%d.%m.%Y};{position};{item};{called};{quantity};Stk;{wanted:%d.%m.%Y}"
        for position, (item, called, quantity, _) in enumerate(lines, 1)
    ]
    return ("\r\n".join([head, *rows]) + "\r\n").encode("cp1252")


def letter(
    sender: tuple[str, str], subject: str, text: str, at: datetime, files: Sequence[tuple[str, str, bytes]] = ()
) -> bytes:
    """A mail with files (name, media type, content)."""
    name, address = sender
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f'"{name}" <{address}>'
    mail["To"] = COMPANY.email
    mail["Date"] = format_datetime(at)
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{at:%Y%m%d%H%M}.{len(subject)}.{len(text)}@{address.rpartition('@')[2]}>"
    mail.set_content(text)
    for file, media_type, content in files:
        main, _, sub = media_type.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=file)
    return mail.as_bytes()


def scanned_sheet(lines: Sequence[str]) -> bytes:
    """A sheet of paper as an office scanner sends it: one page of pixels in a PDF, a little askew."""
    page = Image.new("L", (1240, 1754), 250)
    pen = ImageDraw.Draw(page)
    for row, line in enumerate(lines):
        pen.text((150, 150 + row * 46), line, fill=35, font=ImageFont.truetype(TYPEFACE, 44 if row == 0 else 30))
    made = io.BytesIO()
    page.rotate(0.6, fillcolor=250).save(made, "PDF", resolution=150)
    return made.getvalue()
