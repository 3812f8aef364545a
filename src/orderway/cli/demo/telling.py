"""How a simulated day is told: line by line to whoever typed it, and hour by hour into the file that the page shows."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from orderway.kernel import clock
from orderway.people.models import Company

from .day import Hour, next_day, simulate
from .filling import FILLED
from .history import is_done
from .house import house_of


class NoDemo(Exception):
    """There is no demo company here, or a day of it is being simulated just now."""


def tell(seed: int, dry: bool) -> Iterator[str]:
    """Simulate the next day and say what happens. `dry` takes everything back and leaves no note. Raises NoDemo."""
    if not is_done(FILLED):
        raise NoDemo(_("There is no demo company here: orderway demo fills one."))
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtext('orderway day'))")
        if not cursor.fetchone()[0]:
            raise NoDemo(_("A day is being simulated just now."))
    house, day = house_of(Company.objects.earliest("id").pk), next_day()
    yield _("%(day)s, seed %(seed)s") % {"day": day, "seed": seed}
    told: dict[str, Any] = {"company": house.company, "day": str(day), "seed": seed, "hours": [], "over": False}
    if dry:
        with transaction.atomic():
            for hour in simulate(house, day, seed):
                yield from _lines(hour)
            transaction.set_rollback(True)
        return
    _note(told)
    for hour in simulate(house, day, seed):
        told["hours"].append(asdict(hour))
        _note(told)
        yield from _lines(hour)
    _note(told | {"over": True})


def _lines(hour: Hour) -> Iterator[str]:
    yield _("%(hour)02d:00  %(inside)d on their way, %(late)d late") % {
        "hour": hour.hour,
        "inside": sum(hour.on_maps.values()),
        "late": hour.late,
    }
    for one in hour.happenings:
        yield f"  {one.at}  {one.name:22} {one.number} {one.step}".rstrip()


def _note(told: dict[str, Any]) -> None:
    """Whoever looks meanwhile sees the hours before or this one too, never half of it."""
    file = settings.DATA_DIR / settings.DEMO_DAY
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(told | {"noted_at": clock.now().isoformat()}), "utf-8")
    draft.replace(file)
