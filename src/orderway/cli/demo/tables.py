"""The demo's decision tables: who looks after an order, how urgent a print order is, which orders go first; and its maps, which ask two
of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from orderway.decisions.commands import PublishTable
from orderway.orders.rules import PRIORITY_TABLE

from .company import MAIL_DOMAIN

DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"
OURS = "https://orderway.org/bpmn/1"
NOTE = "Befunde und Formulare gibt die Tabelle aus, Druckaufträge bekommen ihre Dringlichkeit"
# which work items each table gives out
ASKED = {"order_care": ("settle_findings", "fill_form"), "print_urgency": ("approve_price", "validate", "schedule")}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table: its columns as (fact, type, label) and (name, type), its rules as cells from left to right with a note at the end."""

    key: str
    name: str
    why: str
    inputs: Sequence[tuple[str, str, str]]
    outputs: Sequence[tuple[str, str]]
    rules: Sequence[Sequence[str]]


def _who(name: str) -> str:
    return f'"{name}@{MAIL_DOMAIN}"'


TOBIAS = "tobias.wendler"
NOBODY = '""'  # no one in particular; no skill in particular
TABLES = (
    Drawn(
        "order_care",
        "Wer sich um den Auftrag kümmert",
        "Nach dem, was einer kann: Export, Rahmenverträge, Behörden; Nürnberg bei Tobias; sonst wer weniger offen hat",
        (
            ("country", "string", "Land"),
            ("postcode", "string", "Postleitzahl"),
            ("customer_group", "string", "Preisgruppe"),
        ),
        (("person", "string"), ("skill", "string"), ("priority", "number")),
        (
            ('not("DE")', "-", "-", NOBODY, '"export"', "0", "Wer ausfuhren kann"),
            ("-", 'starts with(?, "90")', "-", _who(TOBIAS), NOBODY, "0", "Großraum Nürnberg"),
            ("-", "-", '"contract"', NOBODY, '"rahmenverträge"', "1", "Zugesagte Reaktionszeit"),
            ("-", "-", '"public"', NOBODY, '"behörden"', "0", "Behörden und Vereine"),
            ("-", "-", "-", NOBODY, '"druckdaten"', "0", "Wer weniger offen hat"),
        ),
    ),
    Drawn(
        "print_urgency",
        "Wie dringend ein Druckauftrag ist",
        "Große Aufträge und Rahmenverträge zuerst, damit die Maschinen planbar bleiben",
        (("net", "number", "Nettowert"), ("customer_group", "string", "Preisgruppe")),
        (("priority", "number"),),
        (
            (">= 3000", "-", "2", "Blockiert eine Maschine für Stunden"),
            ("[1000..3000)", "-", "1", ""),
            ("-", '"contract"', "1", "Rahmenvertrag"),
            ("< 100", "-", "-1", "Kleinauftrag"),
            ("-", "-", "0", ""),
        ),
    ),
    Drawn(
        PRIORITY_TABLE,
        "Welche Aufträge zuerst drankommen",
        "Was jemand gesagt hat, gilt; sonst der Termin, und Rahmenverträge vor den übrigen",
        (
            ("flag", "string", "Was jemand gesagt hat"),
            ("days_left", "number", "Tage bis zum Termin"),
            ("customer_group", "string", "Preisgruppe"),
        ),
        (("priority", "number"),),
        (
            ('"urgent"', "-", "-", "2", "Jemand hat ihn als eilig gesetzt"),
            ('"wait"', "-", "-", "-1", "Jemand hat gesagt, dass er warten kann"),
            ("-", "<= 2", '"contract"', "2", "Rahmenvertrag, der Termin ist da"),
            ("-", "<= 2", "-", "1", "Der Termin ist da"),
            ("-", "-", '"contract"', "1", "Rahmenvertrag"),
            ("-", "-", "-", "0", ""),
        ),
    ),
)


def tables() -> list[PublishTable]:
    """The tables as they are published, each with its reason."""
    return [PublishTable(_dmn(one), "order", one.why) for one in TABLES]


def _dmn(one: Drawn) -> str:
    inputs = (
        f"<input id={quoteattr(f'{one.key}_{fact}')} label={quoteattr(label)}><inputExpression typeRef={quoteattr(kind)}>"
        f"<text>{fact}</text></inputExpression></input>"
        for fact, kind, label in one.inputs
    )
    outputs = (
        f"<output id={quoteattr(f'{one.key}_{name}')} name={quoteattr(name)} typeRef={quoteattr(kind)}/>"
        for name, kind in one.outputs
    )
    rules = (_rule(one, number, cells) for number, cells in enumerate(one.rules, 1))
    return (
        f'<definitions xmlns="{DMN}" id="{one.key}_definitions" namespace="https://orderway.org/tables" name={quoteattr(one.name)}>'
        f'<decision id="{one.key}" name={quoteattr(one.name)}><decisionTable id="{one.key}_table" hitPolicy="FIRST">'
        f"{''.join((*inputs, *outputs, *rules))}</decisionTable></decision></definitions>"
    )


def _rule(one: Drawn, number: int, cells: Sequence[str]) -> str:
    *tests, note = cells
    kinds = ["inputEntry"] * len(one.inputs) + ["outputEntry"] * len(one.outputs)
    entries = (
        f'<{kind} id="{one.key}_{number}_{at}"><text>{escape(text)}</text></{kind}>'
        for at, (kind, text) in enumerate(zip(kinds, tests, strict=True))
    )
    return f'<rule id="{one.key}_{number}"><description>{escape(note)}</description>{"".join(entries)}</rule>'


def asking(maps: Iterable[str]) -> list[str]:
    """Those of the maps that have work for a table to give out, drawn so that they ask it."""
    table_of = {node: table for table, nodes in ASKED.items() for node in nodes}
    changed = []
    for xml in maps:
        root = etree.fromstring(xml.encode())
        given = [one for one in root.iter("{*}userTask") if one.get("id") in table_of]
        for one in given:
            one.set(f"{{{OURS}}}assignment", table_of[one.get("id", "")])
        if given:
            changed.append(etree.tostring(root, xml_declaration=True, encoding="UTF-8").decode())
    return changed
