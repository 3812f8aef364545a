"""Letters to customers: a text template a language. The first line of a template is the subject."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from orderway.kernel.values import minor_units

LANGUAGES = ("en", "de")


def letter_language(stated: str) -> str:
    """The language a customer is written to: theirs, where there are templates in it, else English."""
    plain = stated[:2].lower()
    return plain if plain in LANGUAGES else LANGUAGES[0]


def letter(template: str, language: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """The subject and the text of `template` (without language and ending), numbers and days as that language writes them."""
    with translation.override(letter_language(language)):
        text = render_to_string(f"{template}.{letter_language(language)}.txt", dict(values))
    subject, _, body = text.strip().partition("\n")
    return " ".join(subject.split()), body.strip() + "\n"


def places(currency: str) -> str:
    """How `floatformat` shows amounts of a currency: its decimals, grouped."""
    return f"{minor_units(currency)}g"
