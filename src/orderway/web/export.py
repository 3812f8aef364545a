"""A report as a file: CSV for machines, XLSX for sheets, PDF for paper. Numbers stay numbers where the format has them."""

import csv
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from openpyxl import Workbook
from openpyxl.styles import Font

from orderway.documents.typst import render

from .figures import Report, Table
from .templatetags.ui import day, moment, number

FORMATS: Mapping[str, str | Promise] = {"csv": lazy("CSV"), "xlsx": lazy("Excel"), "pdf": lazy("PDF")}
PAPER = Path(__file__).parent / "papers" / "report.typ"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a sheet would run a text that begins so


def made(form: str, report: Report, by: str, table: Table, period: str) -> tuple[bytes, str]:
    """The report as bytes of `form` (csv, xlsx or pdf), with its media type."""
    if form == "csv":
        return _csv(report, table), "text/csv; charset=utf-8"
    if form == "xlsx":
        sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return _xlsx(report, by, table, period), sheet
    return _pdf(report, by, table, period), "application/pdf"


def harmless(text: str) -> str:
    """A text that a sheet does not take for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _plain(value: Any) -> str:
    """A value as a machine reads it: point for the fraction, ISO 8601 days."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else harmless(str(value))


def _csv(report: Report, table: Table) -> bytes:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([str(column.label) for column in report.columns])
    writer.writerows([_plain(column.value(row)) for column in report.columns] for row in table.rows)
    return "\ufeff".encode() + out.getvalue().encode()


def _cell(value: Any) -> Any:
    """A value as a sheet holds it: numbers and days as such, times without their zone (sheets know none)."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    return harmless(value) if isinstance(value, str) else value


def _xlsx(report: Report, by: str, table: Table, period: str) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    rows = book.create_sheet(str(report.label)[:31], 0)
    rows.append([str(column.label) for column in report.columns])
    for row in table.rows:
        rows.append([_cell(column.value(row)) for column in report.columns])
    rows.freeze_panes = "A2"
    sums = book.create_sheet(_("Sums"))
    sums.append([str(report.groups[by][0]), str(report.counts), _("Sum")])
    for group in table.groups:
        sums.append([_cell(value) for value in group])
    sums.append([])
    for currency, total in table.totals.items():
        sums.append([f"{period} {currency}".strip(), len(table.rows), total])
    for sheet in (rows, sums):
        for cell in sheet["1"]:
            cell.font = Font(bold=True)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _said(value: Any, kind: str) -> str:
    """A value as the reader's language writes it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return number(value, 2 if kind == "money" else None) if isinstance(value, Decimal) else str(value)


def _pdf(report: Report, by: str, table: Table, period: str) -> bytes:
    decimals = table.decimals
    summary = {
        "head": [str(report.groups[by][0]), str(report.counts), _("Sum")],
        "right": [False, True, True],
        "widths": ["wide", "", ""],
        "rows": [[name, number(count), number(total, decimals)] for name, count, total in table.groups],
    }
    listed = {
        "head": [str(column.label) for column in report.columns],
        "right": [column.kind in ("money", "number", "date", "moment") for column in report.columns],
        "widths": ["wide" if column.key == "customer" else "" for column in report.columns],
        "rows": [[_said(column.value(row), column.kind) for column in report.columns] for row in table.rows],
    }
    data = {
        "title": str(report.label),
        "sub": f"{period} · {number(len(table.rows))} {report.counts} · {table.said}",
        "foot": _("Made %(at)s from one state of all data") % {"at": timezone.localtime().strftime("%Y-%m-%d %H:%M")},
        "language": get_language() or "en",
        "summary": summary,
        "table": listed,
    }
    return render(PAPER, data, timezone.now())
