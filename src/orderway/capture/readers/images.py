"""Pictures, scans and faxes: recognised by their first bytes and handed to a person."""

from orderway.capture.drafts import Reading
from orderway.capture.reasons import remark

_SIGNATURES = (
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"\x00\x00\x01\x00", "ico"),
)


def kind(data: bytes) -> str:
    """`tiff`, `png`, `jpeg`, `gif`, `bmp` or `ico`; empty where the bytes are no picture's."""
    for signature, found in _SIGNATURES:
        if data.startswith(signature):
            return found if found != "bmp" or _is_bitmap(data) else ""
    return ""


def claims(data: bytes) -> bool:
    """Whether the bytes begin as a picture's do."""
    return bool(kind(data))


def read(data: bytes) -> Reading:
    """A picture for a person; it is not decoded here, so a picture made to fill the memory does nothing."""
    found = kind(data)
    return Reading("review", found, (remark("for-a-person", file=found if found == "tiff" else "picture"),))


def _is_bitmap(data: bytes) -> bool:
    """A bitmap states its own size in bytes 2 to 5 (little endian), so a text that begins with BM is none."""
    return len(data) >= 26 and int.from_bytes(data[2:6], "little") == len(data)
