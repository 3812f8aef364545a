"""Lines as people type, paste or scan them: named and priced while they type, and read back from the form."""

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from orderway.orders.queries import Quote, QuoteLine

from .amounts import typed
from .refusal_words import REFUSALS
from .respond import TOLD, read
from .templatetags.ui import money, number
from .units import unit
from .words import Text

MOST_LINES = 2_000
PROBLEMS: Mapping[str, Text] = {
    "unknown-item": lazy("No item has this number."),
    "no-price": lazy("No price for this customer and day; enter one."),
    "quantity-not-positive": lazy("The quantity must be more than 0."),
}


class Line(NamedTuple):
    """A line as it was typed, with what could be made of it."""

    item: str
    quantity: str
    price: str
    note: str

    def quote(self) -> QuoteLine:
        """What it would cost; no quantity means one."""
        return QuoteLine(self.item, self.wanted(), typed(self.price))

    def wanted(self) -> Decimal | None:
        """How many; one where nothing is typed, None where it is no number."""
        return typed(self.quantity) if self.quantity else Decimal(1)


def customer_meant(request: HttpRequest, text: str) -> Any:
    """The customer meant by what stands in the field: "10001 Kanzlei Bergmann Roth", a number, or a whole name."""
    words = text.strip()
    if not words:
        return None
    for search in dict.fromkeys((words.split()[0], words)):
        rows = read(request, "parties.list", search=search, customers=True, size=20).rows
        exact = [row for row in rows if row.number == search or row.name.casefold() == search.casefold()]
        if len(exact) == 1:
            return exact[0]
    return None


def checked(request: HttpRequest, customer_of: Callable[[HttpRequest, str], Any]) -> HttpResponse:
    """Name and price the lines somebody is typing: JSON in and out as ts/lines.ts says; `customer_of` reads the field above them."""
    try:
        asked = json.loads(request.body)
        lines = [(int(line["n"]), _typed_line(line)) for line in asked["lines"][:MOST_LINES]]
    except (ValueError, KeyError, TypeError):
        return JsonResponse([], safe=False, status=400)
    customer = customer_of(request, str(asked.get("customer", "")))
    quoted = quote(request, customer, [line for _n, line in lines])
    currency = request.workplace.currency  # type: ignore[attr-defined]
    answers = [{"n": n, **_checked(one, line, currency)} for (n, line), one in zip(lines, quoted, strict=True)]
    return JsonResponse(answers, safe=False)


def _typed_line(given: Mapping[str, Any]) -> Line:
    return Line(*(str(given.get(name) or "").replace("\x00", "").strip() for name in Line._fields))


def quote(request: HttpRequest, customer: Any, lines: Sequence[Line]) -> Any:
    """What the lines cost the customer today (None: nobody yet), in their order."""
    return read(request, "orders.quote", Quote(customer.id if customer else None, [line.quote() for line in lines]))


def _problem(quoted: Any, line: Line) -> str:
    if not line.item:
        return _("Enter an item number.")
    if quoted.problem:
        return str(PROBLEMS.get(quoted.problem) or REFUSALS.get(quoted.problem, quoted.problem))
    if line.quantity and typed(line.quantity) is None:
        return _("“%(text)s” is not a quantity.") % {"text": line.quantity}
    if line.price and typed(line.price) is None:
        return _("“%(text)s” is not a price.") % {"text": line.price}
    return ""


def _checked(quoted: Any, line: Line, currency: str) -> dict[str, str]:
    if problem := _problem(quoted, line):
        return {"problem": problem}
    per = "" if quoted.per == 1 else _(" per %(n)s") % {"n": number(quoted.per)}
    return {
        "name": quoted.name,
        "price": f"{number(quoted.price, 2)}{per}" if quoted.price is not None else "",
        "amount": money(quoted.net, currency) if quoted.net is not None else "",
        "promise": _from_stock(quoted, line.wanted()),
    }


def _from_stock(quoted: Any, quantity: Decimal | None) -> str:
    if quoted.free is None:
        return ""
    if quantity is not None and quoted.free >= quantity:
        return _("in stock")
    return _("%(n)s %(unit)s free") % {"n": number(quoted.free), "unit": unit(quoted.unit)}


def lines_of(request: HttpRequest) -> list[Line]:
    """The lines of a sent form, without the empty ones."""
    count = request.POST.get("lines-count", "0")
    n = min(int(count), MOST_LINES) if count.isdigit() else 0
    given = [{name: request.POST.get(f"lines-{i}-{name}", "") for name in Line._fields} for i in range(n)]
    return [line for one in given if any(line := _typed_line(one))]


def problems_of(lines: Sequence[Line], quoted: Sequence[Any]) -> list[str]:
    """What is wrong with typed lines, each by its number."""
    return [
        _("Line %(n)d: %(problem)s") % {"n": n, "problem": problem}
        for n, (line, one) in enumerate(zip(lines, quoted, strict=True), 1)
        if (problem := _problem(one, line))
    ]


def ordered(lines: Sequence[Line], quoted: Sequence[Any]) -> list[dict[str, Any]]:
    """Typed lines as `orders.place` takes them; no quantity means one."""
    return [
        {
            "item": one.item,
            "quantity": line.wanted(),
            "price": typed(line.price),
            "description": line.note,
        }
        for line, one in zip(lines, quoted, strict=True)
    ]


def table(request: HttpRequest, lines: Sequence[Line], check_url: str, **more: Any) -> dict[str, Any]:
    """The context of components/lines.html."""
    labels = {"item": _("Item"), "quantity": _("Quantity"), "price": _("Unit price"), "note": _("Note")}
    return {
        "check_url": check_url,
        "labels": json.dumps(labels),
        "given": json.dumps([line._asdict() for line in lines]),
        "currency": request.workplace.currency,  # type: ignore[attr-defined]
        **more,
    }


def error(what: str, problems: Sequence[str]) -> dict[str, str] | None:
    """What stands in the way, the first of it by name; nothing typed is lost."""
    if not problems:
        return None
    more = len(problems) - TOLD
    rest = ngettext("and %(n)d more, each marked in its line.", "and %(n)d more, each marked in its line.", more) % {
        "n": more
    }
    return {
        "what": what,
        "kept": _("Everything you typed is still here."),
        "todo": " ".join([*problems[:TOLD], *([rest] if more > 0 else [])]),
    }
