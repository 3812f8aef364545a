"""What customers order, how they write it, and the words people use when something is held, sent back or returned. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from .customers import Customer

COPY = ("PAP-A4-80", "PAP-A4-80", "PAP-A4-80R", "PAP-A4-90", "PAP-A4-100", "PAP-A3-80", "PAP-COL-GE", "PAP-COL-GR")
FINE = ("PAP-A4-120", "PAP-A4-160", "PAP-A4-200", "PAP-A3-100", "LYNX-120", "LYNX-170", "SRA3-250", "ENV-LUX")
POST = ("ENV-DL-F", "ENV-DL-F", "ENV-DL", "ENV-C5-F", "ENV-C4", "ENV-C4-F", "ENV-C6", "LBL-100")
PACK = ("BOX-A4", "BOX-A3", "TAPE-PP", "ENV-PAD-C", "ENV-CARD", "TUBE-60", "BRD-WELL", "LBL-100", "ENV-B4-F")
DESK = ("LBL-A4-24", "LBL-A4-65", "FOL-LAM-A4", "BIND-8", "BIND-COV", "PAD-A5", "CAL-WALL", "PAP-THERM", "PAP-NCR-3")
BOARD = ("BRD-GR-1", "BRD-GR-2", "BRD-GR-3", "BRD-FOAM-5", "BRD-PP-3", "CHR-280", "PAP-PL-36")
SHEET = ("OFF-80", "OFF-90", "OFF-120", "BDM-135", "BDM-170", "BDG-135", "NAT-90", "SRA3-100")
LOCAL = ("BOOK-WEIS", "MAP-HIK", "CAL-WALL")

SHELVES = {
    "office": (COPY, POST, POST, DESK),
    "public": (COPY, COPY, POST, DESK),
    "industry": (PACK, PACK, COPY, POST),
    "shop": (COPY, FINE, DESK, BOARD, LOCAL, POST),
    "agency": (FINE, BOARD, SHEET, PACK),
    "publisher": (SHEET, PACK, POST),
    "gastro": (COPY, DESK, LOCAL),
    "club": (COPY, POST, LOCAL),
    "counter": (COPY, DESK, LOCAL, PACK),
}
SIZES = {  # typical quantities by who buys
    "office": (10, 10, 20, 40),
    "public": (40, 80, 80, 120, 200),
    "industry": (20, 40, 40, 60, 80),
    "shop": (20, 30, 50, 50, 100),
    "agency": (4, 8, 10, 20),
    "publisher": (20, 40, 60),
    "gastro": (2, 5, 5),
    "club": (2, 4),
    "counter": (1, 1, 2, 3),
}
LOOSE = (500, 1000, 1000, 2000, 2500, 5000)  # envelopes are counted one by one
WITH_PRINT = {
    "agency": 0.5,
    "publisher": 0.55,
    "gastro": 0.5,
    "club": 0.5,
    "office": 0.2,
    "industry": 0.25,
    "public": 0.15,
}


@dataclass(frozen=True, slots=True)
class Printed:
    """A job for the presses: the item, the words on the order, and the offset order form."""

    item: str
    text: str
    format: str
    pages: int
    colours: str
    papers: tuple[str, ...]
    runs: tuple[int, ...]
    finishing: str = "cut"
    buyers: tuple[str, ...] = ()


JOBS = (
    Printed("LETTER-A4", "Briefbogen A4, 2-farbig", "A4", 1, "2/0", ("OFF-90", "NAT-90"), (1000, 2000, 3000)),
    Printed("LETTER-A4", "Briefbogen A4, 4-farbig, Munken Lynx", "A4", 1, "4/0", ("LYNX-120",), (500, 1000), buyers=("agency", "office")),
    Printed("CARD-85", "Visitenkarten, beidseitig", "85x55", 2, "4/4", ("BDG-300",), (500, 1000), buyers=("agency", "office", "industry")),
    Printed("FLYER-A5", "Flyer A5 »Herbstaktion«", "A5", 2, "4/4", ("BDM-135", "BDG-135"), (2500, 5000, 10000)),
    Printed("FLYER-DL", "Flyer DIN lang, Preisliste", "DL", 2, "4/4", ("BDM-170",), (1000, 2500, 5000)),
    Printed("FOLDER-6", "Faltblatt 6-seitig, Wickelfalz", "297x210", 2, "4/4", ("BDM-135",), (2500, 5000), "cut, fold"),
    Printed("BROCH-A4-16", "Imagebroschüre A4", "A4", 16, "4/4", ("BDM-170", "BDM-135"), (500, 1000), "fold, stitch, cut",
            ("agency", "publisher", "industry")),
    Printed("BROCH-A5-24", "Katalog A5, 24 Seiten", "A5", 24, "4/4", ("BDM-135",), (1000, 2000), "fold, stitch, cut",
            ("agency", "publisher", "industry")),
    Printed("POST-A2", "Plakat A2 »Adventsmarkt«", "A2", 1, "4/0", ("BDG-135",), (100, 250, 500), buyers=("agency", "club", "public")),
    Printed("POST-A3", "Plakat A3", "A3", 1, "4/0", ("BDG-135",), (100, 200, 300), buyers=("club", "gastro", "agency")),
    Printed("MENU-A4", "Speisekarte Winter", "A4", 8, "4/4", ("BDM-170",), (100, 200), "fold, stitch, cut", ("gastro",)),
    Printed("PROG-A5", "Programmheft Spielzeit", "A5", 16, "2/2", ("OFF-120", "NAT-90"), (500, 800), "fold, stitch, cut",
            ("club", "publisher", "public")),
    Printed("BLOCK-A5", "Notizblock A5 mit Logo", "A5", 1, "1/0", ("OFF-80",), (5000, 10000), "cut, glue",
            ("industry", "office", "public")),
    Printed("LETTER-FORM", "Formularsatz Antrag", "A4", 2, "1/1", ("OFF-80", "NAT-90"), (2000, 5000), buyers=("public",)),
)  # fmt: skip

CHANNELS = {
    "office": ("mail", "mail", "phone", "shop", "shop", "fax"),
    "public": ("mail", "edi", "file", "scan", "fax", "office"),
    "industry": ("edi", "edi", "mail", "file", "phone"),
    "shop": ("edi", "shop", "shop", "file", "mail"),
    "agency": ("mail", "mail", "phone", "api", "shop"),
    "publisher": ("mail", "edi", "api"),
    "gastro": ("phone", "phone", "mail", "shop"),
    "club": ("mail", "phone"),
}
INSTRUCTIONS = (
    "Anlieferung nur vormittags, Rampe 2",
    "Bitte vor Zustellung anrufen",
    "Abgabe an der Pforte, Frau Thamm",
    "Neutral verpacken, Lieferschein außen",
    "Nicht stapeln",
    "Lieferung an Nebeneingang Hofseite",
    "Zustellung bis 10 Uhr, danach geschlossen",
)
HOLDS = (
    "Kunde klärt die Lieferadresse",
    "Freigabe der Auszubildenden-Bestellung durch die Leitung fehlt",
    "Kreditlinie wird mit der Buchhaltung abgestimmt",
    "Kunde möchte mit der nächsten Bestellung zusammen beliefert werden",
)
CANCELLATIONS = (
    "Vom Kunden storniert, Veranstaltung abgesagt",
    "Doppelt bestellt, laut Frau Schönleben gilt die erste Bestellung",
    "Kunde hat anderweitig bestellt, Liefertermin zu spät",
)
RETURNS = (
    "Falsche Grammatur bestellt",
    "Karton beim Transport beschädigt",
    "Zu viel bestellt, Originalverpackung",
    "Farbe weicht vom Muster ab",
)
SENT_BACK = {
    "approve_price": "Preisblatt ohne Anlieferung kalkuliert, bitte Auflage prüfen",
    "validate": "Druckdaten ohne 3 mm Beschnitt, Kunde liefert neu",
    "schedule": "Termin mit der XL 75 nicht zu halten, bitte Format oder Termin ändern",
    "accept": "Papier in der Breite nicht am Lager, bitte anderes wählen",
}
WAIVERS = {
    "credit": "Überschreitung telefonisch mit Herrn Hofmann abgestimmt",
    "duplicate": "Rückfrage beim Kunden: zweite Lieferung ist gewollt",
}
CARRIERS = ("DHL Paket", "DHL Paket", "DPD", "GLS", "Spedition Baumbach")


def basket(random: Random, customer: Customer) -> list[tuple[str, int]]:
    """What a customer takes off the shelves: different items with round quantities."""
    shelves = SHELVES[customer.buys]
    count = random.choice((1, 1, 2, 2, 3, 4) if customer.buys not in ("shop", "public") else (2, 3, 3, 4, 5, 6))
    wanted = dict.fromkeys(random.choice(random.choice(shelves)) for _ in range(count))
    return [(item, quantity(random, item, customer)) for item in wanted]


def quantity(random: Random, item: str, customer: Customer) -> int:
    """How many of an item: envelopes by the thousand, heavy things fewer."""
    if item.startswith("ENV-") and item not in ("ENV-PAD-C", "ENV-CARD"):
        return random.choice(LOOSE)
    usual = random.choice(SIZES[customer.buys])
    return usual if item.startswith("PAP-A") else max(1, usual // 4)


def print_job(random: Random, customer: Customer) -> Printed | None:
    """What the customer has printed this time, or None."""
    if random.random() >= WITH_PRINT.get(customer.buys, 0.0):
        return None
    return random.choice([job for job in JOBS if not job.buyers or customer.buys in job.buyers])


def reference(random: Random, customer: Customer, day: date, serial: int) -> str:
    """How the customer names the order; never the same twice."""
    styles: Sequence[str] = (
        f"B-{day:%y}{int(customer.number) % 100:02}{serial:03}",
        f"45{int(customer.number) % 1000:03}{serial:04}",
        f"Best. {serial:03}/{day:%y}",
        f"PO {day:%y%m}-{serial:03}",
        f"{day:%d.%m.} {random.choice(('Frau Lindner', 'Herr Hübner', 'Fr. Angermüller', 'H. Beyersdorf'))}-{serial}",
    )
    return styles[int(customer.number) % len(styles)]
