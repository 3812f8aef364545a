"""From a query's page to a list page: columns that sort, chips, views and pages, all of it in the address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.kernel.paging import COUNTED, Page

from .kept_views import keep_url, kept
from .respond import asked, read
from .templatetags.ui import Column, Row, number

Text = str | Promise
PLACE = ("after",)  # a change of the question starts at the first page again


class ListColumn(Column, total=False):
    """A column that sorts when `sort` names one of the query's sorts."""

    sort: str


def column(key: str, label: Text, **more: Any) -> ListColumn:
    """A column of a list; `more` as in templatetags/ui.py `Column`, and `sort`."""
    return cast("ListColumn", {"key": key, "label": label, **more})


class Filter(NamedTuple):
    """A parameter of the query that people choose: its name there, what it is called, and its values with their words."""

    name: str
    label: Text
    choices: Sequence[tuple[str, Text]]


@dataclass(frozen=True, slots=True)
class View:
    """A saved view: what it is called, its parameters, and how many stand in it (empty: not counted)."""

    label: Text
    given: Mapping[str, str] = field(default_factory=dict)
    count: int | None = None
    late: bool = False


class Listing(NamedTuple):
    """What a list page asks and shows. `fixed` are parameters that the address cannot change; `row` makes a table row."""

    query: str
    columns: Sequence[ListColumn]
    row: Callable[[Any], Row]
    filters: Sequence[Filter] = ()
    views: Sequence[View] = ()
    search: Text = ""
    fixed: Mapping[str, Any] = {}


def many(count: int | None) -> str:
    """A count as people read it: exact to 1,000, then "1,000+"."""
    if count is None or count > COUNTED:
        return f"{number(COUNTED)}+"
    return str(count)


def address(request: HttpRequest, **changes: str | None) -> str:
    """This page's address with parameters set or (None) taken out; without `after` among them it is the first page."""
    given = request.GET.copy()
    for name in (*PLACE, *(name for name, value in changes.items() if value is None)):
        given.pop(name, None)
    for name, value in changes.items():
        if value is not None:
            given[name] = value
    return f"?{given.urlencode()}"


def listed(request: HttpRequest, listing: Listing) -> dict[str, Any]:
    """The context of layouts/list.html: columns, rows, pager, search, filters and views; `question` is what was asked."""
    question = asked(request, listing.query, **listing.fixed)
    page = read(request, listing.query, question)
    return {
        "question": question,
        "page": page,
        "columns": [_column(request, question, column) for column in listing.columns],
        "rows": [listing.row(row) for row in page.rows],
        "pager": pager(request, page, question.after, question.size),
        "search": _search(request, listing),
        "filters": _in_force(request, listing),
        "filter_choices": [_choices(request, one) for one in listing.filters],
        **_views_of(request, listing),
    }


def _column(request: HttpRequest, question: Any, column: ListColumn) -> Column:
    name = column.get("sort")
    if not name:
        return column
    up, down = question.sort == name, question.sort == f"-{name}"
    direction = "ascending" if up else "descending" if down else ""
    url = address(request, sort=f"-{name}" if up else name)
    return cast("Column", {**column, "sort_url": url, "sorted": direction})


def pager(request: HttpRequest, page: Page, after: str | None, size: int, **changes: str | None) -> dict[str, Any]:
    """The context of components/pager.html for a page of `size` rows that begins at `after`; `changes` are made in the addresses."""
    start = int(after) if after and after.isdigit() else 0
    earlier = max(0, start - size)
    shown = {"first": start + 1, "last": start + len(page.rows), "count": many(page.count), "exact": page.count}
    if page.next:
        shown["next_url"] = address(request, **changes, after=page.next)
    if start:
        shown["previous_url"] = address(request, **changes, after=str(earlier) if earlier else None)
    return shown


def _search(request: HttpRequest, listing: Listing) -> dict[str, Any] | None:
    if not listing.search:
        return None
    kept = [{"name": k, "value": v} for k, v in request.GET.items() if k not in ("q", *PLACE) and v]
    return {"value": request.GET.get("q", ""), "label": listing.search, "other_params": kept}


