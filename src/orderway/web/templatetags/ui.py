"""Template tags and filters every page shares: icons, table cells, dates and amounts in the reader's locale.

Table cells are made here and not in a template because a list of 50 rows has 600 of them: one call a row.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypedDict

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

register = template.Library()

TONES: Final = frozenset({"late", "wait", "done"})
TONE_ICONS: Final = {"late": "alert-triangle", "wait": "clock-pause", "done": "check"}
CURRENCY_SIGNS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
# ISO 4217 currencies whose minor unit is not two decimals.
CURRENCY_DECIMALS: Final = {"JPY": 0, "KRW": 0, "ISK": 0, "CLP": 0, "VND": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3}
NUMERIC_KINDS: Final = frozenset({"number", "money", "percent", "date", "moment", "share"})
NAV_GROUPS: Final = {
    "inbox": 1,
    "work": 1,
    "start": 1,
    "orders": 1,
    "insight": 3,
    "maps": 3,
    "rules": 3,
    "control": 3,
    "tour": 3,
}
NARROW_TABS: Final = frozenset({"inbox", "work", "orders", "shipping"})


class Column(TypedDict, total=False):
    """One column of a table; only ``key`` and ``label`` are needed.

    kind: id | text | number | money | percent | date | moment | due | state | person | share (default text).
    grow: 1 to 6, takes a share of the free width and cuts its text, or breaks it into lines with wraps; narrow: place on a phone's card,
    one of lead title end sub end2 foot hide, or list (under each other, on pages of rules);
    sort_url and sorted (ascending | descending) make the head a link;
    soft: secondary ink; decimals: digits after the point of a number; strong: weight 500.
    """

    key: str
    label: str
    kind: str
    grow: int
    wraps: bool
    narrow: str
    sort_url: str
    sorted: str
    soft: bool
    strong: bool
    decimals: int


class Row(TypedDict, total=False):
    """One row: ``id`` and ``cells`` (column key → plain value or mapping, see row_cells) are needed.

    url: the record; label: its number, for the box; tone: late | wait | done, the bar at the left; current: marked;
    amount: decimal text the bulk bar sums; fixed: it gets no box, the verbs of the list are not for it.
    """

    id: str | int
    cells: Mapping[str, object]
    url: str
    label: str
    tone: str
    current: bool
    amount: str | Decimal
    fixed: bool


class Total(TypedDict, total=False):
    """A row under the table; align "end" puts the label beside its sum, light greys it, why_url adds "Why?"."""

    label: str
    cells: Mapping[str, object]
    light: bool
    align: str
    why_url: str


@register.simple_tag
def icon(name: str, size: int = 16, tone: str = "", label: str = "") -> SafeString:
    """An icon of the sprite; silent for screen readers unless ``label`` is given."""
    small = "" if size == 16 else f" i{size}"
    names = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon{} {}" {}><use href="{}#{}"></use></svg>', small, tone, names, static("built/icons.svg"), name
    )


@register.filter
def ref(value: object) -> SafeString:
    """A document number: the running part after the last hyphen in tabular figures, the rest as it is."""
    text = str(value)
    head, hyphen, tail = text.rpartition("-")
    if not hyphen or not tail.isdigit():
        return conditional_escape(text)
    return format_html('{}-<span class="num">{}</span>', head, tail)


@register.filter
def day(value: date | datetime | None) -> str:
    """A date with its weekday, no year within 10 months of today: ``Thu 12 Nov``."""
    if value is None:
        return ""
    shown = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return _day_text(shown, timezone.localdate(), get_language())


@lru_cache(maxsize=2048)
def _day_text(shown: date, today: date, _language: str | None) -> str:
    if abs((shown - today).days) < 300:
        return date_format(shown, pgettext("date format: weekday, day, month", "D j M"))
    return date_format(shown, pgettext("date format: day, month, year", "j M Y"))


def month(first: date) -> str:
    """A month by one of its days: ``Nov 2026``."""
    return date_format(first, "M Y")


@register.filter
def moment(value: datetime | None) -> str:
    """Day and time of an aware moment in the reader's zone; the time alone when it is today."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    clock = date_format(local, pgettext("time format: hour, minute", "H:i"))
    return clock if local.date() == timezone.localdate() else f"{day(local.date())}, {clock}"


