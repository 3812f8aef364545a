"""The firm that the benches run in: the print shop of the tests, grown to 100 customers and 1,000 items with all the stock it needs."""

import os
import sys
from datetime import date
from decimal import Decimal as D
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CUSTOMERS, ITEMS = 100, 1_000
PERSON = "bench@kessler.example"
OTHERS = tuple(f"bench{n}@kessler.example" for n in range(2, 6))  # where a map asks for other eyes
SINCE = date(2020, 1, 1)


def grow() -> None:
    """Admit persons who hold every role, take on customers, add items with prices and tax, and fill the warehouse."""
    from orderway.catalog.commands import AddItem, SetPrice
    from orderway.kernel.access import ROLES, system_actor
    from orderway.kernel.running import run
    from orderway.parties.commands import TakeOn
    from orderway.people.commands import AdmitPerson
    from orderway.stock.commands import Move

    actor = system_actor(1)
    roles = [role for role in ROLES if role != "auditor"]
    run("people.admit", actor, [AdmitPerson(mail, "Bench", roles) for mail in (PERSON, *OTHERS)])
    customers = [
        TakeOn(f"Customer {n}", "DE", f"B{n:04}", street=f"Street {n}", postcode="10115", city="Berlin")
        for n in range(CUSTOMERS)
    ]
    run("parties.take_on", actor, customers)
    items = run("catalog.add_items", actor, [AddItem(f"BENCH-{n:04}", f"Item {n}") for n in range(ITEMS)]).done
    run("catalog.set_prices", actor, [SetPrice(id, D(10 + n % 50), SINCE) for n, id in enumerate(items)])
    run("stock.move", actor, [Move(id, 1, D(1_000_000_000)) for id in items])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.settings")
    sys.path[:0] = [str(ROOT / "tests")]
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    import world

    from orderway.kernel import reacting

    world.build()
    grow()
    reacting.drain()
