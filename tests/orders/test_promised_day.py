"""For which day a line is promised, and how it stands with it: the rules alone, over all there can be."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orderway.orders.rules import keeping, promised

TODAY = date(2026, 3, 2)
DAYS = st.none() | st.integers(-5, 5).map(lambda n: TODAY + timedelta(n))
MANY = st.integers(0, 6).map(Decimal)


@given(agreed=DAYS, line=DAYS, order=DAYS)
def test_what_was_agreed_comes_before_any_wish_and_the_lines_before_the_orders(
    agreed: date | None, line: date | None, order: date | None
) -> None:
    found = promised(agreed, line, order)
    assert found.day == (agreed or line or order)
    named = {"promised": agreed, "line": line, "order": order, "nothing": None}
    assert named[found.rests_on] == found.day, "it rests on a day that is the day"


@given(day=DAYS, wanted=MANY, gone=MANY, held=st.none() | MANY)
def test_a_promise_is_kept_late_ready_or_waits(
    day: date | None, wanted: Decimal, gone: Decimal, held: Decimal | None
) -> None:
    state = keeping(day, TODAY, wanted, gone, held)
    missing = max(wanted - gone, Decimal(0))
    assert (state == "service") == (held is None)
    if held is not None:
        assert (state == "kept") == (missing == 0)
        assert (state == "late") == (missing > 0 and day is not None and day < TODAY)
        assert (state == "ready") == (state not in ("kept", "late") and held >= missing)
