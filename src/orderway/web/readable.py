"""Texts of others as people can read them: whatever encoding they came in, and EDI with a segment a line."""

import codecs
import re

_DECLARED = re.compile(rb"^<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)[\"']")
_SEGMENT = re.compile(r"(?<!\?)'(?!\s|$)")  # a quote that no release character goes before ends an EDIFACT segment
_ISA = 105  # the segment terminator of X12 stands right behind the interchange header, which has a fixed length


def readable(content: bytes) -> str:
    """The text of a file for the eye; what no encoding fits is replaced, so it is never what gets stored or handed out."""
    return _in_lines(_decoded(content))


def _decoded(content: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    declared = _DECLARED.match(content)
    for encoding in ("utf-8-sig", declared[1].decode() if declared else ""):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode(
        "cp1252", errors="replace"
    )  # what Windows and the character sets UNOC and Latin-1 have in common


def _in_lines(text: str) -> str:
    """EDI that came as one line, broken after each segment."""
    head = text.lstrip()
    if "\n" in head.strip():
        return text
    if head.startswith(("UNA", "UNB")):
        return _SEGMENT.sub("'\n", head)
    if head.startswith("ISA") and len(head) > _ISA and not head[_ISA].isalnum():
        return head.replace(head[_ISA], head[_ISA] + "\n")
    return text
