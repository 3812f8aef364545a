"""The tables of what happened on a map: their columns, how a row looks, what is plotted of it, and what a file holds."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .fields import span
from .listing import ListColumn, column

Text = str | Promise
Address = Callable[..., str]
DAY = timedelta(days=1)


class Plot(NamedTuple):
    """Bars: what they are called, and for each part its name, tone and value of a row: a length of time where there is no unit."""

    title: Text
    unit: Text | None
    label: Callable[[int, Any], str]
    series: Sequence[tuple[Text, str, Callable[[Any], Any]]]
    decimals: int = 1

    def drawn(self, rows: Sequence[Any]) -> tuple[str, list[list[float]]]:
        """The unit of the bars, and the values of each part; lengths of time are in days as soon as words tell the longest in days."""
        values = [[value(row) for row in rows] for _name, _tone, value in self.series]
        if self.unit is not None:
            return str(self.unit), values
        longest = max((one for part in values for one in part), default=timedelta())
        unit, one = (_("days, all together"), DAY) if longest >= 2 * DAY else (_("hours, all together"), DAY / 24)
        return unit, [[length / one for length in part] for part in values]


class Table(NamedTuple):
    """One table: its tab, a sentence about it, its columns, its rows, its plot, and the columns of its file."""

    label: Text
    about: Text
    columns: Sequence[ListColumn]
    row: Callable[[Any, Address], dict[str, Any]]
    plot: Plot | None
    plain: Sequence[tuple[str, Callable[[Any], Any]]]


def name_of(row: Any) -> str:
    """What a place is called."""
    return str(row.name or _("Where ways meet"))


def percent(share: float) -> str:
    """A share (0 to 1) in per cent."""
    return f"{100 * share:.0f} %"


def _waiting(row: Any, link: Address) -> dict[str, Any]:
    cells = {
        "name": name_of(row),
        "visits": row.visits,
        "waited": span(row.waited),
        "share": percent(row.share),
        "median": span(row.waited_median),
        "ninetieth": span(row.waited_ninetieth),
        "worked": span(row.worked) if row.worked else "",
        "worked_median": span(row.worked_median) if row.worked else "",
    }
    return {"id": row.node, "url": link(of="cases", node=row.node), "label": name_of(row), "cells": cells}


def _way(row: Any, link: Address) -> dict[str, Any]:
    cells = {
        "steps": len(row.steps),
        "cases": row.cases,
        "share": percent(row.share),
        "median": span(row.median),
        "ninetieth": span(row.ninetieth),
        "latest": row.latest,
    }
    return {"id": row.variant, "url": link(of="cases", variant=row.variant), "label": row.variant[:8], "cells": cells}


def _again(row: Any, link: Address) -> dict[str, Any]:
    cells = {
        "name": name_of(row),
        "cases": row.cases_again,
        "of": row.cases,
        "again": row.again,
        "took": span(row.again_took),
        "each": span(row.again_took / row.cases_again),
    }
    return {"id": row.node, "url": link(of="cases", again=row.node), "label": name_of(row), "cells": cells}


def _case(row: Any, link: Address) -> dict[str, Any]:
    title = row.title or f"{row.subject_type} {row.subject_id}"
    own = f"{reverse('order', args=[row.subject_id])}?tab=map" if row.subject_type == "order" else ""
    cells = {
        "title": title,
        "version": row.version,
        "started": row.started_at,
        "ended": row.ended_at,
        "took": span(row.took),
        "steps": row.steps,
        "way": {"text": row.variant[:8], "url": link(variant=row.variant)},
    }
    return {"id": row.id, "url": own, "label": title, "cells": cells}


TABLES: Mapping[str, Table] = {
    "waiting": Table(
        lazy("Waiting"),
        lazy(
            "Waiting is the time from coming to a step until somebody takes it up; without taking it up first, until it is left. "
            "Work is the time from then on."
        ),
        (
            column("name", lazy("Step"), kind="id"),
            column("visits", lazy("Visits"), kind="number", narrow="hide"),
            column("waited", lazy("Waited together"), kind="number", strong=True, narrow="end"),
            column("share", lazy("Of all waiting"), kind="number", narrow="end2"),
            column("median", lazy("Half waited at most"), kind="number"),
            column("ninetieth", lazy("Nine of ten at most"), kind="number"),
            column("worked", lazy("Worked together"), kind="number", narrow="hide"),
            column("worked_median", lazy("Half worked at most"), kind="number", narrow="hide"),
        ),
        _waiting,
        Plot(
            lazy("Where it waited"),
            None,
            lambda _n, row: name_of(row),
            ((lazy("waiting"), "wait", lambda row: row.waited), (lazy("work"), "accent", lambda row: row.worked)),
        ),
        (
            ("step", lambda row: row.node), ("name", lambda row: row.name), ("visits", lambda row: row.visits),
            ("cases", lambda row: row.cases), ("waited_s", lambda row: row.waited), ("waited_median_s", lambda row: row.waited_median),
            ("waited_p90_s", lambda row: row.waited_ninetieth), ("worked_s", lambda row: row.worked),
            ("worked_median_s", lambda row: row.worked_median), ("share", lambda row: f"{row.share:.4f}"),
        ),
    ),
    "ways": Table(
        lazy("Ways"),
        lazy("A way is the steps in the order in which they were come to. What runs side by side may come in another order."),
        (
            column("no", lazy("No."), kind="number", soft=True, narrow="lead"),
            column("way", lazy("Way"), grow=6, wraps=True, narrow="title"),
            column("steps", lazy("Steps"), kind="number", narrow="hide"),
            column("cases", lazy("Cases"), kind="number", strong=True, narrow="end"),
            column("share", lazy("Share"), kind="number", narrow="end2"),
            column("median", lazy("Half took at most"), kind="number"),
            column("ninetieth", lazy("Nine of ten at most"), kind="number"),
            column("latest", lazy("Last one"), kind="moment", narrow="hide"),
        ),
        _way,
        Plot(
            lazy("How often each way was taken"),
            lazy("cases"),
            lambda n, _row: _("Way %(n)s") % {"n": n},
            ((lazy("cases"), "accent", lambda row: row.cases),),
            0,
        ),
        (
            ("way", lambda row: row.variant), ("steps", lambda row: " > ".join(row.steps)), ("cases", lambda row: row.cases),
            ("share", lambda row: f"{row.share:.4f}"), ("median_s", lambda row: row.median), ("p90_s", lambda row: row.ninetieth),
            ("latest", lambda row: row.latest),
        ),
    ),
    "again": Table(
        lazy("Done again"),
        lazy("A step that a case came to more than once. It cost the time from when the step was first left until it was left for good."),
        (
            column("name", lazy("Step"), kind="id"),
            column("cases", lazy("Cases with it"), kind="number", strong=True, narrow="end2"),
            column("of", lazy("Cases through it"), kind="number", narrow="hide"),
            column("again", lazy("Times again"), kind="number"),
            column("took", lazy("Cost together"), kind="number", strong=True, narrow="end"),
            column("each", lazy("Cost a case"), kind="number"),
        ),
        _again,
        Plot(
            lazy("What doing it again cost"),
            None,
            lambda _n, row: name_of(row),
            ((lazy("cost"), "late", lambda row: row.again_took),),
        ),
        (
            ("step", lambda row: row.node), ("name", lambda row: row.name), ("cases_again", lambda row: row.cases_again),
            ("cases", lambda row: row.cases), ("again", lambda row: row.again), ("cost_s", lambda row: row.again_took),
        ),
    ),
    "cases": Table(
        lazy("Cases"),
        lazy("Every case that went through the map to its end in the period, the longest first."),
        (
            column("title", lazy("What"), kind="id"),
            column("took", lazy("Took"), kind="number", strong=True, narrow="end"),
            column("steps", lazy("Steps"), kind="number", narrow="end2"),
            column("version", lazy("Version"), kind="number", soft=True, narrow="hide"),
            column("started", lazy("Began"), kind="moment", narrow="hide"),
            column("ended", lazy("Ended"), kind="moment", narrow="sub"),
            column("way", lazy("Way"), narrow="hide"),
        ),
        _case,
        None,
        (
            ("subject_type", lambda row: row.subject_type), ("subject", lambda row: row.subject_id), ("title", lambda row: row.title),
            ("version", lambda row: row.version), ("started_at", lambda row: row.started_at), ("ended_at", lambda row: row.ended_at),
            ("took_s", lambda row: row.took), ("way", lambda row: row.variant), ("steps", lambda row: row.steps),
        ),
    ),
}  # fmt: skip
