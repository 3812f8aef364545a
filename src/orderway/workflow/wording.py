"""How the steps of a map are called: short, beginning with what is done ("Check order", "Auftrag prüfen"), and all alike. Pure.

The verbs are the ones that order desks use; a label with another verb is told like one without. German names the deed last, as an
infinitive, or first, as a command ("Prüfe den Auftrag").
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from .bpmn import Element, Label, Process
from .problems import WARNING, Problem

MOST_WORDS = 4


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH = _words(
    "accept acknowledge add adjust agree allocate answer approve archive arrange ask assemble assess assign attach authorise authorize "
    "bill blend block book bring build buy calculate call cancel capture change charge check choose claim clarify clean clear close "
    "collect commission compare complete confirm consider contact control convert copy correct count create credit cut debit decide "
    "declare decline deduct define deliver describe design determine develop dispatch divide download draft draw edit enter escalate "
    "estimate evaluate examine exchange explain export file fill find finish fix follow forward fulfil fulfill generate get give grant "
    "hand handle hold identify import inform inspect install invoice issue keep label lay let link list load log look mail make manage "
    "mark match measure mend merge move name negotiate note notify obtain offer open order organise organize pack park pass pay phone "
    "pick place plan post prepare present prevent print procure produce proof propose provide publish purchase put raise "
    "rate read receive recheck reckon record recover refund refuse register reject release remind remove renew repair repeat replace "
    "reply report request reserve reset resolve return review revise run scan schedule score seal select sell send separate set "
    "settle share ship sign sort specify split start stop store submit supply take talk tell test thank train transfer translate try "
    "unload unpack update upload use validate verify visit wait warn weigh withdraw write"
)
_NO_INFINITIVE = _words(
    "daten kunden kosten waren zahlen boten namen rechnungen lieferungen bestellungen anfragen mahnungen karten listen mengen "
    "unterlagen artikeln aufträgen kundendaten versandkosten schulden ferien firmen themen konten lieferanten größen preisen "
    "wochen tagen positionen zeichen offen allen einen keinen neuen fehlenden"
)
_COMMANDS = _words(
    "prüfe erstelle sende bestätige lege buche drucke frage kläre liefere mahne melde packe plane rechne schreibe setze "
    "storniere teile trage wähle zahle ziehe gib nimm hole ruf stelle warte ordne archiviere"
)


# words that are a deed or a thing, by what follows them: "Order material", "Order confirmation"
_BOTH = _words(
    "order invoice credit quote offer claim contract plan process return request purchase report record change price file"
)
_THINGS = _words(
    "to of for from with note notes data department form number date entry process list check desk line lines value total limit history "
    "status type code book"
)
_THING_ENDINGS = ("tion", "ing", "ment", "sion", "ance", "ity", "oval", "ature")
_PLURALS = ("ungen", "ionen", "etten", "heiten", "keiten", "schaften")


def is_deed(label: str, language: str) -> bool:
    """Whether a label says what is done: in English it begins with a known verb, in German it ends with an infinitive."""
    words = [word.strip(".,;:!?()\"'„“") for word in label.split()]
    if not words:
        return False
    return _german(words) if language == "de" else _english([word.lower() for word in words])


def _english(words: list[str]) -> bool:
    first, second = words[0].split("-")[0], words[1] if len(words) > 1 else ""
    if first in _BOTH:
        return bool(second) and second not in _THINGS and not second.endswith(_THING_ENDINGS)
    return first in _ENGLISH


def _german(words: list[str]) -> bool:
    last = words[-1]
    infinitive = last.endswith(("en", "eln", "ern", "tun")) and last.lower() not in _NO_INFINITIVE
    # nouns are written with a capital and infinitives are not, but where it is the only word
    fits = last[:1].islower() or (len(words) == 1 and not last.endswith(_PLURALS))
    return (infinitive and fits) or words[0].lower() in _COMMANDS


def is_short(label: str) -> bool:
    """Whether a label has at most four words."""
    return len(label.split()) <= MOST_WORDS


def wording(process: Process, language: str = "en") -> Iterator[Problem]:
    """Warnings about what the steps of a process are called, and about work items that explain nothing."""
    steps = [element for element in process.elements if element.kind.endswith(("Task", "task")) and element.label.text]
    of = _language(steps, language)
    deeds = {step.id: is_deed(step.label.text, of) for step in steps}
    mixed = len(set(deeds.values())) > 1
    for step in steps:
        if mixed and not deeds[step.id]:
            yield Problem("mixed-style", step.id, step.label.text, EXAMPLES[of], WARNING)
        if not is_short(step.label.text):
            yield Problem("many-words", step.id, step.label.text, level=WARNING)
    for step in process.elements:
        if step.kind == "userTask" and not _said(step.instruction):
            yield Problem("no-instruction", step.id, step.label.text, level=WARNING)


EXAMPLES: Mapping[str, str] = MappingProxyType({"en": "Check order", "de": "Auftrag prüfen"})


def _said(label: Label) -> bool:
    return bool(label.text or label.languages)


def _language(steps: list[Element], language: str) -> str:
    """The language that more of the labels are written in; a drawing does not say it."""
    english = sum(is_deed(step.label.text, "en") for step in steps)
    german = sum(is_deed(step.label.text, "de") for step in steps)
    if english == german:
        return "de" if language.startswith("de") else "en"
    return "de" if german > english else "en"