@register.filter
def number(value: Decimal | int | None, decimals: int | None = None) -> str:
    """A figure in the reader's locale, grouped; without ``decimals`` trailing zeros of a quantity are dropped."""
    if value is None:
        return ""
    places = decimals
    if places is None and isinstance(value, Decimal):
        exponent = value.normalize().as_tuple().exponent
        places = max(0, -exponent) if isinstance(exponent, int) else None
    return number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


@register.filter
def money(value: Decimal | int | None, currency: str = "EUR") -> str:
    """An amount with its currency where the locale puts it; decimals by ISO 4217."""
    if value is None:
        return ""
    amount = number(value if value >= 0 else -value, CURRENCY_DECIMALS.get(currency, 2))
    sign = CURRENCY_SIGNS.get(currency)
    pattern = pgettext("money", "%(sign)s%(amount)s") if sign else pgettext("money", "%(sign)s %(amount)s")
    return ("−" if value < 0 else "") + pattern % {"sign": sign or currency, "amount": amount}


@register.filter
def initials(value: object) -> str:
    """Two letters for the person's mark: first and last word of the name."""
    words = [word for word in str(value).split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@register.filter
def nav_group(key: str) -> int:
    """Which of the three groups of the side bar a page belongs to; a line is drawn between groups."""
    return NAV_GROUPS.get(key, 2)


@register.filter
def narrow_tab(key: str) -> bool:
    """Whether the page is one of the tabs below on a narrow screen (the fifth tab is "More")."""
    return key in NARROW_TABS


@register.simple_tag
def badge(text: str, tone: str = "", icon_name: str = "") -> SafeString:
    """A state as a word on a tint, with the icon of its tone (late, wait, done) or another one or "none"."""
    shown = "" if icon_name == "none" else icon_name or TONE_ICONS.get(tone, "")
    return format_html('<span class="badge {}">{}{}</span>', tone, icon(shown, 14) if shown else "", text)


@register.simple_tag
def share(value: int | None) -> SafeString:
    """How sure a reading is, in percent: grey from 90, doubtful below, late under 50, "none" for nothing found."""
    if value is None:
        return format_html('<span class="share">{}</span>', _("none"))
    tone = "" if value >= 90 else "wait" if value >= 50 else "late"
    return format_html(
        '<span class="share {}"><svg class="meter" viewBox="0 0 24 3" aria-hidden="true">'
        '<rect width="24" height="3" rx="1"/>'
        '<rect class="f" width="{}" height="3" rx="1"/></svg>{}&#8239;%</span>',
        tone,
        f"{value * 0.24:.1f}",
        value,
    )


@register.simple_tag
def spark(values: Sequence[Decimal | int | float]) -> SafeString:
    """A line of the last values of a tile, 84 × 30, without axes; silent, the figure beside it is the fact."""
    if len(values) < 2:
        return mark_safe("")
    heights = [float(value) for value in values]  # only for drawing
    low = min(heights)
    span = max(heights) - low or 1.0
    points = " ".join(
        f"{1 + 82 * i / (len(heights) - 1):.1f},{27 - 24 * (h - low) / span:.1f}" for i, h in enumerate(heights)
    )
    return format_html(
        '<svg class="spark" viewBox="0 0 84 30" width="84" height="30" aria-hidden="true">'
        '<polyline points="{}"/></svg>',
        points,
    )


@register.simple_tag
def segments(parts: Iterable[str]) -> SafeString:
    """The bar of a fact: one piece a part, each "" (open), "full", "late", "wait", "done" or "now"."""
    return format_html(
        '<span class="segments" aria-hidden="true">{}</span>',
        format_html_join("", '<i class="{}"></i>', ((p,) for p in parts)),
    )


@register.simple_tag
def head_cell(column: Column) -> SafeString:
    """The ``th`` of a column, a sorting link when the column has ``sort_url``."""
    direction = column.get("sorted", "")
    attributes = format_html(' aria-sort="{}"', direction) if direction else ""
    label: object = column["label"]
    if url := column.get("sort_url"):
        arrow = icon("arrow-down" if direction == "descending" else "arrow-up", 14) if direction else ""
        label = format_html('<a href="{}">{}{}</a>', url, label, arrow)
    return format_html('<th scope="col" class="{}"{}>{}</th>', _classes(column), attributes, label)


@register.simple_tag
def row_cells(columns: Sequence[Column], row: Row) -> SafeString:
    """All ``td`` of a row. ``row["cells"]`` maps a column's key to a plain value or to a mapping with
    text, url, sub (second line), tone, icon, note (short word beside it) and title."""
    cells = row["cells"]
    link = (str(row["id"]), row.get("url", ""))
    return format_html_join("", "{}", ((_cell(column, cells.get(column["key"]), link),) for column in columns))


@register.simple_tag
def total_cells(columns: Sequence[Column], total: Total, lead: int = 0) -> SafeString:
    """The ``td`` of a total row: the label over all columns before the first one that has a sum."""
    sums = total.get("cells", {})
    first = next((i for i, column in enumerate(columns) if column["key"] in sums), len(columns))
    side = " right" if total.get("align") == "end" else ""
    label = format_html('<td colspan="{}" class="label{}">{}', max(1, first), side, total["label"])
    why = format_html(' <a class="link" href="{}">{}</a>', total["why_url"], _("Why?")) if total.get("why_url") else ""
    empty = mark_safe("<td></td>") if lead else ""
    rest = format_html_join(
        "", "{}", ((_cell(column, sums.get(column["key"]), ("", "")),) for column in columns[first:])
    )
    return format_html("{}{}{}</td>{}", empty, label, why, rest)


def _narrow_place(column: Column) -> str:
    by_kind = {"id": "title", "money": "end", "due": "end2", "state": "foot"}
    return column.get("narrow") or by_kind.get(column.get("kind", ""), "hide")


def _classes(column: Column) -> str:
    kind = column.get("kind", "text")
    soft = column.get("soft", kind == "person")
    grow = f"{'wraps' if column.get('wraps') else 'cut'} g{column['grow']}" if column.get("grow") else ""
    return _class_names(kind, _narrow_place(column), grow, soft, column.get("strong", False))


@lru_cache(maxsize=512)
def _class_names(kind: str, narrow: str, grow: str, soft: bool, strong: bool) -> str:
    names = [f"k-{kind}", f"n-{narrow}"]
    if kind in NUMERIC_KINDS:
        names.append("right")
    if grow:
        names.append(grow)
    if soft:
        names.append("soft")
    if strong:
        names.append("medium")
    return " ".join(names)


def _plain(column: Column, value: object) -> object:
    kind = column.get("kind", "text")
    if isinstance(value, datetime):
        return moment(value) if kind == "moment" else day(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        if kind == "percent":
            return f"{number(value, column.get('decimals'))}\u202f%"
        return number(value, column.get("decimals", 2 if kind == "money" else None))
    return value


def _cell(column: Column, value: object, row_link: tuple[str, str]) -> SafeString:
    kind = column.get("kind", "text")
    if isinstance(value, str) and kind != "id":  # most cells are plain words
        return format_html('<td class="{}">{}</td>', _classes(column), value)
    given: Mapping[str, object] = value if isinstance(value, Mapping) else {"text": value}
    text, url = given.get("text"), given.get("url") or (row_link[1] if kind == "id" else None)
    tone = str(given.get("tone") or "")
    if text is None or text == "":
        inner: object = ""
    elif kind == "id":
        link = '<a class="id" id="open-{}" href="{}">{}</a>'
        inner = format_html(link, row_link[0], url, ref(text)) if url else ref(text)
    elif kind == "state" and tone:
        inner = badge(str(text), tone if tone in TONES else "", str(given.get("icon") or ""))
    elif kind == "share" and isinstance(text, int):
        inner = share(text)
    else:
        inner = _plain(column, text)
        if url:
            inner = format_html('<a class="{}" href="{}">{}</a>', given.get("link_class", "medium"), url, inner)
        if tone and kind != "due":
            inner = format_html('<span class="{} strong">{}</span>', tone, inner)
    if kind == "due":
        inner = format_html(
            '<span class="due"><span>{}</span><b class="{}">{}</b></span>', inner, tone, given.get("note") or ""
        )
    elif note := given.get("note"):
        inner = format_html('{} <span class="faint">{}</span>', inner, note)
    if sub := given.get("sub"):
        inner = format_html('<span class="fact-line">{}</span><small>{}</small>', inner, sub)
    title = format_html(' title="{}"', given["title"]) if given.get("title") else ""
    return format_html('<td class="{}"{}>{}</td>', _classes(column), title, inner)
