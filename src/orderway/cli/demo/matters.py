"""What goes its way in the demo company beside the orders, on maps of the gallery: complaints, purchases, contracts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import resources
from random import Random
from typing import Any

from orderway.kernel import clock
from orderway.kernel.running import ask
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.questions import AskColleague
from orderway.workflow.commands.work import CompleteWork

from .house import ZONE, House, did, every, finish_work, settle, system, working_day_after

MAPS = ("complaint", "contract_approval", "purchase_approval")
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """How a department works off a step: the role, how much of it in a round, the outcomes by how often, the check items ticked."""

    role: str
    share: float
    outcomes: Mapping[str, int]
    checks: Sequence[str] = ()


STEPS: Mapping[tuple[str, str], Step] = {
    ("complaint", "note"): Step("manager", 0.45, {"noted": 1}, ("answered",)),
    ("complaint", "find"): Step("quality", 0.2, {"ours": 7, "not_ours": 2, "more": 1}),
    ("complaint", "settle"): Step("manager", 0.18, {"credit": 2, "again": 3, "accepted": 2}),
    ("complaint", "credit"): Step("accountant", 0.3, {"credited": 1}),
    ("complaint", "learn"): Step("quality", 0.1, {"written": 1}),
    ("complaint", "explain"): Step("manager", 0.3, {"told": 1}),
    ("purchase_approval", "describe"): Step("planner", 0.7, {"described": 1}),
    ("purchase_approval", "ask_prices"): Step("purchasing", 0.2, {"chosen": 6, "unclear": 1}),
    ("purchase_approval", "approve"): Step("accountant", 0.25, {"approved": 6, "refused": 1}),
    ("purchase_approval", "order"): Step("purchasing", 0.3, {"ordered": 1}),
    ("contract_approval", "draft"): Step("manager", 0.15, {"ready": 1}),
    ("contract_approval", "money"): Step("accountant", 0.2, {"fine": 1}),
    ("contract_approval", "quality_look"): Step("quality", 0.25, {"fine": 1}),
    ("contract_approval", "decide"): Step("administrator", 0.2, {"approved": 4, "back": 1}),
    ("contract_approval", "sign"): Step("administrator", 0.15, {"signed": 1}, ("filed",)),
}
BACK = {
    "more": "Von welcher Palette stammt die Ware? Bitte ein Bild des Etiketts.",
    "unclear": "Welches Format, und reicht die Lieferung in zwei Teilen?",
    "back": "Die Kündigungsfrist von zwölf Monaten ist zu lang, bitte sechs.",
}
COMPLAINTS = (
    ("Zwei Kartons waren eingedrückt, obere Lage unbrauchbar", "low", "Palette ohne Kantenschutz verladen"),
    ("Rot ist deutlich dunkler als auf dem Proof", "high", "Farbzone 7 nach dem Bogenwechsel nicht nachgeführt"),
    ("Statt 160 g kamen 135 g", "high", "Lagerplatz falsch ausgezeichnet"),
    ("Drei Pakete fehlen auf dem Lieferschein", "low", "Teillieferung ohne Vermerk gepackt"),
    ("Falz sitzt zwei Millimeter daneben", "low", "Anschlag an der Falzmaschine verstellt"),
    ("Briefhüllen kleben zusammen", "low", "Zu warm gelagert, Außenlager"),
)
MEASURE = "Steht ab heute auf der Prüfliste des Packplatzes"
PURCHASES = {
    "Druckplatten SM 52, 400 Stück": (1480, "Offset-Bedarf Nürnberg", 1432),
    "Feuchtwischbezüge und Gummitücher": (640, "Drucktechnik Reuther", 598),
    "Stretchfolie und Kantenschutz": (310, "Packmittel Franken", 289),
    "Wartung Schneidemaschine, Messersatz": (2250, "Polar Service Süd", 2190),
    "Etikettendrucker Packplatz 2": (870, "Logistik & Code GmbH", 845),
    "Bilderdruck matt 135 g, Sonderformat": (5300, "Papiergroßhandel Berberich", 5120),
}
CONTRACTS = {
    "Rahmenvertrag Schulbedarf Landkreis Lichtenfels": ("Landratsamt Lichtenfels", 48000),
    "Stromliefervertrag Halle Gerberstraße": ("Stadtwerke Bamberg", 61000),
    "Leasing Speedmaster XL 75, Verlängerung": ("Mainfranken Leasing", 94000),
    "Entsorgung Altpapier und Plattenaluminium": ("Rohstoff Hösch", 5400),
}
REMARK = "Keine Einwände"


def publish_texts() -> list[str]:
    """The maps of the gallery that the company uses."""
    folder = resources.files("orderway.workflow").joinpath("gallery")
    return [folder.joinpath(f"{name}.bpmn").read_text("utf-8") for name in MAPS]


def begin(house: House, random: Random, day: date) -> None:
    """A customer complains, somebody needs material, a contract is due: each on some days."""
    manager, planner = house.who("manager"), house.who("planner")
    if random.random() < 0.6 and (order := _to_complain_of(house, random)):
        did("workflow.start", manager, [StartMap("complaint", order)])
    if random.random() < 0.45:
        title = random.choice(sorted(PURCHASES))
        did("workflow.start", planner, [StartMap("purchase_approval", title=title)])
    if random.random() < 0.25:
        title = random.choice(sorted(CONTRACTS))
        about = f"Mit {CONTRACTS[title][0]}, ab {working_day_after(day, 20):%d.%m.%Y}"
        did("workflow.start", manager, [StartMap("contract_approval", title=title, about=about)])
    settle()


def _to_complain_of(house: House, random: Random) -> int | None:
    """An order that was delivered, and about which nobody complains yet."""
    delivered = {row.order_id for row in every("fulfilment.shipments", house.who("warehouse"), state="delivered")}
    free = sorted(delivered - complained_of(house))
    return random.choice(free) if free else None


def complained_of(house: House) -> set[int]:
    """The orders about which a complaint is on its way, whoever works on it: nobody in the house sees the work of all."""
    return {row.subject_id for row in every("workflow.work", system(house), which="all", map="complaint")}


def go_on(house: House, random: Random) -> None:
    """Every department works off some of what waits for it."""
    for (map, node), step in STEPS.items():
        done = []
        for item in every("workflow.work", house.who(step.role), which="all", map=map, node=node):
            if random.random() < step.share:
                outcome = random.choices(list(step.outcomes), list(step.outcomes.values()))[0]
                values = {} if outcome in BACK else _values(item)
                checks = () if outcome in BACK else step.checks
                done.append((item, CompleteWork(item.id, outcome, values, checks, BACK.get(outcome, ""))))
        finish_work(house, step.role, done)
        settle()


def _values(item: Any) -> Values:
    """What is filled in at a step, the same for the same matter."""
    if item.map == "complaint":
        return _of_complaint(item)
    soon = working_day_after(clock.today(str(ZONE)), 5)
    if item.map == "contract_approval":
        partner, yearly = CONTRACTS[item.title]
        ends = date(soon.year + 3, 12, 31).isoformat()
        return {
            "draft": {"partner": partner, "yearly": str(yearly), "ends": ends},
            "money": {"money_remark": REMARK},
            "quality_look": {"quality_remark": REMARK},
        }.get(item.node, {})
    amount, supplier, offered = PURCHASES[item.title]
    return {
        "describe": {"what": item.title, "amount": str(amount), "needed_on": (soon + timedelta(days=7)).isoformat()},
        "ask_prices": {"supplier": supplier, "offered": str(offered)},
        "order": {"promised": soon.isoformat()},
    }.get(item.node, {})


def _of_complaint(item: Any) -> Values:
    matter, severity, cause = COMPLAINTS[item.subject_id % len(COMPLAINTS)]
    return {
        "note": {"matter": matter, "severity": severity},
        "find": {"cause": cause},
        "learn": {"measure": MEASURE},
    }.get(item.node, {})


def ask_a_colleague(house: House, now: datetime) -> None:
    """Quality would like to know something of sales before it decides, and accounting of planning."""
    with clock.at(now):
        _ask(house)


def _ask(house: House) -> None:
    for asks, map, asked, text in (
        ("quality", "complaint", "jana.petersen", "Hat der Kunde schon ein Bild geschickt?"),
        ("accountant", "purchase_approval", "ulrich.dietz", "Reicht auch die Hälfte bis Jahresende?"),
    ):
        waiting = ask("workflow.work", house.who(asks), map=map, size=1).rows
        did("workflow.ask", house.who(asks), [AskColleague(row.id, house.people[asked].id, text) for row in waiting])
