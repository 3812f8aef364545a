"""Who works at the demo company, what it sells, on which machines it prints, and at which prices."""

from dataclasses import dataclass
from decimal import Decimal as D

from orderway.people.commands import FoundCompany, OpenDepartment
from orderway.production.commands.set_up import SetMachine
from orderway.stock.commands import OpenWarehouse

COMPANY = FoundCompany(
    name="Kessler Druck & Papier",
    street="Gerberstraße 4",
    postcode="96260",
    city="Weismain",
    country="DE",
    currency="EUR",
    timezone="Europe/Berlin",
    language="de",
    vat_id="DE132904586",
    tax_number="212/136/40117",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    email="auftrag@kessler.example",
    phone="+49 9575 555 0",
)

DEPARTMENTS = (
    OpenDepartment("sales", "Verkauf"),
    OpenDepartment("accounting", "Buchhaltung"),
    OpenDepartment("quality", "Qualität"),
    OpenDepartment("planning", "Planung"),
    OpenDepartment("production", "Drucksaal"),
    OpenDepartment("warehouse", "Lager und Versand"),
    OpenDepartment("purchasing", "Einkauf"),
    OpenDepartment("administration", "Verwaltung"),
)

# mail name, name, roles, department; the first of a role is the one who does its work in the history
PEOPLE = (
    ("jana.petersen", "Jana Petersen", ("manager",), "sales"),
    ("tobias.wendler", "Tobias Wendler", ("manager",), "sales"),
    ("markus.hofmann", "Markus Hofmann", ("accountant",), "accounting"),
    ("sabine.arnold", "Sabine Arnold", ("quality",), "quality"),
    ("ulrich.dietz", "Ulrich Dietz", ("planner",), "planning"),
    ("erkan.yildiz", "Erkan Yıldız", ("production",), "production"),
    ("lena.schramm", "Lena Schramm", ("warehouse",), "warehouse"),
    ("milan.novak", "Milan Novák", ("warehouse",), "warehouse"),
    ("petra.kolb", "Petra Kolb", ("purchasing",), "purchasing"),
    ("florian.baum", "Florian Baum", ("administrator",), "administration"),
    ("henriette.voss", "Henriette Voss", ("auditor",), "administration"),
)
MAIL_DOMAIN = "kessler.example"
SKILLS = {
    "jana.petersen": ("behörden", "druckdaten", "rahmenverträge"),
    "tobias.wendler": ("druckdaten", "englisch", "export", "französisch"),
    "ulrich.dietz": ("druckdaten",),
    "lena.schramm": ("gefahrgut", "stapler"),
}

WAREHOUSES = (OpenWarehouse("main", "Halle Gerberstraße", 1), OpenWarehouse("annex", "Außenlager Altenkunstadt", 2))

MACHINES = (
    SetMachine("sm52", "Speedmaster SM 52-4", "press", D(98), 14, 9000, D(520), D(370), 4, D("7.20")),
    SetMachine("xl75", "Speedmaster XL 75-5+L", "press", D(165), 12, 12000, D(750), D(530), 5, D("11.80")),
    SetMachine("cut", "Schneiden", "finishing", D(58), 8, 6000),
    SetMachine("fold", "Falzen", "finishing", D(62), 15, 8000),
    SetMachine("stitch", "Rückendrahtheften", "finishing", D(74), 20, 4200),
    SetMachine("glue", "Leimen (Blocks)", "finishing", D(54), 10, 3000),
    SetMachine("perf", "Perforieren", "finishing", D(52), 12, 5000),
)

BREAKS = ((D(1), D(1)), (D(10), D("0.95")), (D(40), D("0.90")))
LOOSE_BREAKS = ((D(1), D(1)), (D(2000), D("0.93")), (D(10000), D("0.86")))
GROUPS = {"list": D(1), "trade": D("0.84"), "public": D("0.93"), "contract": D("0.88")}
TAXES = (("standard", D(19)), ("reduced", D(7)))


@dataclass(frozen=True, slots=True)
class Goods:
    """An item with its list price of `per` units, its weight in kilograms, and what lies in the hall and in the annex at first."""

    number: str
    name: str
    price: str
    weight: str = "0"
    main: int = 0
    annex: int = 0
    per: int = 1
    kind: str = "goods"
    unit: str = "H87"
    tax: str = "standard"


