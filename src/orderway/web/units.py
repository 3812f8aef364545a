"""The short words of units, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

# UN/ECE Recommendation 20
UNITS: Mapping[str, str | Promise] = {
    "H87": lazy("pcs"),
    "C62": lazy("pcs"),
    "KGM": lazy("kg"),
    "GRM": lazy("g"),
    "MTR": lazy("m"),
    "MTK": lazy("m²"),
    "LTR": lazy("l"),
    "HUR": lazy("h"),
    "XPK": lazy("packs"),
    "BX": lazy("boxes"),
    "ST": lazy("sheets"),
    "MIL": lazy("thousand"),
    "P1": "%",
    "MMT": "mm",
    "CMT": "cm",
    "MMK": "mm²",
    "CMK": "cm²",
    "KMT": "km",
    "MIN": lazy("min"),
    "SEC": "s",
    "DAY": lazy("days"),
    "MON": lazy("months"),
    "PCE": lazy("pcs"),
    "EA": lazy("pcs"),
    "PCS": lazy("pcs"),
    "STK": lazy("pcs"),
    "NAR": lazy("pcs"),
    "NMP": lazy("packs"),
    "PK": lazy("packs"),
    "PA": lazy("packs"),
    "XPA": lazy("packs"),
    "CT": lazy("cartons"),
    "XCT": lazy("cartons"),
    "KI": lazy("boxes"),
    "XBX": lazy("boxes"),
    "PF": lazy("pallets"),
    "XPX": lazy("pallets"),
    "XPF": lazy("pallets"),
    "RM": lazy("reams"),
    "RO": lazy("rolls"),
    "XRO": lazy("rolls"),
    "PR": lazy("pairs"),
    "SET": lazy("sets"),
    "DZN": lazy("dozen"),
    "CEN": lazy("hundred"),
    "TNE": "t",
    "LBR": "lb",
    "ONZ": "oz",
    "MLT": "ml",
    "GLL": lazy("gal"),
    "FOT": "ft",
    "INH": "in",
    "YRD": "yd",
    "YD": "yd",
    "SF": "sq ft",
    "FTK": "sq ft",
    "MTQ": "m³",
    "LS": lazy("flat"),
    "E48": lazy("jobs"),
}
# in what we sell ourselves; of several codes for one thing the first
OFFERED = (
    "H87",
    "KGM",
    "GRM",
    "MTR",
    "MTK",
    "LTR",
    "HUR",
    "XPK",
    "BX",
    "ST",
    "MIL",
    "RM",
    "RO",
    "SET",
    "PR",
    "DAY",
    "LS",
)


def unit(code: str) -> str:
    """The short word of a unit, or its code."""
    return str(UNITS.get(code, code))
