"""Steps of one's own, as the drawing page and the control centre show them: their words in the reader's language, and their icon."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.utils.translation import get_language

from orderway.workflow.palette import own_steps

from .drawing_words import STEPS

# the icons a step of one's own may have; all of them are in the sprite
ICONS = frozenset(
    "archive barcode bell bolt book building building-factory building-warehouse calculator calendar calendar-due checklist "  # noqa: SIM905
    "clipboard-check clipboard-list clock coin copy credit-card database device-mobile file-code file-invoice file-text files "
    "flag folder gavel globe hand-stop heart-handshake hourglass list-check lock mail map-pin message note package packages "
    "paperclip percentage phone photo printer puzzle receipt refresh route scale scan scissors search send server settings "
    "shield-check shopping-cart signature star table tag template tool transfer trash truck truck-delivery truck-return upload "
    "user-check users wand webhook world".split()
)
PLAIN = "bolt"


class OwnStep(NamedTuple):
    """A step as it is offered: the words and the icon; `wanted` is an icon that there is none of, "" otherwise."""

    label: str
    icon: str
    wanted: str


def own_steps_of(commands: Collection[str]) -> Mapping[str, OwnStep]:
    """The steps of one's own among the commands that maps may run, by command, in the order of their words."""
    language = get_language() or "en"
    found = {
        name: OwnStep(label.in_language(language), icon if icon in ICONS else PLAIN, "" if icon in ICONS else icon)
        for name, (label, icon) in own_steps.items()
        if name in commands and name not in STEPS
    }
    return dict(sorted(found.items(), key=lambda one: one[1].label.casefold()))