def _in_force(request: HttpRequest, listing: Listing) -> list[dict[str, Any]]:
    chips = []
    for one in listing.filters:
        value = request.GET.get(one.name, "")
        words = dict(one.choices).get(value)
        if words is not None:
            chips.append({"name": one.label, "value": words, "remove_url": address(request, **{one.name: None})})
    if words := request.GET.get("q", "").strip():
        chips.append({"name": _("Search"), "value": words, "remove_url": address(request, q=None)})
    return chips


def _choices(request: HttpRequest, one: Filter) -> dict[str, Any]:
    now = request.GET.get(one.name, "")
    choices = [
        {"label": label, "url": address(request, **{one.name: value}), "current": value == now}
        for value, label in one.choices
    ]
    return {"label": one.label, "choices": choices}


def _asked_for(given: QueryDict) -> dict[str, str]:
    return {k: str(v) for k, v in given.items() if v and k not in (*PLACE, "sort", "size", "which")}


def _current(request: HttpRequest, listing: Listing) -> View | None:
    """The view with the most parameters that all stand in the address."""
    given = _asked_for(request.GET)
    fitting = [view for view in listing.views if view.given.items() <= given.items()]
    return max(fitting, key=lambda view: len(view.given), default=None)


def _views(request: HttpRequest, listing: Listing) -> list[dict[str, Any]]:
    current = _current(request, listing)
    return [
        {
            "label": view.label,
            "url": f"?{_encoded(view.given)}",
            "count": many(view.count) if view.count is not None else "",
            "late": view.late and bool(view.count),
            "current": view == current,
        }
        for view in listing.views
    ]


def _views_of(request: HttpRequest, listing: Listing) -> dict[str, Any]:
    """The views of the list and those one keeps of it, and what leads to keeping what is asked for now."""
    mine = kept(request)
    one_of_mine = any(view["current"] for view in mine)
    views = _views(request, listing)
    if one_of_mine:
        views = [{**view, "current": False} for view in views]
    changed = None if one_of_mine else _changed(request, listing)
    keep = keep_url(request)
    if changed and keep:
        changed["save_url"] = keep
    return {
        "views": [*views, *mine],
        "changed": changed,
        "save_view_url": "" if changed else keep if one_of_mine else "",
    }


def _changed(request: HttpRequest, listing: Listing) -> dict[str, str] | None:
    current = _current(request, listing)
    if current is None or _asked_for(request.GET) == dict(current.given):
        return None
    return {"reset_url": f"?{_encoded(current.given)}"}


def _encoded(given: Mapping[str, str]) -> str:
    encoded = QueryDict(mutable=True)
    encoded.update(given)
    return encoded.urlencode()


def scope(request: HttpRequest, name: str, choices: Sequence[tuple[str, Text]]) -> list[dict[str, Any]]:
    """A switch for layouts' `scope`: the first choice is in force when the address names none."""
    now = request.GET.get(name) or choices[0][0]
    return [
        {"label": label, "url": address(request, **{name: value}), "current": value == now} for value, label in choices
    ]


def whole_view(request: HttpRequest, name: str, most: int) -> list[int]:
    """The ids of every row of the view that the form names in `view`, up to `most`; else the ids that were ticked."""
    if not request.POST.get("whole_view"):
        return [int(id) for id in request.POST.getlist("id") if id.isdigit()]
    request.GET = QueryDict(request.POST.get("view", ""))
    ids: list[int] = []
    after: str | None = None
    while len(ids) < most:
        page = read(request, name, asked(request, name, after=after, size=200))
        ids += [row.id for row in page.rows]
        after = page.next
        if after is None:
            break
    return ids[:most]


DETAILS = (column("name", lazy("Fact"), grow=1, soft=True), column("value", lazy("Value"), grow=3))


def details(facts: Sequence[tuple[Text, Any]]) -> dict[str, Any]:
    """Facts of a record by name, as a small table."""
    rows = [{"id": n, "cells": {"name": str(name), "value": str(value)}} for n, (name, value) in enumerate(facts)]
    return {"columns": DETAILS, "rows": rows}
