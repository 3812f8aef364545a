"""What is open, how old it is and from which moment on it is late (SE-38)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderway.billing.commands.pay import Pay
from orderway.kernel import clock
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.place import PlaceLine, PlaceOrder

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _charged(shop: Any, hours: int) -> int:
    """An invoice over so many hours of design, due in a fortnight."""
    lines = [PlaceLine(shop.items["DESIGN-H"], D(hours))]
    (order,) = run("orders.place", shop.manager, [PlaceOrder(shop.customers["10001"], lines)]).done
    assert run("orders.confirm", shop.manager, [Ref(order)]).ok
    return int(run("billing.issue", shop.accountant, [Ref(order)]).values["invoices"][0])


def test_an_invoice_is_late_from_the_midnight_of_the_house_after_its_due_day(shop: Any) -> None:
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        bill = ask("billing.invoice", shop.accountant, id=_charged(shop, 1))
    assert bill.due_on == date(2026, 3, 16)
    for moment, late in (("2026-03-16T22:59", False), ("2026-03-16T23:01", True)):  # 23:59 and 00:01 in Berlin
        with clock.at(datetime.fromisoformat(moment).replace(tzinfo=UTC)):
            (row,) = ask("billing.invoices", shop.accountant).rows
            assert row.overdue is late
            assert len(ask("billing.invoices", shop.accountant, overdue=True).rows) == late
            (ages,) = ask("billing.ageing", shop.accountant)
            assert (ages.not_due is None, ages.to_30 is not None) == (late, late)


def test_an_order_is_late_from_the_midnight_of_the_house_after_its_day(shop: Any) -> None:
    lines = [PlaceLine(shop.items["PAP-A4-80"], D(1))]
    order = PlaceOrder(shop.customers["10001"], lines, requested_on=date(2026, 3, 16))
    with clock.at(START):
        assert run("orders.place", shop.manager, [order]).ok
    for moment, late in (("2026-03-16T22:59", 0), ("2026-03-16T23:01", 1)):
        with clock.at(datetime.fromisoformat(moment).replace(tzinfo=UTC)):
            assert len(ask("orders.list", shop.manager, late=True).rows) == late
            assert ask("orders.counts", shop.manager).late == late


bills = st.lists(
    st.tuples(st.integers(0, 150), st.integers(1, 40), st.sampled_from([0, 0, 1, 2, 3])), min_size=1, max_size=8
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bills, st.integers(0, 23))
def test_the_ages_are_those_of_a_recount(shop: Any, charged: list[tuple[int, int, int]], hour: int) -> None:
    already = {row.id for row in ask("billing.invoices", shop.accountant, size=200).rows}
    for day, hours, thirds in charged:
        with clock.at(START + timedelta(days=day)):
            invoice = _charged(shop, hours)
            due = ask("billing.invoice", shop.accountant, id=invoice).due
            part = (due * thirds / 3).quantize(D("0.01"))
            assert not part or run("billing.pay", shop.accountant, [Pay(invoice, part)]).ok
    now = START + timedelta(days=150, hours=hour)
    today, sums = now.astimezone(BERLIN).date(), dict.fromkeys(("not_due", "to_30", "to_60", "to_90", "older"), D(0))
    for id in (row.id for row in ask("billing.invoices", shop.accountant, size=200).rows):
        head = ask("billing.invoice", shop.accountant, id=id)
        rest = head.due - sum((p.amount for p in ask("billing.payments", shop.accountant, id=id)), D(0))
        days = (today - head.due_on).days
        age = ("not_due", "to_30", "to_60", "to_90", "older")[0 if days <= 0 else min(4, (days - 1) // 30 + 1)]
        sums[age] += rest
    with clock.at(now):
        rows = ask("billing.ageing", shop.accountant)
    told = {age: getattr(row, age) or D(0) for row in rows for age in sums} if rows else dict.fromkeys(sums, D(0))
    assert told == sums
    assert len(already) + len(charged) == len(ask("billing.invoices", shop.accountant, size=200).rows)
