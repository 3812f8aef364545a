"""Filling an empty installation with the demo company; what was interrupted goes on where it stopped."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from orderway.kernel import clock
from orderway.kernel.models import CommandLog
from orderway.people.models import Company

from .company import COMPANY, MAIL_DOMAIN, PEOPLE
from .founding import found
from .history import finish, is_done, live, working_days
from .house import ZONE, house_of, is_working_day, moment
from .inbox import messages_come
from .matters import ask_a_colleague
from .papers import printing_office
from .working_time import take_time_off

PASSWORD = "papier-und-farbe"  # noqa: S105 - everybody may know it: it opens the demo company and nothing else
FOUNDED, FILLED = "demo/company", "demo/filled"
MONTH = 22  # working days


def fill(days: int = MONTH) -> Iterator[str]:
    """Fill an empty installation with so many working days of the demo company, saying line by line what was done.

    Where somebody else's company is, or the demo was filled before, nothing is changed.
    """
    now = clock.now()
    if is_done(FILLED):
        yield _("The demo company is here already; nothing was changed.")
    elif not is_done(FOUNDED) and Company.objects.exists():
        yield _("This installation is in use; nothing was changed. The demo needs an empty one.")
        return
    elif not _alone():
        yield _("Somebody else is filling this installation just now; nothing was changed.")
        return
    else:
        yield from _fill(days, now)
    yield from _accounts()


def _fill(days: int, now: datetime) -> Iterator[str]:
    begun = _begun(days, now)
    company = found(begun, PASSWORD)
    house = house_of(company)
    yield _("%(company)s is founded: %(people)d people, %(items)d items, %(customers)d customers and suppliers.") % {
        "company": COMPANY.name,
        "people": len(PEOPLE),
        "items": len(house.items),
        "customers": len(house.customers),
    }
    calendar = list(working_days(begun.date(), now.astimezone(ZONE).date()))
    now = min(now, moment(calendar[-1], 15))  # what came in this afternoon still lies on the lists
    with printing_office(len(calendar)) as print_papers:
        for count, day in enumerate(calendar, 1):
            live(house, day, now, print_papers)
            yield _("%(day)s is over (%(count)d of %(days)d).") % {"day": day, "count": count, "days": len(calendar)}
    (settings.DATA_DIR / settings.DEMO_ACCOUNTS).write_text(json.dumps(accounts()), "utf-8")
    with transaction.atomic():  # all of them or none: their bytes hold the hour, so they would not be known again
        take_time_off(house, now)
        ask_a_colleague(house, now)
        messages_come(house)
        finish(house, FILLED)
    yield _("Fresh messages lie in the inbox.")


def _alone() -> bool:
    """Whether nobody else fills this installation; the lock ends with this process's connection."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtext('orderway demo'))")
        return bool(cursor.fetchone()[0])


def _begun(days: int, now: datetime) -> datetime:
    """The morning of the first day: as recorded when the company was founded, else so many working days ago."""
    founded = CommandLog.objects.filter(key=FOUNDED).first()
    if founded:
        return founded.at.astimezone(ZONE) + timedelta(days=2)
    day, left = now.astimezone(ZONE).date(), days
    while left:
        day -= timedelta(days=1)
        left -= is_working_day(day)
    return moment(day, 6)


def accounts() -> dict[str, object]:
    """What the sign-in page of a demo shows: who there is, and the password of all."""
    people = [
        {"email": f"{mail}@{MAIL_DOMAIN}", "name": name, "role": roles[0]} for mail, name, roles, _department in PEOPLE
    ]
    return {"password": PASSWORD, "accounts": people}


def _accounts() -> Iterator[str]:
    yield _("Sign in as one of these people; the password of all is %(password)s") % {"password": PASSWORD}
    for mail, name, roles, _department in PEOPLE:
        yield f"  {roles[0]:14} {mail}@{MAIL_DOMAIN:20} {name}"
