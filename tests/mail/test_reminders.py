"""Customers are reminded of what is overdue, level by level, each once, and never of what they paid (SE-38)."""

from datetime import UTC, datetime, timedelta

import pytest
from test_bill_mails import delivered, ok, printed
from test_order_mails import outbox

from orderway.billing.commands.pay import Pay
from orderway.kernel import clock, reacting
from orderway.kernel.access import system_actor
from orderway.kernel.checking import differences
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.parties.commands import ChangeParty

DAY = timedelta(days=1)
ISSUED = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUE = ISSUED + 14 * DAY


@pytest.fixture
def bill(shop):
    """An invoice that was sent and is due in a fortnight."""
    with clock.at(ISSUED):
        order = delivered(shop)
        (invoice,) = ok("billing.issue", shop.accountant, Ref(order)).values["invoices"]
        printed(shop, invoice)
        reacting.drain()
    return ask("billing.invoice", shop.accountant, id=invoice)


def reminded(shop, bill, at):
    """What comes of reminding at a moment: nothing, or why it is refused."""
    with clock.at(at):
        refused = run("billing.remind", shop.accountant, [Ref(bill.id)]).refused
        reacting.drain()
    return [no.code for no in refused]


def letters(shop, bill):
    return [mail for mail in outbox(shop, bill.order_id) if "ahnung" in mail.subject or "erinnerung" in mail.subject]


def test_levels_follow_each_other_a_week_apart_and_end_with_the_third(shop, bill):
    assert reminded(shop, bill, DUE) == ["not-overdue"]
    assert reminded(shop, bill, DUE + DAY) == []
    assert reminded(shop, bill, DUE + 7 * DAY) == ["reminded-lately"]
    assert reminded(shop, bill, DUE + 8 * DAY) == []
    assert reminded(shop, bill, DUE + 15 * DAY) == []
    assert reminded(shop, bill, DUE + 30 * DAY) == ["reminded-often"]
    subjects = [mail.subject.partition(":")[0] for mail in letters(shop, bill)]
    assert sorted(subjects) == ["Letzte Mahnung", "Zahlungserinnerung", "Zweite Mahnung"]
    assert not differences()


def test_the_letter_says_what_is_open_and_brings_the_invoice(shop, bill):
    run("billing.pay", shop.accountant, [Pay(bill.id, bill.due - 10)])
    assert reminded(shop, bill, DUE + DAY) == []
    (mail,) = letters(shop, bill)
    assert "Offen: 10,00 EUR" in mail.text
    assert bill.number in mail.text
    (paper,) = ask("mail.attachments", shop.accountant, id=mail.id)
    assert bill.number in paper.name


def test_a_letter_that_is_asked_for_again_goes_once(shop, bill):
    reminded(shop, bill, DUE + DAY)
    run("billing.send_reminders", system_actor(shop.company), [Ref(bill.id)])
    assert len(letters(shop, bill)) == 1


def test_who_has_paid_is_left_in_peace(shop, bill):
    run("billing.pay", shop.accountant, [Pay(bill.id, bill.due)])
    assert reminded(shop, bill, DUE + DAY) == ["not-overdue"]
    assert not letters(shop, bill)


def test_who_pays_before_the_letter_is_written_gets_none(shop, bill):
    with clock.at(DUE + DAY):
        assert run("billing.remind", shop.accountant, [Ref(bill.id)]).ok
        assert run("billing.pay", shop.accountant, [Pay(bill.id, bill.due)]).ok
        reacting.drain()
    assert not letters(shop, bill)


def test_whom_no_mail_reaches_is_told_instead_of_passed_over(shop, bill):
    assert run("parties.change", shop.manager, [ChangeParty(bill.customer_id, email="")]).ok
    assert reminded(shop, bill, DUE + DAY) == ["nobody-to-write-to"]


def test_those_who_can_be_reminded_are_a_filter_away(shop, bill):
    def found(at, **narrowed):
        with clock.at(at):
            return [row.id for row in ask("billing.invoices", shop.accountant, **narrowed).rows]

    assert found(DUE, remindable=True) == []
    assert found(DUE + DAY, remindable=True) == [bill.id]
    reminded(shop, bill, DUE + DAY)
    assert found(DUE + 2 * DAY, remindable=True) == []
    assert found(DUE + 2 * DAY, reminded=1) == [bill.id]
    assert found(DUE + 8 * DAY, remindable=True) == [bill.id]
