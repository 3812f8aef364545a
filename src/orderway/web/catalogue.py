"""The words of other languages: what the source asks for, what the .po files hold, and the .mo files made of them.

`python -m orderway.web.catalogue` compiles every .po beside it and names what is missing; msgfmt is not needed for it.
"""

import ast
import os
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent
LOCALE = Path(__file__).resolve().parent / "locale"
PLAIN = {"_", "gettext", "gettext_lazy", "lazy", "translated"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
# a call as templatize writes it: a name and one to three texts
_CALL = re.compile(
    r"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*((?:u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*,?\s*)+)"
)
_TEXT = re.compile(r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")


class Message(NamedTuple):
    """What is asked for: a context (empty for most), the text, and its plural where it counts something."""

    context: str
    text: str
    plural: str = ""


def wanted() -> dict[Message, str]:
    """Every message of the source, with the first place that asks for it."""
    found: dict[Message, str] = {}
    for file in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in file.parts:
            for message in _of_python(file.read_text("utf-8")):
                found.setdefault(message, str(file.relative_to(SOURCE)))
    for file in sorted([*SOURCE.glob("*/templates/**/*.html"), *SOURCE.glob("*/templates/**/*.txt")]):
        for message in _of_template(file.read_text("utf-8")):
            found.setdefault(message, str(file.relative_to(SOURCE)))
    return found


def _of_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name in PLAIN and texts and node.args[0] is not None and isinstance(node.args[0], ast.Constant):
            yield Message("", texts[0])
        elif name in PLURAL and len(texts) >= 2:
            yield Message("", texts[0], texts[1])
        elif name in CONTEXT and len(texts) >= 2:
            yield Message(texts[0], texts[1])


def _of_template(source: str) -> Iterator[Message]:
    for call in _CALL.finditer(templatize(source)):
        texts = [ast.literal_eval(one) for one in _TEXT.findall(call[2])]
        if call[1] == "ngettext":
            yield Message("", texts[0], texts[1])
        elif call[1] == "npgettext":
            yield Message(texts[0], texts[1], texts[2])
        elif call[1] == "pgettext":
            yield Message(texts[0], texts[1])
        else:
            yield Message("", texts[0])


def read(path: Path) -> dict[Message, list[str]]:
    """The translations of a .po file: one text, or one for each plural form."""
    found: dict[Message, list[str]] = {}
    entry: dict[str, str] = {}
    field = ""
    for line in [*path.read_text("utf-8").splitlines(), ""]:
        if match := re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(".*")$', line):
            if match[1] in ("msgctxt", "msgid") and "msgid" in entry and "msgstr" in " ".join(entry):
                _keep(entry, found)
                entry = {}
            field = match[1]
            entry[field] = ast.literal_eval(match[2])
        elif line.startswith('"'):
            entry[field] += ast.literal_eval(line)
    _keep(entry, found)
    return found


def _keep(entry: dict[str, str], found: dict[Message, list[str]]) -> None:
    if "msgid" in entry:
        message = Message(entry.get("msgctxt", ""), entry["msgid"], entry.get("msgid_plural", ""))
        found[message] = [entry[name] for name in sorted(entry) if name.startswith("msgstr")]


def compiled(messages: dict[Message, list[str]]) -> bytes:
    """The messages as GNU gettext's binary catalogue (.mo, revision 0): tables of lengths and offsets, keys in byte order."""
    pairs = sorted((_key(message), "\0".join(texts).encode()) for message, texts in messages.items() if all(texts))
    start = 28 + 16 * len(pairs)
    keys = b"".join(key + b"\0" for key, _ in pairs)
    heads, tails = [], []
    at, to = start, start + len(keys)
    for key, text in pairs:
        heads.append(struct.pack("<II", len(key), at))
        tails.append(struct.pack("<II", len(text), to))
        at, to = at + len(key) + 1, to + len(text) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start)
    return head + b"".join(heads) + b"".join(tails) + keys + b"".join(text + b"\0" for _, text in pairs)


def _key(message: Message) -> bytes:
    text = f"{message.text}\0{message.plural}" if message.plural else message.text
    return (f"{message.context}\x04{text}" if message.context else text).encode()


def missing(language: str) -> list[tuple[Message, str]]:
    """What the source asks for and the language has no words for, with the place that asks."""
    known = read(LOCALE / language / "LC_MESSAGES" / "django.po")
    return [(message, place) for message, place in wanted().items() if not all(known.get(message, [""]))]


def languages() -> list[str]:
    """The languages that have a .po file."""
    return sorted(path.parts[-3] for path in LOCALE.glob("*/LC_MESSAGES/django.po"))


def compile_all() -> None:
    """Write the .mo beside each .po."""
    for language in languages():
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        draft = path.with_suffix(f".{os.getpid()}.draft")
        draft.write_bytes(compiled(read(path)))
        draft.replace(path.with_suffix(".mo"))


if __name__ == "__main__":
    compile_all()
    for language in languages():
        for message, place in missing(language):
            sys.stderr.write(f"{language}: {place}: {message.text!r} has no translation\n")
