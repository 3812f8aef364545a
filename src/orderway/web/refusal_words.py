"""What is refused, in the reader's language: a sentence for each code, and the facts in it as people read them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from orderway.kernel.outcome import Refusal

from . import work_words
from .drawing_words import SUBJECTS
from .templatetags.ui import day, moment, number
from .units import UNITS, unit
from .words import CHANNELS, CHECKS, ROLES, STATES, Text

FIGURES = {"free", "wanted", "picked", "delivered", "open", "due", "paid", "quantity", "stated", "ours", "most"}
_PLAIN = re.compile(r"-?\d+(\.\d+)?")
REFUSALS: Mapping[str, Text] = {
    **work_words.REFUSALS,
    "not-allowed": lazy("Your roles do not include this."),
    "key-reused": lazy("This form was sent before with other content. Reload the page and try again."),
    "invalid": lazy("Row %(row)s, %(field)s: %(reason)s"),
    "unknown-customer": lazy("There is no such customer. Choose one from the list."),
    "no-files": lazy("Send 1 to %(most)s files, none of them empty."),
    "no-lines": lazy("An order needs at least one line."),
    "unknown-channel": lazy("The channel %(channel)s is not known."),
    "quantity-not-positive": lazy("Line %(position)s: the quantity must be more than 0."),
    "price-not-possible": lazy("Line %(position)s: price and discount must not be below 0."),
    "unknown-item": lazy("Line %(position)s: there is no such item, or it is no longer sold."),
    "unknown-term": lazy("%(days)s days to pay are not possible; 0 to %(most)s are."),
    "no-price": lazy("Line %(position)s: %(item)s has no price for this customer and day. Enter one."),
    "no-tax-rate": lazy("Line %(position)s: %(item)s has no tax rate. Ask accounting to set one."),
    "unknown-order": lazy("There is no such order."),
    "wrong-state": lazy("%(number)s is %(state)s; this is not possible now."),
    "findings": lazy("The check found what stands in the way: %(checks)s."),
    "unknown-finding": lazy("There is no such finding any more; the order was checked again."),
    "reason-missing": lazy("Say why."),
    "unknown-flag": lazy("There is no mark %(flag)s. Known are %(known)s."),
    "patience-not-possible": lazy("Demands may wait for 1 to %(most)s days before they go first."),
    "otherwise-today": lazy(
        "Prices or stock are otherwise today than they were for this order; look at them and order it then."
    ),
    "order-stopped": lazy("%(number)s is %(state)s: its goods stay where they are."),
    "already-delivered": lazy("Something of this order was delivered or invoiced. Take it back first."),
    "not-in-stock": lazy("Line %(position)s: only %(free)s are free here, %(wanted)s were wanted."),
    "not-overdue": lazy("Nothing of %(number)s is overdue."),
    "reminded-often": lazy("The customer was reminded of %(number)s %(times)s times; letters are no use any more."),
    "reminded-lately": lazy("The customer was reminded of %(number)s less than %(days)s days ago."),
    "nobody-to-write-to": lazy("The customer of %(number)s has no mail address."),
    "no-walk-in": lazy("Say who buys: no customer stands for those without an account yet."),
    "unknown-method": lazy("Over the counter people pay in cash or by card."),
    "short-stock": lazy("Only %(free)s are free, %(wanted)s were wanted."),
    "unknown-place": lazy("There is no such item or warehouse."),
    "number-in-use": lazy("The number %(number)s is taken."),
    "number-missing": lazy("A number is needed."),
    "name-missing": lazy("A name is needed."),
    "negative-price": lazy("A price must not be below 0, and counts for more than 0 pieces."),
    "unknown-party": lazy("There is no such customer or supplier."),
    "unknown-command": lazy("There is nothing to undo."),
    "not-reversible": lazy("This cannot be undone."),
    "changed-since": lazy("It was changed since; undoing would overwrite that."),
    "unknown-language": lazy("The language %(language)s is not known."),
    "unknown-theme": lazy("The theme %(theme)s is not known."),
    "unknown-person": lazy("There is no such person here."),
    "bad-skill": lazy("“%(skill)s” cannot be a skill: it needs one to %(longest)s letters and no comma."),
    "unknown-role": lazy("There is no role %(role)s."),
    "unknown-decided": lazy("There is nothing of that kind here to decide about."),
    "no-decision": lazy("No decision %(table)s about this kind of thing is published."),
    "unknown-subject": lazy("Nothing is known of the kind %(subject)s."),
    "cannot-decide": lazy("The table cannot decide: %(problems)s"),
    "table-twice": lazy("The table %(table)s comes twice."),
    "other-subject": lazy("The table %(table)s decides about another kind of thing: %(about)s."),
    "outputs-in-use": lazy(
        "Maps ask the table %(table)s for what this version gives otherwise (%(outputs)s): %(maps)s. "
        "Keep these columns until no map needs them."
    ),
    "not-dmn": lazy("This is no DMN file: %(reason)s"),
    "other-table": lazy("This file does not hold the table %(table)s. It holds: %(drawn)s."),
    "bad-key": lazy("%(key)s is no key: letters, digits, ., - and _, beginning with a letter."),
    "other-map": lazy("This drawing is of the map %(drawn)s, not of %(map)s."),
    "draft-changed": lazy(
        "Somebody else saved this draft meanwhile (%(by)s). Save yours as a file, then load the page again to see theirs."
    ),
    "unknown-draft": lazy("Nobody is drawing on %(key)s: there is no draft."),
    "nothing-changed": lazy("Nothing has changed since version %(number)s; nothing is published."),
    "no-way": lazy("No condition holds here and there is no default way. Mend the facts or the map, then try again."),
    "spins": lazy("The way went round in a circle without anything to wait for. Mend the map."),
    "no-count": lazy("It is not known how often to do this, or too often. Mend the figure, then try again."),
    "no-moment": lazy("%(name)s holds no date to wait for. Fill it in, then try again."),
    "not-finished": lazy("Not everything is delivered, invoiced and paid: %(missing)s."),
    "against-constraint": lazy("This contradicts what is stored already. Read it again and mend what differs."),
    "already-begun": lazy("%(number)s is in production already; its form can no longer be changed."),
    "already-done": lazy("This work item was done already."),
    "already-picked": lazy("This line of %(order)s was picked already."),
    "already-revoked": lazy("This token was revoked already."),
    "already-running": lazy("It is on its way through the map %(map)s already."),
    "amount-missing": lazy("Enter an amount other than 0."),
    "broken": lazy("The program made a mistake here. Nothing was changed; try again, or tell the administrator."),
    "calls-not-possible": lazy("A token allows 1 to %(most)s calls a minute."),
    "cannot-run": lazy("The map cannot run: %(problems)s"),
    "chain-too-deep": lazy("One thing led to another too many times, so it was stopped. Tell the administrator."),
    "currency-differs": lazy("The order is in %(stated)s, this customer is agreed to pay in %(ours)s."),
    "customer-not-settled": lazy("Say which customer is meant by “%(name)s”."),
    "days-not-possible": lazy("A token holds 1 to %(longest)s days."),
    "field-invalid": lazy("What stands here does not fit: %(labels)s."),
    "incomplete": lazy("Still needed: %(labels)s."),
    "figures-not-possible": lazy("%(key)s: the figures must be more than 0."),
    "first-parcel-not-archived": lazy("%(number)s supplements a parcel that is not archived yet."),
    "invalid-flag": lazy("A flag is true or false; known are %(known)s."),
    "invalid-json": lazy("The request is not valid JSON: %(reason)s"),
    "invalid-key": lazy("The key must look like %(pattern)s."),
    "items-not-settled": lazy("Say which items are meant on the lines %(positions)s."),
    "label-missing": lazy("Give the token a name, so that it is known again."),
    "machine-busy": lazy("%(machine)s is taken at that time."),
    "more-than-delivered": lazy("Only %(delivered)s were delivered, %(wanted)s were to come back."),
    "more-than-due": lazy("On %(number)s only %(due)s is open."),
    "more-than-open": lazy("Only %(open)s are still to be delivered, not %(wanted)s."),
    "more-than-wanted": lazy("%(wanted)s are wanted here, %(picked)s are too many."),
    "no-documents": lazy("%(number)s holds no papers yet."),
    "no-mail-address": lazy("%(address)s is no mail address."),
    "no-press": lazy("%(number)s: this format does not fit on the paper, or the paper on no press."),
    "no-printed-item": lazy("There is no item that is made to order."),
    "no-printed-line": lazy("%(number)s has no line that is printed."),
    "no-scopes": lazy("Choose at least one thing that the token may do."),
    "no-specification": lazy("%(number)s has no order form yet. Fill it in first."),
    "not-bpmn": lazy("This is no BPMN map: %(reason)s"),
    "not-printed": lazy("The paper could not be made: %(error)s"),
    "not-running": lazy("This is on no map any more."),
    "newest-already": lazy("It goes by the latest version of %(map)s already, number %(number)s."),
    "no-place": lazy(
        "It cannot go over to the latest version of %(map)s from where it stands: %(places)s. Say which place is meant."
    ),
    "not-issued": lazy("The invoice of %(number)s is still a draft."),
    "not-stuck": lazy("It goes on; there is nothing to try again."),
    "not-their-role": lazy("This is work of %(role)s, and they do not have this role."),
    "not-what-was-picked": lazy("What lies in the packages is not what was picked. Count again."),
    "not-your-role": lazy("This is work of %(role)s, a role you do not have."),
    "not-yours": lazy("This can be done for yourself only."),
    "nothing-delivered": lazy("Nothing of line %(position)s was delivered that could come back."),
    "nothing-open": lazy("All of line %(position)s was delivered or given up."),
    "nothing-picked": lazy("Nothing of this was picked, so there is nothing to pack."),
    "not-held": lazy(
        "Of %(number)s %(picked)s are picked, but only %(held)s are still wanted. Put the rest back and pack again."
    ),
    "nothing-to-credit": lazy("Of %(number)s nothing that was invoiced came back."),
    "nothing-to-invoice": lazy("Of %(number)s nothing was delivered that is not invoiced yet."),
    "nothing-was-read": lazy(
        "No order was read of this, so none can be made. Enter the order by hand, or set this aside."
    ),
    "one-of-several": lazy("%(name)s holds several orders; each is settled on its own."),
    "out-of-range": lazy("A value is too large or too small: %(reason)s"),
    "parcel-closed": lazy("The parcel %(number)s is closed; what comes now goes into a supplement."),
    "parcel-still-open": lazy("The parcel %(number)s is still open. Close it first."),
    "percent-not-possible": lazy("A prepayment is more than 0 and at most 100 percent."),
    "not-delivered": lazy("“%(subject)s” could not be sent to %(to)s: %(error)s"),
    "carrier-down": lazy("%(carrier)s does not book for %(number)s: %(error)s"),
    "carrier-perhaps-booked": lazy(
        "%(carrier)s gave no clear answer for %(number)s and may have booked: %(error)s. Trying again never books twice."
    ),
    "already-booked": lazy("%(carrier)s is asked or booked for this shipment already."),
    "unknown-carrier": lazy("There is no such carrier in use."),
    "unknown-booking": lazy("There is no such booking."),
    "wrong-booking-state": lazy("The booking of %(carrier)s is not open to this now."),
    "tracking-missing": lazy("Enter the tracking number."),
    "bad-carrier-name": lazy(
        "“%(name)s” cannot be a carrier's name: 1 to %(longest)s letters without blanks around them."
    ),
    "bad-web-address": lazy("%(name)s: “%(address)s” is no address that begins with http:// or https://."),
    "came-back": lazy("“%(subject)s” came back from %(to)s: %(error)s"),
    "perhaps-delivered": lazy("The sending broke off; the mail may have arrived. Ask before you send it again."),
    "prepaid-already": lazy("%(number)s has a prepayment invoice already."),
    "prepayment-open": lazy("%(number)s waits for its prepayment."),
    "press-incomplete": lazy("A press needs its printing units and the largest sheet."),
    "price-differs": lazy("Line %(position)s: the order says %(stated)s each, our price is %(ours)s."),
    "quantities-not-possible": lazy("At most %(most)s quantities, each more than 0."),
    "quantity-missing": lazy("Line %(position)s states no quantity."),
    "quantity-not-possible": lazy("Line %(position)s: %(quantity)s is more than an order can hold. Ask the customer."),
    "recipient-missing": lazy("Say to whom the mail goes."),
    "retained": lazy("This must still be kept by law."),
    "scope-too-wide": lazy("A token cannot give more than you have: %(scopes)s."),
    "sealed": lazy("%(name)s is sealed and cannot be changed."),
    "somebody-else-has-it": lazy("A colleague has taken this."),
    "mail-empty": lazy("A mail needs a subject and a text."),
    "too-large": lazy("%(name)s is larger than %(most)s bytes. Split it."),
    "subject-fixed": lazy(
        "The map %(map)s is the way of: %(subject_before)s. Give a drawing for %(subject_now)s a key of its own."
    ),
    "twice": lazy("The same thing stands here twice."),
    "twice-in-the-set": lazy("Two rows are about the same thing."),
    "unit-differs": lazy("Line %(position)s is ordered in “%(stated)s”, we sell in “%(ours)s”."),
    "unknown-content": lazy("The file has not arrived here, or it has no name. Send it again."),
    "unknown-document": lazy("There is no such paper."),
    "unknown-field": lazy("There is no field %(field)s."),
    "unknown-format": lazy("There is no format %(format)s."),
    "unknown-exception": lazy("This is settled already, or there is no such exception."),
    "not-by-hand": lazy("This follows from no event, so there is nothing to try again. Say how it was settled."),
    "still-stuck": lazy("The step still stands on its map. Try it again, or take the order off the map."),
    "unknown-grain": lazy("The grain runs along the height or the width."),
    "unknown-intake": lazy("There is no such input."),
    "unknown-invoice": lazy("There is no such invoice."),
    "unknown-kind": lazy("There is no kind %(kind)s."),
    "unknown-line": lazy("There is no such line."),
    "unknown-machine": lazy("There is no such machine."),
    "unknown-map": lazy("There is no published map %(map)s."),
    "unknown-message": lazy("There is no such message."),
    "unknown-outcome": lazy("The step has no decision %(outcome)s."),
    "unknown-parcel": lazy("There is no such parcel."),
    "unknown-scope": lazy("Not known: %(scopes)s."),
    "unknown-shipment": lazy("There is no such shipment."),
    "unknown-source": lazy("There is no source %(source)s."),
    "unknown-specification": lazy("There is no such order form."),
    "unknown-ticket": lazy("There is no such job ticket."),
    "comment-missing": lazy("Write something, at most %(most)s characters."),
    "unknown-colleague": lazy("Nobody here is called %(name)s, or more than one is. Write the full name."),
    "unknown-notice": lazy("There is no such notice."),
    "unknown-page": lazy("There is no list %(page)s."),
    "unknown-view": lazy("There is no such view."),
    "unknown-country": lazy("“%(country)s” is no country: two capital letters, for example DE."),
    "terms-not-possible": lazy("Days and limit are 0 or more, a prepayment lies between 0 and 100 percent."),
    "unknown-token": lazy("There is no such token."),
    "unknown-work": lazy("There is no such work item."),
    "which-line": lazy("%(number)s has several printed lines. Say which one is meant."),
    "wrong-intake-state": lazy("%(name)s is %(state)s; this is not possible now."),
    "wrong-item": lazy("This is %(scanned)s; wanted is %(wanted)s."),
    "wrong-machine": lazy("%(machine)s does not do this operation."),
    "wrong-message-state": lazy("The message is %(state)s; this is not possible now."),
    "wrong-ticket-state": lazy("The job ticket is %(state)s; this is not possible now."),
}


# where something that is no order stands, for refusals that name it
STANDING: Mapping[str, Text] = {
    **STATES,
    "open": lazy("still to pick"),
    "picked": lazy("picked"),
    "packed": lazy("packed"),
    "shipped": lazy("shipped"),
    "delivered": lazy("delivered"),
    "received": lazy("received"),
    "recognised": lazy("read"),
    "review": lazy("with a person"),
    "order": lazy("an order"),
    "not_an_order": lazy("set aside"),
    "rejected": lazy("refused"),
    "waiting": lazy("waiting"),
    "unscheduled": lazy("not placed"),
    "planned": lazy("planned"),
    "running": lazy("running"),
    "finished": lazy("finished"),
    "withdrawn": lazy("withdrawn"),
    "draft": lazy("a draft"),
    "outgoing": lazy("waiting to be sent"),
    "sending": lazy("being sent"),
    "sent": lazy("sent"),
    "failed": lazy("not sent"),
    "closed": lazy("closed"),
    "committed": lazy("archived"),
}
MISSING: Mapping[str, Text] = {
    "delivered": lazy("delivery"),
    "invoiced": lazy("invoice"),
    "paid": lazy("payment"),
}
_FACT_WORDS: Mapping[str, Mapping[str, Text]] = {
    "state": STANDING,
    "checks": CHECKS,
    "missing": MISSING,
    "role": ROLES,
    "channel": CHANNELS,
    "subject_before": {**SUBJECTS, "company": lazy("Company")},
    "subject_now": {**SUBJECTS, "company": lazy("Company")},
}


def refusal_text(refusal: Refusal) -> str:
    """What stands in the way, in a sentence; an unknown code shows itself with its facts."""
    text = REFUSALS.get(refusal.code)
    facts = {"row": str((refusal.subject or 0) + 1)}
    facts |= {name: _fact(name, value) for name, value in refusal.facts.items()}
    if text is None:
        return f"{refusal.code} {dict(refusal.facts) or ''}".strip()
    try:
        return str(text) % facts
    except (KeyError, ValueError):
        return f"{refusal.code} {dict(refusal.facts)}"


def _fact(name: str, value: Any) -> str:
    """A fact of a refusal as people read it: codes in words, figures in the reader's locale, several things with commas."""
    if isinstance(value, str) and name in FIGURES and _PLAIN.fullmatch(value):
        value = Decimal(value)  # figures of an answer that was kept for its key come back as texts
    if isinstance(value, (list, tuple)):
        return ", ".join(_fact(name, one) for one in value)
    if isinstance(value, dict) and "why" in value:  # a problem of a map
        return f"{value.get('name') or value.get('element')}: {value['why']}"
    if isinstance(value, Decimal) or (isinstance(value, int) and name in FIGURES):
        return number(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if name in ("stated", "ours") and str(value) in UNITS:
        return unit(str(value))
    return str(_FACT_WORDS.get(name, {}).get(str(value), value))
