"""What every printed paper has: who writes, to whom, in which language, about which parcel."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path


@cache
def template_version(template: Path) -> str:
    """Which template made a paper: the first digits of the SHA-256 of it and of the words beside it."""
    return hashlib.sha256(template.read_bytes() + template.with_name("words.json").read_bytes()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The company that writes, as its letterhead shows it (GmbHG §35a, HGB §37a ask for register and managers).

    `logo` is an SVG, `accent` a colour as `#rrggbb`; without a logo the name stands in its place.
    """

    name: str
    street: str
    place: str  # postcode and town
    country: str = ""
    phone: str = ""
    email: str = ""
    web: str = ""
    vat_id: str = ""
    tax_number: str = ""
    register: str = ""
    managers: str = ""
    bank: str = ""
    iban: str = ""
    bic: str = ""
    logo: str = ""
    accent: str = "#1d4e68"


@dataclass(frozen=True, slots=True)
class Letter:
    """The frame of one paper.

    `language` is the reader's ("de" or "en"), `to` the address as on an envelope (at most six lines, DIN 5008),
    `parcel` what the QR code on every sheet says, so that a signed and scanned sheet finds its parcel again.
    """

    sender: Letterhead
    language: str
    number: str
    on: date
    to: tuple[str, ...] = ()
    parcel: str = ""
    customer: str = ""
    contact: str = ""
    contact_phone: str = ""
    contact_email: str = ""
