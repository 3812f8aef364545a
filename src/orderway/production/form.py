"""The offset order form (DX-22): its fields with unit and range, and what is wrong with one that was filled in. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from .rules import MARGIN, Job

# trimmed sizes in millimetres, ISO 216 and DIN long
FORMATS: Mapping[str, tuple[int, int]] = {
    "A0": (841, 1189), "A1": (594, 841), "A2": (420, 594), "A3": (297, 420), "A4": (210, 297), "A5": (148, 210),
    "A6": (105, 148), "A7": (74, 105), "DL": (99, 210),
}  # fmt: skip
_FREE = re.compile(r"(\d{1,4}(?:[.,]\d)?)\s*[x×*]\s*(\d{1,4}(?:[.,]\d)?)(?:\s*mm)?", re.IGNORECASE)
_COLOURS = re.compile(r"([0-9]{1,2})\s*/\s*([0-9]{1,2})")
LEAST_SIDE, MOST_SIDE = Decimal(30), Decimal(1400)  # millimetres
MOST_COLOURS = 8
MOST_PAGES = 1_000
MOST_COPIES = 10_000_000
MOST_MARGIN = Decimal(500)  # percent


@dataclass(frozen=True, slots=True)
class FormField:
    """A field as the page shows it; `unit` by UN/ECE Recommendation 20, `least` and `most` where it has a range."""

    name: str
    label: str | Promise
    kind: str
    required: bool = False
    unit: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    hint: str | Promise = ""


FORM: tuple[FormField, ...] = (
    FormField("format", _("Format, trimmed"), "string", True, "MMT", LEAST_SIDE, MOST_SIDE, _("A4, or width × height")),
    FormField("pages", _("Pages"), "number", least=Decimal(1), most=Decimal(MOST_PAGES)),
    FormField("paper", _("Paper"), "string", True, hint=_("Item number or name")),
    FormField(
        "colours", _("Colours"), "string", True, most=Decimal(MOST_COLOURS), hint=_("Front/back, for example 4/1")
    ),
    FormField("run", _("Run"), "number", True, "H87", Decimal(1), Decimal(MOST_COPIES)),
    FormField("finishing", _("Finishing"), "string", hint=_("Operations, separated by commas")),
    FormField("grain", _("Grain"), "choice", hint=_("Fibres along the height or the width")),
    FormField("deadline", _("Deadline"), "date", True),
    FormField("margin", _("Margin"), "number", False, "P1", Decimal(0), MOST_MARGIN),
    FormField("notes", _("Notes"), "text"),
)

MESSAGES: Mapping[str, str | Promise] = {
    "missing": _("This must be filled in."),
    "format": _("A format is a name such as A4, or width × height in millimetres such as 210 × 297."),
    "side": _("Each side must measure from %(least)s to %(most)s mm."),
    "whole": _("This must be a whole number."),
    "range": _("This must lie between %(least)s and %(most)s."),
    "colours": _("Colours are front/back, such as 4/0, with at most %(most)s a side and at least one in front."),
    "pages-even": _("A product of more than two pages has an even number of them."),
    "pages-back": _("Colours on the back need at least two pages."),
    "paper": _("There is no paper %(value)s. Describe it first, or choose another."),
    "finishing": _("There is no finishing operation %(value)s."),
    "grain": _("The grain runs along the height or the width."),
    "past": _("This day has passed."),
    "no-press": _("This format does not fit on the paper, or the paper on no press."),
}


class Fault(NamedTuple):
    """What is wrong with a field: the key of its message, and the facts in it."""

    field: str
    message: str
    facts: Mapping[str, Any] = {}

    def text(self) -> str:
        """The message in the reader's language."""
        return translated(str(MESSAGES[self.message])) % self.facts


