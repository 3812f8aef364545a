"""The messages that wait in the inbox when the demo is opened: some became orders by themselves, most need somebody's eyes."""

from datetime import datetime, timedelta

from orderway.capture.inlets import receive
from orderway.capture.jobs import read_inputs
from orderway.kernel import clock

from .house import House, settle, system
from .letters import edifact, letter, scanned_sheet, table, ubl
from .papers import arguments_of


def messages_come(house: House) -> None:
    """Take the messages in over the last hours, and have them read."""
    now = clock.now()
    for hours, name, content, channel in messages(now):
        with clock.at(now - timedelta(hours=hours)):
            receive(system(house), name, content, channel)
            settle()
            _read()


def _read() -> None:
    """Work off what is to be read; unpacking a mail asks for more."""
    from procrastinate.contrib.django import app

    while jobs := app.job_manager.list_jobs(queue="read", status="todo"):
        for job in jobs:
            arguments = arguments_of(job)
            read_inputs(arguments["company"], arguments["intakes"])
            app.job_manager.cancel_job_by_id(job.id or 0, delete_job=True)
        settle()


def messages(now: datetime) -> list[tuple[float, str, bytes, str]]:
    """Each with how many hours ago it came, its name, its bytes and its channel, the oldest first."""
    return [*_from_systems(now), *_from_people(now)]


def _from_systems(now: datetime) -> list[tuple[float, str, bytes, str]]:
    faltin = [
        ("BOX-A4", "Versandkarton A4", 80, ""),
        ("TAPE-PP", "Packband leise 50 mm", 24, ""),
        ("ENV-PAD-C", "Luftpolstertasche C/3", 40, ""),
    ]
    zeulner = [
        ("PAP-A4-80", "Kopierpapier A4 80 g", 200, "3.95"),
        ("ENV-DL-F", "Fensterhülle DL", 10000, ""),
        ("ORD-RUECK-80", "Ordnerrückenschild 80 mm, grau", 100, "0.12"),
    ]
    vandijk = [
        ("PAP-A4-160", "Colour laser card A4 160 gsm", 30, ""),
        ("LBL-A4-24", "Labels A4, 24 per sheet", 25, ""),
        ("KRAFT-90", "Kraft wrapping paper 90 gsm, roll", 12, ""),
    ]
    shop = [
        ("PAP-A4-80", "Kopierpapier A4 80 g weiß", 120, ""),
        ("PAD-A5", "Schreibblock A5 kariert", 30, ""),
        ("CAL-WALL", "Wandkalender 3 Monate", 60, ""),
    ]
    return [
        (7.5, "ORDERS_FALTIN_0417.edi", edifact("10037", "4500417093", now, faltin), "folder"),
        (6.2, "schoenleben_bestellung.csv", table("10013", "26-1188", now, shop), "folder"),
        (4.8, "ORDERS_ZEULNER_8812.edi", edifact("10038", "7700881240", now, zeulner), "folder"),
        (4.1, "order-PO-2026-3391.xml", ubl("10054", "PO-2026-3391", now, vandijk), "api"),
        (3.6, "ORDERS_FALTIN_0418.edi", edifact("10037", "4500417140", now, faltin[:1], lie=2), "folder"),
    ]


SHEET = (
    "Zahnärzte Dr. Eichner & Kollegen",
    "Friedrichstraße 12, 95444 Bayreuth",
    "",
    "Bestellung vom heutigen Tage",
    "",
    "10 Pack   Kopierpapier A4 80 g, weiß",
    "2000 St.  Briefhüllen DIN lang mit Fenster",
    "2 Pack    Etiketten A4, 24 je Bogen",
    "",
    "Bitte wie immer an den Hintereingang.",
    "Mit freundlichen Grüßen, i. A. Schuster",
)
FLYER = """Hallo Frau Petersen,

wir brauchen für das Weinfest 5.000 Flyer A5, beidseitig 4-farbig, 135 g matt.
Daten kommen morgen Mittag per Upload. Klappt Freitag in einer Woche?

Viele Grüße
Nele Raabe
"""
QUESTION = """Guten Morgen,

die Speisekarten sollten letzte Woche kommen. Können Sie mir sagen, wo die Sendung steckt?

Landhotel Juratal, K. Wolf
"""
SCAN = """Guten Tag,

anbei unsere Bestellung als Scan.

Freundliche Grüße
M. Schuster
"""
ENGLISH = """Dear all,

please find our order attached.

Kind regards
Sanne de Wit
"""


def _from_people(now: datetime) -> list[tuple[float, str, bytes, str]]:
    """Mails: the sender's name and address, the subject, the words, the files."""
    scanned = ("Bestellung_0924.pdf", "application/pdf", scanned_sheet(SHEET))
    order = ubl("10054", "PO-2026-3402", now, [("ENV-C4", "C4 envelopes", 5000, "")])
    attached = ("PO-2026-3402.xml", "application/xml", order)
    raabe = ("Studio Raabe", "druck@studio-raabe.example")
    wolf = ("Kerstin Wolf", "rezeption@juratal.example")
    eichner = ("Praxis Dr. Eichner", "praxis@eichner-zahn.example")
    vandijk = ("Inkoop Van Dijk", "inkoop@kantoorhuis-vandijk.example")
    mails: list[tuple[float, str, tuple[str, str], str, str, list[tuple[str, str, bytes]]]] = [
        (2.4, "flyer-weinfest.eml", raabe, "Anfrage Flyer Weinfest, bitte bis Freitag", FLYER, []),
        (1.3, "wo-bleibt.eml", wolf, "Wo bleibt unsere Lieferung?", QUESTION, []),
        (0.6, "bestellung-scan.eml", eichner, "Bestellung Büromaterial", SCAN, [scanned]),
        (0.3, "order-3402.eml", vandijk, "Order PO-2026-3402", ENGLISH, [attached]),
    ]
    return [
        (hours, name, letter(sender, subject, words, now - timedelta(hours=hours), files), "imap")
        for hours, name, sender, subject, words, files in mails
    ]
