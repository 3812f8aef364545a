"""A small believable print shop, made through commands: Kessler Druck & Papier with its people, customers, paper and prices.

A second company, Nachbar Handel, stands beside it: what it owns must never show.
"""

import os
from dataclasses import dataclass
from datetime import date
from decimal import Decimal as D


@dataclass(frozen=True)
class Shop:
    """What the tests call things: actors by role, ids by number."""

    company: int
    people: dict[str, "object"]
    items: dict[str, int]
    customers: dict[str, int]
    warehouses: dict[str, int]
    stranger: "object"

    def __getattr__(self, role: str) -> "object":
        try:
            return self.people[role]
        except KeyError:
            raise AttributeError(role) from None


ITEMS = [
    ("PAP-A4-80", "Copy paper A4 80 g, 500 sheets", "goods", "4.90"),
    ("PAP-LX-120", "Munken Lynx 120 g, 1,000 sheets", "goods", "118.00"),
    ("ENV-DL", "Envelope DL with window, 1,000 pieces", "goods", "31.50"),
    ("LETTER-A4", "Letterhead A4 2/0", "made", "138.00"),
    ("DESIGN-H", "Design work, one hour", "service", "75.00"),
]
CUSTOMERS = [
    ("10001", "Kanzlei Bergmann Roth", "DE", ""),
    ("10002", "Harrow & Finch Ltd", "GB", ""),
    ("10003", "Imprimerie Lac", "FR", "FR40303265045"),
]


def build() -> None:
    """Found both companies and fill them."""
    from orderway.kernel.access import ROLES, system_actor
    from orderway.kernel.running import run
    from orderway.people.commands import AdmitPerson, FoundCompany, OpenDepartment

    installation = system_actor(0)
    firms = [
        FoundCompany(
            "Kessler Druck & Papier",
            "DE",
            "EUR",
            "Gerberstraße 4",
            "96260",
            "Weismain",
            "Europe/Berlin",
            "de",
            "DE123456789",
            iban="DE02120300000000202051",
            email="orders@kessler.example",
        ),
        FoundCompany(
            "Nachbar Handel", "DE", "EUR", "Am Markt 1", "96215", "Lichtenfels", "Europe/Berlin", "de", "DE987654321"
        ),
    ]
    for company, home in zip(run("people.found", installation, firms).done, ("kessler", "nachbar"), strict=True):
        actor = system_actor(company)
        run("people.open_departments", actor, [OpenDepartment(role, f"{role.title()} team") for role in ROLES])
        people = [
            AdmitPerson(f"{role}@{home}.example", f"{role.title()} of {home.title()}", [role], role) for role in ROLES
        ]
        run("people.admit", actor, people)
        _stock_up(actor)


def _stock_up(actor: "object") -> None:
    from orderway.catalog.commands import AddItem, SetPrice, SetTaxRate
    from orderway.kernel import reacting
    from orderway.kernel.running import run
    from orderway.parties.commands import TakeOn
    from orderway.stock.commands import Move, OpenWarehouse

    main, annex = run(
        "stock.open_warehouses", actor, [OpenWarehouse("main", "Main hall"), OpenWarehouse("annex", "Annex", 2)]
    ).done
    items = run("catalog.add_items", actor, [AddItem(number, name, kind) for number, name, kind, _ in ITEMS]).done
    since = date(2020, 1, 1)
    prices = [SetPrice(id, D(price), since) for id, (_, _, _, price) in zip(items, ITEMS, strict=True)]
    prices += [SetPrice(items[0], D("4.50"), since, min_quantity=D(100)), SetPrice(items[0], D("4.20"), since, "trade")]
    run("catalog.set_prices", actor, prices)
    run(
        "catalog.set_tax_rates",
        actor,
        [SetTaxRate("DE", "standard", D(19), since), SetTaxRate("DE", "reduced", D(7), since)],
    )
    parties = [
        TakeOn(name, country, number, vat_id=vat, city="Somewhere", street="1 Street")
        for number, name, country, vat in CUSTOMERS
    ]
    run("parties.take_on", actor, parties)
    stock = [
        Move(items[0], main, D(1000)),
        Move(items[0], annex, D(200)),
        Move(items[1], main, D(50)),
        Move(items[2], annex, D(80)),
    ]
    run("stock.move", actor, stock)
    reacting.drain()


def known() -> Shop:
    """Look the shop up again in this process's copy of the template."""
    from orderway.catalog.models import Item
    from orderway.kernel.access import ROLES
    from orderway.parties.models import Party
    from orderway.people.models import Person
    from orderway.people.queries import actor_of
    from orderway.stock.models import Warehouse

    ids = dict(Person.objects.values_list("email", "id"))
    company, other = 1, 2
    return Shop(
        company=company,
        people={role: actor_of(ids[f"{role}@kessler.example"], company) for role in ROLES},
        items=dict(Item.objects.filter(company_id=company).values_list("number", "id")),
        customers=dict(Party.objects.filter(company_id=company).values_list("number", "id")),
        warehouses=dict(Warehouse.objects.filter(company_id=company).values_list("key", "id")),
        stranger=actor_of(ids["manager@nachbar.example"], other),
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    build()