class Filled(NamedTuple):
    """A form that can be calculated; `paper` is still as it was typed."""

    job: Job
    paper: str
    run: int
    deadline: date
    margin: Decimal
    notes: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a form is judged against: papers by number and name, finishing machines by key and name (all lower case), the day."""

    papers: Collection[str]
    finishing: Mapping[str, str]
    today: date


def judge(form: Any, known: Known) -> Filled | list[Fault]:
    """The filled form, or every fault in it. `form` has the fields of FORM as attributes."""
    faults: list[Fault] = []
    size = _format(form.format, faults)
    front, back = _colours(form.colours, faults)
    pages = _pages(form.pages, back, faults)
    run = _whole("run", form.run, MOST_COPIES, faults)
    paper = (form.paper or "").strip()
    if not paper:
        faults.append(Fault("paper", "missing"))
    elif paper.lower() not in known.papers:
        faults.append(Fault("paper", "paper", {"value": paper}))
    finishing = _finishing(form.finishing, known.finishing, faults)
    grain = (form.grain or "").strip().lower()
    if grain not in ("", "height", "width"):
        faults.append(Fault("grain", "grain"))
    if form.deadline is None:
        faults.append(Fault("deadline", "missing"))
    elif form.deadline < known.today:
        faults.append(Fault("deadline", "past"))
    margin = MARGIN if form.margin is None else form.margin
    if not 0 <= margin <= MOST_MARGIN:
        faults.append(Fault("margin", "range", {"least": 0, "most": MOST_MARGIN}))
    if faults:
        return faults
    job = Job(*size, pages, front, back, finishing, grain)
    return Filled(job, paper, run, form.deadline, margin, (form.notes or "").strip())


def _format(text: str, faults: list[Fault]) -> tuple[Decimal, Decimal]:
    nothing = (Decimal(0), Decimal(0))
    typed = (text or "").strip()
    if not typed:
        faults.append(Fault("format", "missing"))
        return nothing
    free = _FREE.fullmatch(typed)
    if typed.upper() not in FORMATS and not free:
        faults.append(Fault("format", "format"))
        return nothing
    sides = [Decimal(side.replace(",", ".")) for side in free.groups()] if free else FORMATS[typed.upper()]
    width, height = (Decimal(side) for side in sides)
    if not all(LEAST_SIDE <= side <= MOST_SIDE for side in (width, height)):
        faults.append(Fault("format", "side", {"least": LEAST_SIDE, "most": MOST_SIDE}))
    return width, height


def _colours(text: str, faults: list[Fault]) -> tuple[int, int]:
    if not (text or "").strip():
        faults.append(Fault("colours", "missing"))
        return 0, 0
    match = _COLOURS.fullmatch(text.strip())
    front, back = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= front <= MOST_COLOURS or back > MOST_COLOURS:
        faults.append(Fault("colours", "colours", {"most": MOST_COLOURS}))
    return front, back


def _pages(value: Decimal | None, back: int, faults: list[Fault]) -> int:
    if value is None:
        return 2 if back else 1
    pages = _whole("pages", value, MOST_PAGES, faults)
    if pages > 2 and pages % 2:
        faults.append(Fault("pages", "pages-even"))
    if pages == 1 and back:
        faults.append(Fault("pages", "pages-back"))
    return pages


def _whole(name: str, value: Decimal | None, most: int, faults: list[Fault]) -> int:
    if value is None:
        faults.append(Fault(name, "missing"))
    elif not value.is_finite() or value != value.to_integral_value():
        faults.append(Fault(name, "whole"))
    elif not 1 <= value <= most:
        faults.append(Fault(name, "range", {"least": 1, "most": most}))
    else:
        return int(value)
    return 0


def _finishing(text: str | None, known: Mapping[str, str], faults: list[Fault]) -> tuple[str, ...]:
    typed = [word.strip().lower() for word in (text or "").split(",") if word.strip()]
    faults += [Fault("finishing", "finishing", {"value": word}) for word in typed if word not in known]
    return tuple(dict.fromkeys(known[word] for word in typed if word in known))
