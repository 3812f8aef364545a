"""A working day after the other: what happens in the demo company, and when. A day is one transaction, so that none is half there."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from orderway.archive.closing import enter_closed
from orderway.archive.commands.root import TakeRoot
from orderway.kernel import clock
from orderway.kernel.models import CommandLog

from . import floor, matters, office
from .house import House, did, is_working_day, moment, settle, system
from .papers import Print

SEED = 1897
ENTERED_A_DAY = 1  # each starts a process that makes archive forms; the others are left to the worker
A_DAY = 20  # at most so many orders come in on one day: references count on
Step = Callable[[], None]


def working_days(first: date, until: date) -> Iterator[date]:
    """The working days from the first to the last, both included."""
    day = first
    while day <= until:
        if is_working_day(day):
            yield day
        day += timedelta(days=1)


def is_done(key: str) -> bool:
    """Whether the step of the demo with this key was done before."""
    return CommandLog.objects.filter(key=key).exists()


def live(house: House, day: date, now: datetime, print_papers: Print) -> None:
    """Let one day happen as far as `now`, and have its papers made; a day that happened before does not happen again."""
    key = f"demo/day/{day}"
    if not is_done(key):
        with transaction.atomic():
            for at, step in steps(house, day, SEED):
                if at <= now:
                    with clock.at(at):
                        step()
            with clock.at(min(now, moment(day, 23))):
                did("archive.root", system(house), [TakeRoot()], key)
    evening = min(now, moment(day, 19))
    print_papers(evening)
    with clock.at(evening):
        settle()
        enter_closed(house.company, ENTERED_A_DAY)


def steps(house: House, day: date, seed: int) -> list[tuple[datetime, Step]]:
    """What happens on a day, and when; the same seed finds the same chances."""
    random = Random(f"{seed}/{day.toordinal()}")  # noqa: S311 - a demo that is the same every time
    serial = day.toordinal() % 300 * A_DAY
    morning, noon, afternoon = (random.randint(2, 3), random.randint(2, 4), random.randint(2, 3))

    def orders(serial: int, count: int) -> Step:
        def come() -> None:
            office.orders_come(house, random, day, serial, count)
            office.somebody_walks_in(house, random)

        return come

    at = {
        (6, 40): lambda: floor.presses_run(house, day, moment(day, 6), moment(day, 6, 40)),
        (7, 20): lambda: floor.goods_come_in(house, random),
        (8, 5): lambda: floor.arrivals(house, random, moment(day, 0)),
        (8, 30): lambda: office.money_comes(house, day),
        (8, 45): lambda: office.bill_the_rest(house, random),
        (9, 10): orders(serial, morning),
        (9, 40): lambda: office.hold_and_resume(house, random),
        (9, 55): lambda: office.settle_findings(house, random),
        (10, 5): lambda: office.fill_forms(house, random),
        (10, 45): lambda: office.decide(house, random, "approve_price"),
        (11, 15): lambda: office.decide(house, random, "validate"),
        (11, 40): orders(serial + 6, noon),
        (12, 30): lambda: floor.pick_pack_ship(house, random),
        (13, 10): lambda: office.schedule(house, random, day),
        (13, 40): lambda: office.decide(house, random, "accept"),
        (14, 20): orders(serial + 13, afternoon),
        (14, 50): lambda: floor.next_round_begins(house, random),
        (15, 40): lambda: floor.pick_pack_ship(house, random),
        (16, 10): lambda: floor.settle_shortages(house, random),
        (16, 25): lambda: office.withdraw_one(house, random),
        (16, 40): lambda: floor.something_comes_back(house, random),
        (18, 0): lambda: floor.presses_run(house, day, moment(day, 6, 40), moment(day, 18)),
    }
    happens = [(moment(day, *time), step) for time, step in (at | _beside(house, day, seed)).items()]
    return sorted(happens, key=lambda one: one[0])


def _beside(house: House, day: date, seed: int) -> dict[tuple[int, int], Step]:
    """What goes its way beside the orders, with chances of its own: theirs stay as they are."""
    random = Random(f"{seed}/{day.toordinal()}/beside")  # noqa: S311 - the same every time
    return {
        (8, 55): lambda: matters.begin(house, random, day),
        (11, 25): lambda: matters.go_on(house, random),
        (15, 25): lambda: matters.go_on(house, random),
    }


def finish(house: House, key: str) -> None:
    """The last step: the archive's root over all that was committed, and the mark that the demo is filled."""
    did("archive.root", system(house), [TakeRoot()], key)