COPY_PAPERS = (
    Goods("PAP-A4-80", "Kopierpapier A4 80 g weiß, 500 Blatt", "4.90", "2.5", 2400, 3200),
    Goods("PAP-A4-80R", "Recyclingpapier A4 80 g, 500 Blatt", "4.60", "2.5", 1400, 1600),
    Goods("PAP-A4-90", "Businesspapier A4 90 g hochweiß, 500 Blatt", "6.85", "2.8", 620, 400),
    Goods("PAP-A4-100", "Laserpapier A4 100 g satiniert, 500 Blatt", "8.40", "3.1", 420, 160),
    Goods("PAP-A4-120", "Farblaserpapier A4 120 g, 250 Blatt", "7.95", "1.9", 300, 120),
    Goods("PAP-A4-160", "Farblaserkarton A4 160 g, 250 Blatt", "10.60", "2.5", 210, 80),
    Goods("PAP-A4-200", "Farblaserkarton A4 200 g, 250 Blatt", "13.20", "3.1", 60, 20),
    Goods("PAP-A3-80", "Kopierpapier A3 80 g weiß, 500 Blatt", "10.40", "5.0", 520, 300),
    Goods("PAP-A3-100", "Laserpapier A3 100 g satiniert, 500 Blatt", "17.10", "6.2", 140, 40),
    Goods("PAP-A5-80", "Kopierpapier A5 80 g weiß, 500 Blatt", "3.40", "1.3", 260, 0),
    Goods("PAP-COL-GE", "Kopierpapier A4 80 g gelb, 500 Blatt", "7.20", "2.5", 90, 40),
    Goods("PAP-COL-GR", "Kopierpapier A4 80 g grün, 500 Blatt", "7.20", "2.5", 90, 40),
    Goods("PAP-COL-BL", "Kopierpapier A4 80 g blau, 500 Blatt", "7.20", "2.5", 90, 40),
    Goods("PAP-NCR-3", "Selbstdurchschreibepapier A4 3-fach, 500 Sätze", "62.00", "7.4", 14, 0),
    Goods("PAP-PL-36", "Plotterpapier 914 mm × 50 m, 90 g", "14.80", "4.4", 120, 30),
    Goods("PAP-THERM", "Thermorolle 80 × 80 × 12, 25 Stück", "26.50", "7.0", 80, 0),
)
ENVELOPES = (
    Goods("ENV-DL-F", "Briefhülle DIN lang mit Fenster, haftklebend", "31.50", "0.0045", 60000, 80000, 1000),
    Goods("ENV-DL", "Briefhülle DIN lang ohne Fenster, haftklebend", "29.80", "0.0045", 45000, 40000, 1000),
    Goods("ENV-C6", "Briefhülle C6 ohne Fenster", "24.60", "0.0038", 30000, 20000, 1000),
    Goods("ENV-C5-F", "Briefhülle C5 mit Fenster", "52.40", "0.008", 26000, 20000, 1000),
    Goods("ENV-C4", "Versandtasche C4 weiß, haftklebend", "96.00", "0.018", 18000, 12000, 1000),
    Goods("ENV-C4-F", "Versandtasche C4 mit Fenster", "99.50", "0.018", 12000, 8000, 1000),
    Goods("ENV-B4-F", "Faltentasche B4, 130 g Natron", "248.00", "0.038", 4000, 2000, 1000),
    Goods("ENV-LUX", "Briefhülle Munken Lynx DL, 120 g", "118.00", "0.006", 5000, 0, 1000),
    Goods("ENV-PAD-C", "Luftpolstertasche C/3, 100 Stück", "17.90", "1.9", 140, 60),
    Goods("ENV-CARD", "Versandkarton A4+ wiederverschließbar, 20 Stück", "23.40", "3.6", 75, 40),
)
SHEETS = (
    Goods("OFF-80", "Offsetpapier 80 g, 70 × 50, 500 Bogen", "21.90", "14.0", 180, 220),
    Goods("OFF-90", "Offsetpapier 90 g, 70 × 50, 500 Bogen", "24.60", "15.8", 260, 340),
    Goods("OFF-120", "Offsetpapier 120 g, 70 × 50, 250 Bogen", "16.80", "10.5", 200, 180),
    Goods("LYNX-120", "Munken Lynx 120 g, 70 × 50, 250 Bogen", "34.50", "10.5", 110, 60),
    Goods("LYNX-170", "Munken Lynx 170 g, 70 × 50, 250 Bogen", "48.20", "14.9", 24, 10),
    Goods("BDM-135", "Bilderdruck matt 135 g, 70 × 50, 250 Bogen", "19.90", "11.8", 240, 300),
    Goods("BDM-170", "Bilderdruck matt 170 g, 70 × 50, 250 Bogen", "24.80", "14.9", 190, 180),
    Goods("BDG-135", "Bilderdruck glänzend 135 g, 70 × 50, 250 Bogen", "19.60", "11.8", 210, 200),
    Goods("BDG-300", "Bilderdruck glänzend 300 g, 70 × 50, 125 Bogen", "23.90", "13.1", 120, 80),
    Goods("CHR-280", "Chromokarton GC1 280 g, 70 × 50, 100 Bogen", "18.70", "9.8", 30, 10),
    Goods("SRA3-100", "Offsetpapier 100 g, SRA3 45 × 32, 500 Bogen", "12.40", "7.2", 160, 0),
    Goods("SRA3-250", "Bilderdruck matt 250 g, SRA3 45 × 32, 125 Bogen", "9.80", "4.5", 140, 0),
    Goods("NAT-90", "Recycling Circleoffset 90 g, 70 × 50, 500 Bogen", "26.70", "15.8", 150, 100),
)
BOARDS = (
    Goods("BRD-GR-1", "Graupappe 1 mm, 70 × 100, 25 Bogen", "22.40", "15.4", 90, 60),
    Goods("BRD-GR-2", "Graupappe 2 mm, 70 × 100, 12 Bogen", "21.80", "15.0", 80, 60),
    Goods("BRD-GR-3", "Graupappe 3 mm, 70 × 100, 8 Bogen", "22.90", "15.6", 40, 40),
    Goods("BRD-WELL", "Wellpappbogen 1.20 BC, 120 × 80, 10 Bogen", "19.60", "6.9", 70, 90),
    Goods("BRD-FOAM-5", "Leichtschaumplatte 5 mm, 70 × 100, 10 Platten", "46.00", "3.3", 12, 0),
    Goods("BRD-PP-3", "Hohlkammerplatte 3 mm, 100 × 70, 10 Platten", "39.50", "3.9", 30, 0),
    Goods("BOX-A4", "Versandkarton A4, 2-wellig, 20 Stück", "18.90", "6.2", 110, 140),
    Goods("BOX-A3", "Versandkarton A3, 2-wellig, 20 Stück", "29.40", "10.8", 60, 80),
    Goods("TUBE-60", "Versandhülse 60 × 430 mm, 25 Stück", "24.70", "5.0", 45, 30),
)
OFFICE = (
    Goods("LBL-A4-24", "Etiketten A4, 24 je Bogen, 100 Bogen", "15.60", "1.3", 150, 50),
    Goods("LBL-A4-65", "Etiketten A4, 65 je Bogen, 100 Bogen", "15.60", "1.3", 90, 30),
    Goods("LBL-100", "Versandetiketten 100 × 150, 500 Stück", "9.90", "1.1", 220, 80),
    Goods("FOL-LAM-A4", "Laminierfolie A4 125 mic, 100 Stück", "13.40", "1.7", 80, 0),
    Goods("BIND-8", "Plastikbinderücken 8 mm, 100 Stück", "7.80", "0.6", 60, 0),
    Goods("BIND-COV", "Deckblatt Lederkarton A4, 100 Stück", "9.20", "1.5", 55, 0),
    Goods("TAPE-PP", "Packband PP leise, 50 mm × 66 m, 6 Rollen", "11.40", "1.2", 160, 60),
    Goods("PAD-A5", "Schreibblock A5 kariert, 10 Stück", "12.90", "1.6", 130, 40),
    Goods("CAL-WALL", "Wandkalender 3 Monate, neutral", "3.95", "0.2", 600, 400),
    Goods("BOOK-WEIS", "Bildband »Weismain und der Obermain«", "24.90", "1.1", 85, 0, tax="reduced"),
    Goods("MAP-HIK", "Wanderkarte Kleinziegenfelder Tal 1:25 000", "7.90", "0.1", 210, 0, tax="reduced"),
)
MADE = (
    Goods("LETTER-A4", "Briefbogen A4, einseitig", "138.00", "0.005", per=1000, kind="made"),
    Goods("LETTER-FORM", "Formular A4, gelocht", "156.00", "0.005", per=1000, kind="made"),
    Goods("CARD-85", "Visitenkarte 85 × 55", "92.00", "0.002", per=1000, kind="made"),
    Goods("CARD-FOLD", "Klappkarte A6", "310.00", "0.009", per=1000, kind="made"),
    Goods("FLYER-A5", "Flyer A5", "118.00", "0.004", per=1000, kind="made"),
    Goods("FLYER-DL", "Flyer DIN lang", "96.00", "0.003", per=1000, kind="made"),
    Goods("FOLDER-6", "Faltblatt DIN lang, 6 Seiten", "164.00", "0.008", per=1000, kind="made"),
    Goods("BROCH-A4-16", "Broschüre A4, 16 Seiten", "1240.00", "0.09", per=1000, kind="made"),
    Goods("BROCH-A5-24", "Broschüre A5, 24 Seiten", "980.00", "0.07", per=1000, kind="made"),
    Goods("POST-A2", "Plakat A2", "640.00", "0.034", per=1000, kind="made"),
    Goods("POST-A3", "Plakat A3", "390.00", "0.017", per=1000, kind="made"),
    Goods("BLOCK-A5", "Schreibblock A5, 50 Blatt, bedruckt", "1890.00", "0.14", per=1000, kind="made"),
    Goods("MENU-A4", "Speisekarte A4, 8 Seiten", "1420.00", "0.06", per=1000, kind="made"),
    Goods("PROG-A5", "Programmheft A5, 16 Seiten", "860.00", "0.05", per=1000, kind="made", tax="reduced"),
)
SERVICES = (
    Goods("SRV-DESIGN", "Gestaltung und Satz", "75.00", kind="service", unit="HUR"),
    Goods("SRV-DATA", "Datenprüfung, erweitert", "29.00", kind="service"),
    Goods("SRV-PROOF", "Farbverbindlicher Proof A3", "24.00", kind="service"),
    Goods("SRV-EXPRESS", "Expresszuschlag", "45.00", kind="service"),
    Goods("SRV-MAIL", "Konfektionieren und Postaufgabe", "38.00", kind="service", unit="HUR"),
    Goods("SRV-PALLET", "Anlieferung mit Hebebühne", "32.50", kind="service"),
)
ITEMS = (*COPY_PAPERS, *ENVELOPES, *SHEETS, *BOARDS, *OFFICE, *MADE, *SERVICES)


