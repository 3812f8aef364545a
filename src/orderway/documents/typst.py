"""Printed paper: a typst template and its data become a PDF/A-3b (ISO 19005-3).

Templates live beside the package that owns the paper and are found below the product's own folder; fonts are shipped,
the system's are never looked at, so the same data gives the same bytes on every host.
"""

import json
import os
import struct
import threading
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import typst

import orderway
from orderway.documents import qr

ROOT = Path(orderway.__file__).parent
FONTS = Path(__file__).parent / "fonts"
UNKNOWN = "\u25ca"  # a lozenge, printed for a character that no shipped font holds: PDF/A refuses a missing glyph

_lock = threading.Lock()
_compilers: dict[int, typst.Compiler] = {}


def _compiler() -> typst.Compiler:
    """The process's one compiler: it keeps fonts and parsed templates between papers."""
    process = os.getpid()
    if process not in _compilers:
        _compilers.clear()
        _compilers[process] = typst.Compiler(
            root=ROOT, font_paths=typst.Fonts(False, False, [FONTS]), ignore_system_fonts=True
        )
    return _compilers[process]


def render(template: Path, data: Mapping[str, object], at: datetime | None = None) -> bytes:
    """The paper that `template` makes of `data`, as PDF/A-3b with a tagged structure.

    `data` holds what JSON can hold (see `as_data`); the template reads it with `json(bytes(sys.inputs.data))`. `at`
    (aware) is the time of creation written into the file: given, the same call gives the same bytes. A broken template
    raises `typst.TypstError`. Calls of several threads take turns.
    """
    text = json.dumps(_printable(data), ensure_ascii=False, separators=(",", ":"))
    with _lock:
        pdf = _compiler().compile(
            input=template,
            sys_inputs={"data": text},
            format="pdf",
            pdf_standards=["a-3b"],
            timestamp=at and at.replace(microsecond=0),
        )
    return cast(bytes, pdf)


def as_data(value: Any) -> Any:
    """`value` as JSON can hold it: dataclasses as objects, decimals and dates as ISO text, tuples as arrays.

    An object with a `parcel` also gets `parcel_code`, the QR code of it as SVG; likewise `payment` gets `payment_code`.
    """
    if is_dataclass(value) and not isinstance(value, type):
        held = {field.name: as_data(getattr(value, field.name)) for field in fields(value)}
        codes = {f"{name}_code": qr.svg(held[name]) for name in ("parcel", "payment") if held.get(name)}
        return held | codes
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): as_data(held) for key, held in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [as_data(held) for held in value]
    return value


def printable(text: str) -> str:
    """`text` with each character that the shipped fonts lack as a box, and the invisible ones left out."""
    known = _known()
    if known.issuperset(map(ord, text)):
        return text
    return "".join(c if c == "\n" or ord(c) in known else _stand_in(c) for c in text)


def _printable(value: Any) -> Any:
    """JSON data with every text in it made printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _printable(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_printable(held) for held in value]
    return value


def _stand_in(character: str) -> str:
    invisible = not character.isprintable() and not character.isspace()
    return "" if invisible else " " if character.isspace() else UNKNOWN


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    """The code points that every shipped upright font holds."""
    held = [_code_points(path.read_bytes()) for path in sorted(FONTS.glob("*.ttf")) if "It" not in path.stem]
    return frozenset.intersection(*held)


def _code_points(font: bytes) -> frozenset[int]:
    """The code points of a TrueType font with a glyph of their own (OpenType, `cmap` format 12 or 4)."""
    count = struct.unpack_from(">H", font, 4)[0]
    tables = {font[12 + 16 * i : 16 + 16 * i]: struct.unpack_from(">I", font, 20 + 16 * i)[0] for i in range(count)}
    start = tables[b"cmap"]
    points: set[int] = set()
    for i in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + struct.unpack_from(">I", font, start + 8 + 8 * i)[0]
        kind = struct.unpack_from(">H", font, at)[0]
        if kind == 12:
            groups = struct.unpack_from(">I", font, at + 12)[0]
            for first, last, _ in struct.iter_unpack(">III", font[at + 16 : at + 16 + 12 * groups]):
                points.update(range(first, last + 1))
        elif kind == 4:
            points.update(_format_4(font, at))
    return frozenset(points - {0xFFFF})


def _format_4(font: bytes, at: int) -> set[int]:
    length, segments = struct.unpack_from(">H", font, at + 2)[0], struct.unpack_from(">H", font, at + 6)[0] // 2
    words = struct.unpack_from(f">{length // 2}H", font, at)
    ends, starts = words[7 : 7 + segments], words[8 + segments : 8 + 2 * segments]
    deltas, offsets = words[8 + 2 * segments : 8 + 3 * segments], 8 + 3 * segments
    held = set()
    for i, (first, last) in enumerate(zip(starts, ends, strict=True)):
        offset = words[offsets + i]
        for point in range(first, last + 1):
            glyph = point if not offset else words[offsets + i + offset // 2 + point - first]
            if glyph and (glyph + deltas[i]) & 0xFFFF:
                held.add(point)
    return held
