"""Founding the demo company: people, items, prices, stock, customers, machines, maps. Each step is done once, by its key."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from importlib import resources

from django.contrib.auth.hashers import make_password

from orderway.archive.commands.commit import SetFormat
from orderway.catalog.commands import AddItem, SetPrice, SetTaxRate
from orderway.catalog.sums import share
from orderway.kernel import clock
from orderway.kernel.access import Actor, system_actor
from orderway.people.commands import AdmitPerson, SetPassword, SetSkills
from orderway.people.queries import actor_of
from orderway.production.commands.set_up import DescribePaper
from orderway.stock.commands import Move
from orderway.workflow.commands.publish import PublishMap

from . import matters
from .company import (
    BREAKS,
    COMPANY,
    DEPARTMENTS,
    GROUPS,
    ITEMS,
    LOOSE_BREAKS,
    MACHINES,
    MAIL_DOMAIN,
    PAPERS,
    PEOPLE,
    SKILLS,
    TAXES,
    WAREHOUSES,
    Goods,
    gtin,
)
from .customers import CUSTOMERS, suppliers
from .house import did, settle
from .tables import NOTE, asking, tables
from .working_time import open_hours


def found(at: datetime, password: str) -> int:
    """Found the company as of `at`, with everything it needs before the first order; returns its id."""
    with clock.at(at - timedelta(days=2)):
        (company,) = did("people.found", system_actor(0), [COMPANY], "demo/company").done
        boss = system_actor(company)
        did("people.open_departments", boss, DEPARTMENTS, "demo/departments")
        people = [
            AdmitPerson(f"{mail}@{MAIL_DOMAIN}", name, roles, department) for mail, name, roles, department in PEOPLE
        ]
        persons = did("people.admit", boss, people, "demo/people").done
        able = {mail: id for (mail, *_), id in zip(PEOPLE, persons, strict=True)}
        did("people.set_skills", boss, [SetSkills(able[mail], said) for mail, said in SKILLS.items()], "demo/skills")
        hashed = make_password(password)  # once for all of them: it is the demo's, and no secret
        did("people.set_password", boss, [SetPassword(id, hashed) for id in persons])
        open_hours(boss, at.date())
        _stock_up(boss, at.date())
        customers = [customer.terms(serial) for serial, customer in enumerate(CUSTOMERS, 1)]
        did("parties.take_on", boss, [*customers, *suppliers()], "demo/parties")
        maps = _maps()
        did("workflow.publish", boss, [PublishMap(xml) for xml in maps], "demo/maps")
        owner = actor_of(persons[_place("administrator")], company) or boss
        did("decisions.publish", owner, tables(), "demo/tables")
        did("workflow.publish", owner, [PublishMap(xml, NOTE) for xml in asking(maps)], "demo/maps-with-tables")
        did("workflow.publish", owner, [PublishMap(xml) for xml in matters.publish_texts()], "demo/maps-of-the-office")
        did("archive.set_formats", boss, [SetFormat("message", "original")], "demo/formats")
        settle()
    return company


def _place(role: str) -> int:
    """Where the one who does the work of a role stands among the people."""
    return next(place for place, (_, _, roles, _) in enumerate(PEOPLE) if role in roles)


def _stock_up(boss: Actor, day: date) -> None:
    """Items with prices and taxes, papers, machines, and what lies in the warehouses on the first day."""
    since = date(day.year, 1, 1) if day.month > 1 else date(day.year - 1, 1, 1)
    rows = [
        AddItem(g.number, g.name, g.kind, g.unit, gtin(serial) if g.kind == "goods" else "", g.tax, D(g.weight))
        for serial, g in enumerate(ITEMS, 1)
    ]
    ids = dict(zip((g.number for g in ITEMS), did("catalog.add_items", boss, rows, "demo/items").done, strict=True))
    prices = [price for g in ITEMS for price in _prices(g, ids[g.number], since)]
    did("catalog.set_prices", boss, prices, f"demo/prices/{since}")
    rates = [SetTaxRate("DE", tax, rate, date(2021, 1, 1)) for tax, rate in TAXES]
    did("catalog.set_tax_rates", boss, rates, "demo/taxes")
    hall, annex = did("stock.open_warehouses", boss, WAREHOUSES, "demo/warehouses").done
    counted = [Move(ids[g.number], hall, D(g.main), "counted") for g in ITEMS if g.main]
    counted += [Move(ids[g.number], annex, D(g.annex), "counted") for g in ITEMS if g.annex]
    did("stock.move", boss, counted, "demo/stock")
    did("production.set_machines", boss, MACHINES, "demo/machines")
    papers = [
        DescribePaper(
            ids[p.item],
            p.grade,
            D(p.gsm),
            D(p.width),
            D(p.height),
            p.grain,
            D(p.cost),
            p.sheets,
            "weiß",
            p.surface,
            certificate=p.certificate,
            supplier=p.supplier,
            sheets_per_ream=p.sheets,
        )
        for p in PAPERS
    ]
    did("production.describe_papers", boss, papers, "demo/papers")


def _prices(goods: Goods, item: int, since: date) -> Iterator[SetPrice]:
    """The price of every group from every quantity on; services cost everybody the same."""
    groups = {"list": D(1)} if goods.kind == "service" else GROUPS
    breaks = BREAKS[:1] if goods.kind != "goods" else LOOSE_BREAKS if goods.per > 1 else BREAKS
    for group, factor in groups.items():
        for quantity, less in breaks:
            price = share(D(goods.price) * factor, less * 100, COMPANY.currency)
            yield SetPrice(item, price, since, group, min_quantity=quantity, per=D(goods.per))


def _maps() -> list[str]:
    """The workflow maps that ship with the product."""
    folder = resources.files("orderway.workflow").joinpath("maps")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".bpmn")), key=lambda file: file.name)
    return [file.read_text("utf-8") for file in files]