@dataclass(frozen=True, slots=True)
class Stock:
    """What an item is as a paper: grade, grams, sheet in millimetres, grain, cost of 1,000 sheets, sheets a unit, supplier."""

    item: str
    grade: str
    gsm: int
    width: int
    height: int
    grain: str
    cost: str
    sheets: int
    surface: str = ""
    certificate: str = ""
    supplier: str = "Papierunion Franken"


PAPERS = (
    Stock("OFF-80", "Offset", 80, 500, 700, "long", "29.40", 500),
    Stock("OFF-90", "Offset", 90, 500, 700, "long", "33.10", 500, "", "FSC Mix"),
    Stock("OFF-120", "Offset", 120, 500, 700, "long", "45.20", 250, "", "FSC Mix"),
    Stock("LYNX-120", "Naturpapier", 120, 500, 700, "long", "96.00", 250, "rau", "FSC Mix", "Arctic Vertrieb Nürnberg"),
    Stock(
        "LYNX-170", "Naturpapier", 170, 500, 700, "long", "136.00", 250, "rau", "FSC Mix", "Arctic Vertrieb Nürnberg"
    ),
    Stock("BDM-135", "Bilderdruck", 135, 500, 700, "long", "53.60", 250, "matt", "FSC Mix"),
    Stock("BDM-170", "Bilderdruck", 170, 500, 700, "long", "67.40", 250, "matt", "FSC Mix"),
    Stock("BDG-135", "Bilderdruck", 135, 500, 700, "long", "52.90", 250, "glänzend", "FSC Mix"),
    Stock("BDG-300", "Bilderdruck", 300, 500, 700, "short", "129.00", 125, "glänzend", "FSC Mix"),
    Stock("CHR-280", "Chromokarton", 280, 500, 700, "short", "124.00", 100, "einseitig gestrichen"),
    Stock("SRA3-100", "Offset", 100, 320, 450, "long", "16.90", 500),
    Stock("SRA3-250", "Bilderdruck", 250, 320, 450, "short", "49.80", 125, "matt"),
    Stock("NAT-90", "Recycling", 90, 500, 700, "long", "36.80", 500, "", "Blauer Engel", "Steinbeis Kontor"),
)


def gtin(serial: int) -> str:
    """A GTIN-13 of the demo's own number range, with its check digit (GS1 General Specifications, 7.9)."""
    return _checked(f"4399901{serial:05}")


def gln(serial: int) -> str:
    """A GLN of the demo's own number range."""
    return _checked(f"4399902{serial:05}")


def _checked(twelve: str) -> str:
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return f"{twelve}{-weighted % 10}"
