"""Checks an Orderway evidence pack offline:  python3 verify.py PACK.zip [--head HEX] [--language de|en]

PACK.zip may also be the folder it was unpacked to. Needs Python 3.8 or later and nothing else: this file imports the
standard library only and shares no line with the program that made the pack: neither hides the mistakes of the other.
Ends with 0 when everything is in order, with 1 when something is wrong (each finding in plain words), with 2 when there
is no such file. What it checks, and what it cannot know, is said in README.txt beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import struct
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

# Each finding in English and German; {0} and {1} are what it is about.
WORDS = """
shell | is not in the one form a pack has, from byte {0} on | hat nicht die Form eines Pakets, ab Byte {0}
missing | is missing | fehlt
extra | does not belong in this pack | gehört nicht in dieses Paket
changed | was changed: it is not what index.json says | wurde verändert: Es entspricht nicht der Liste index.json
unsealed | does not match the SEAL of the pack | passt nicht zum Siegel (SEAL) des Pakets
unreadable | is not in the exact form the archive writes | hat nicht genau die Form, die das Archiv schreibt
misshapen | {0} is missing, too much or of the wrong form | {0} fehlt, ist zu viel oder hat die falsche Form
company | is of another company or kind | gehört einer anderen Firma oder ist von anderer Art
manifest | is not the manifest that was sealed | ist nicht das versiegelte Verzeichnis (Manifest)
chain | does not follow the entry before it | schließt nicht an den Eintrag davor an
paper | is not the paper that was sealed | ist nicht das versiegelte Dokument
gone | the paper is missing, and no erasure accounts for it | das Dokument fehlt, und keine Löschung begründet das
field-gone | the text of {0} is missing without an erasure | der Text zu {0} fehlt ohne eine Löschung
field | the text of {0} is not the one that was sealed | der Text zu {0} ist nicht der versiegelte
field-extra | gives a text for {0}, which has none | enthält einen Text zu {0}, wo keiner hingehört
undead | {0} was erased and is there all the same | {0} wurde gelöscht und ist trotzdem da
supplement | the parcel that this one supplements is not here | die Akte, die hier ergänzt wird, ist nicht dabei
roots | root {0} does not follow the root before it | Wurzel {0} schließt nicht an die Wurzel davor an
head | the newest root is not the one index.json names | die neueste Wurzel ist nicht die in index.json genannte
uncovered | no root covers entry {0} | keine Wurzel deckt Eintrag {0}
late | entry {0} claims to be younger than its root | Eintrag {0} will jünger sein als seine Wurzel
inclusion | entry {0} is not proven to be under root {1} | nicht bewiesen: Eintrag {0} liegt unter Wurzel {1}
growth | root {1} is not proven to hold all of root {0} | nicht bewiesen: Wurzel {1} enthält alles von Wurzel {0}
anchor | no root in the pack has the head you gave: {0} | keine Wurzel im Paket hat den angegebenen Kopfwert {0}
bad | NOT IN ORDER | NICHT IN ORDNUNG
good | IN ORDER: parcels {0}, papers {1} | IN ORDNUNG: Akten {0}, Dokumente {1}
newest | Head of the newest root, no {0} of {1}: {2} | Kopfwert der neuesten Wurzel, Nr. {0} vom {1}: {2}
compare | Compare it with one you noted or got elsewhere. | Vergleichen Sie ihn mit einem anderswo notierten.
"""
MESSAGES = {line.split(" | ")[0]: line.split(" | ")[1:] for line in WORDS.strip().splitlines()}

HEX = re.compile(r"[0-9a-f]{64}")
COUNT = re.compile(r"0|[1-9][0-9]{0,17}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
FIXED = {"LIESMICH.txt", "README.txt", "SEAL", "index.json", "proofs.json", "roots.json", "verify.py"}
LINK = {"company": str, "at": TIME, "previous": HEX}
ENTRY = {
    **LINK,
    "format": re.compile("orderway-entry/1"),
    "kind": re.compile("parcel|erasure"),
    "seq": COUNT,
    "manifest": HEX,
}
ERASURE = {"format": str, "company": str, "at": TIME, "by": str, "reason": str, "erased": list}
ERASED = {"entry": HEX, "what": re.compile("field|paper"), "which": str}
ROOT = {**LINK, "format": re.compile("orderway-root/1"), "number": COUNT, "size": COUNT, "root": HEX}


class Wrong(Exception):
    """One finding: what (a key of MESSAGES), where (empty for a word of our own), and what it is about."""

    def said(self, language: str) -> str:
        code, place, *about = self.args
        return (f"  {place}: " if place else "") + MESSAGES[code][1 if language == "de" else 0].format(*about)


class Entry(NamedTuple):
    """A link of the chain as read; `place` is its file."""

    place: str
    seq: int
    kind: str
    at: str
    hash: str
    previous: str
    manifest: dict[str, Any]

    def beside(self, folder: str) -> str:
        return self.place.replace("chain/", folder + "/")


def sha(domain: str, *parts: bytes) -> str:
    return hashlib.sha256(domain.encode() + b"\n" + b"".join(parts)).hexdigest()


def pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def written(tree: Any) -> bytes:
    """The form the archive writes (RFC 8785; all its keys are ASCII, so that code point order is the right one)."""
    return json.dumps(tree, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def fits(value: Any, form: Any) -> bool:
    if isinstance(form, type):
        return isinstance(value, form)
    return isinstance(value, str) and form.fullmatch(value) is not None


def shaped(tree: Any, place: str, needed: dict[str, Any]) -> dict[str, Any]:
    """`tree` as an object with exactly the fields `needed`, each a type or a pattern of a text."""
    if not isinstance(tree, dict):
        raise Wrong("misshapen", place, "{}")
    for name in [*needed, *tree]:
        if name not in needed or not fits(tree.get(name), needed[name]):
            raise Wrong("misshapen", place, name)
    return tree


def read_zip(data: bytes) -> tuple[dict[str, bytes], int]:
    """The files of a ZIP and the first byte where it leaves the one form a pack has (-1 when it never does)."""
    members: dict[str, bytes] = {}
    at = 0
    while data[at : at + 4] == b"PK\x03\x04" and len(data) >= at + 30:
        size, length = struct.unpack("<I", data[at + 18 : at + 22])[0], struct.unpack("<H", data[at + 26 : at + 28])[0]
        start, stop = at + 30 + length, at + 30 + length + size
        name = data[at + 30 : start].decode("utf-8", "replace")
        if stop > len(data) or name in members:
            return members, at
        members[name], at = data[start:stop], stop
    right = write_zip(members)
    return members, -1 if right == data else len(os.path.commonprefix([right, data]))  # noqa: RUF071 - bytes, not paths


def write_zip(members: dict[str, bytes]) -> bytes:
    """The one form a pack has: sorted by name, stored, no dates, no extra fields, no comment."""
    body, directory, offset, count = [], [], 0, len(members) & 0xFFFF
    for name in sorted(members):
        data, raw = members[name], name.encode("utf-8", "replace")
        head = struct.pack("<HHIHIIIHH", 20, 2048, 0, 33, zlib.crc32(data), len(data), len(data), len(raw), 0)
        body.append(b"PK\x03\x04" + head + raw + data)
        directory.append(b"PK\x01\x02\x14\x03" + head + b"\0" * 6 + struct.pack("<II", 0o100644 << 16, offset) + raw)
        offset += len(body[-1])
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, sum(map(len, directory)), offset, 0)
    return b"".join([*body, *directory, end])


def read_folder(folder: Path) -> dict[str, bytes]:
    files = [each for each in folder.rglob("*") if each.is_file() and "__pycache__" not in each.parts]
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in files}


def commitments(tree: Any, path: str = "") -> dict[str, str]:
    """All commitments in a manifest by their path."""
    if isinstance(tree, dict) and list(tree) == ["commitment"]:
        return {path: str(tree["commitment"])}
    found: dict[str, str] = {}
    for name, each in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        found.update(commitments(each, f"{path}/{name}"))
    return found


def taken(path: list[bytes]) -> bytes:
    if not path:
        raise Wrong("misshapen", "proofs.json", "path")
    return path.pop()


def folded(start: int, stop: int, index: int, leaf: bytes, path: list[bytes]) -> bytes:
    """The root over start..stop that `path` gives for leaf `index` (RFC 6962 section 2.1.1)."""
    if stop - start == 1:
        return leaf
    middle = start + (1 << ((stop - start - 1).bit_length() - 1))
    sibling = taken(path)
    if index < middle:
        return pair(folded(start, middle, index, leaf, path), sibling)
    return pair(sibling, folded(middle, stop, index, leaf, path))


def regrown(old: int, start: int, stop: int, old_root: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """(root of the first `old`, root of all) over start..stop that `path` gives (RFC 6962 section 2.1.2)."""
    if old >= stop:
        whole = old_root if start == 0 else taken(path)
        return whole, whole
    middle = start + (1 << ((stop - start - 1).bit_length() - 1))
    sibling = taken(path)
    if old <= middle:
        before, after = regrown(old, start, middle, old_root, path)
        return before, pair(after, sibling)
    before, after = regrown(old, middle, stop, old_root, path)
    return pair(sibling, before), pair(sibling, after)


class Pack:
    """The files of a pack under examination, and the findings so far. Each check notes what it finds."""

    def __init__(self, members: dict[str, bytes]) -> None:
        self.members = members
        self.findings: list[Wrong] = []
        self.company, self.head, self.parcels, self.papers = "", "", 0, 0
        self.newest: dict[str, Any] = {}
        self.gone: set[tuple[str, str, str]] = set()

    def note(self, code: str, place: str, *about: object) -> None:
        self.findings.append(Wrong(code, place, *about))

    def json(self, place: str, form: type = dict) -> Any:
        if place not in self.members:
            raise Wrong("missing", place)
        try:
            tree = json.loads(self.members[place].decode())
            if isinstance(tree, form) and written(tree) == self.members[place]:
                return tree
        except (ValueError, RecursionError):
            pass
        raise Wrong("unreadable", place)

    def check_contents(self) -> None:
        """SEAL, list of contents and files agree."""
        forms = {"format": re.compile("orderway-evidence/1"), "company": str, "head": HEX, "files": list}
        index = shaped(self.json("index.json"), "index.json", forms)
        self.company, self.head = index["company"], index["head"]
        if self.members.get("SEAL") != hashlib.sha256(self.members["index.json"]).hexdigest().encode() + b"\n":
            self.note("unsealed", "index.json")
        lines = [shaped(each, "index.json", {"path": str, "size": COUNT, "sha256": HEX}) for each in index["files"]]
        for line in lines:
            data = self.members.get(line["path"])
            if data is None:
                self.note("missing", line["path"])
            elif len(data) != int(line["size"]) or hashlib.sha256(data).hexdigest() != line["sha256"]:
                self.note("changed", line["path"])
        listed = [line["path"] for line in lines]
        if listed != sorted(set(listed)):
            self.note("misshapen", "index.json", "files")
        for place in sorted(set(self.members) - set(listed) - {"SEAL", "index.json"}):
            self.note("extra", place)

    def entry(self, place: str) -> Entry:
        tree = shaped(self.json(place), place, ENTRY)
        own = sha("orderway-entry/1", self.members[place])
        entry = Entry(place, int(tree["seq"]), tree["kind"], tree["at"], own, tree["previous"], {})
        if place != f"chain/{entry.seq:08d}.json":
            raise Wrong("misshapen", place, "seq")
        manifest = self.json(entry.beside("manifests"))
        if sha("orderway-manifest/1", self.members[entry.beside("manifests")]) != tree["manifest"]:
            raise Wrong("manifest", entry.beside("manifests"))
        kind, owner = manifest.get("format"), manifest.get("company")
        if kind != f"orderway-{entry.kind}/1" or not owner == tree["company"] == self.company:
            raise Wrong("company", place)
        return entry._replace(manifest=manifest)

    def read_erasures(self, entries: list[Entry]) -> None:
        for entry in entries:
            place = entry.beside("manifests")
            for each in shaped(entry.manifest, place, ERASURE)["erased"] if entry.kind == "erasure" else ():
                line = shaped(each, place, ERASED)
                self.gone.add((line["entry"], line["what"], line["which"]))

    def check_openings(self, entry: Entry) -> None:
        place = entry.beside("openings")
        opened, sealed = self.json(place), commitments(entry.manifest)
        for path in sorted(set(sealed) | set(opened)):
            erased = (entry.hash, "field", path) in self.gone
            if path not in sealed:
                self.note("field-extra", place, path)
            elif path in opened:
                line = shaped(opened[path], place, {"salt": HEX, "value": str})
                if sha("orderway-personal/1", bytes.fromhex(line["salt"]), line["value"].encode()) != sealed[path]:
                    self.note("field", place, path)
                if erased:
                    self.note("undead", place, path)
            elif not erased:
                self.note("field-gone", place, path)

    def check_papers(self, entry: Entry) -> list[str]:
        """Gives the places of all papers that the manifest names."""
        due: list[str] = []
        for paper in entry.manifest["papers"]:
            place = f"papers/{entry.seq:08d}/{paper['file']}"
            data, wanted = self.members.get(place), (paper["size"], paper["sha256"])
            erased = (entry.hash, "paper", paper["file"]) in self.gone
            due.append(place)
            if data is None and not erased:
                self.note("gone", place)
            elif data is not None and erased:
                self.note("undead", place, paper["file"])
            elif data is not None and (str(len(data)), hashlib.sha256(data).hexdigest()) != wanted:
                self.note("paper", place)
        return due

    def read_roots(self) -> list[dict[str, Any]]:
        roots: list[dict[str, Any]] = []
        for each in self.json("roots.json", list) or [None]:
            root = shaped(each, "roots.json", ROOT)
            if root["company"] != self.company:
                self.note("company", "roots.json")
            following = [(roots[-1]["head"], int(roots[-1]["number"]) + 1)] if roots else []
            if following not in ([], [(root["previous"], int(root["number"]))]):
                self.note("roots", "roots.json", root["number"])
            roots.append({**root, "head": sha("orderway-root/1", written(root))})
        if roots[-1]["head"] != self.head:
            self.note("head", "roots.json")
        return roots

    def path(self, proofs: dict[str, Any], name: str) -> list[bytes]:
        path = proofs.get(name)
        if not isinstance(path, list) or not all(fits(each, HEX) for each in path):
            raise Wrong("misshapen", "proofs.json", name)
        return [bytes.fromhex(each) for each in path]

    def check_proofs(self, entries: list[Entry], roots: list[dict[str, Any]]) -> None:
        tree = shaped(self.json("proofs.json"), "proofs.json", {"inclusion": dict, "consistency": dict})
        unused = set(tree["inclusion"]) - {str(entry.seq) for entry in entries} | set(tree["consistency"])
        unused |= {roots[0]["number"]}
        for entry in entries:
            root = next((each for each in roots if int(each["size"]) > entry.seq), None)
            if root is None:
                raise Wrong("uncovered", entry.place, entry.seq)
            unused.discard(root["number"])
            if entry.at > root["at"]:
                self.note("late", entry.place, entry.seq)
            path = self.path(tree["inclusion"], str(entry.seq))
            leaf = hashlib.sha256(b"\0" + bytes.fromhex(entry.hash)).digest()
            found = folded(0, int(root["size"]), entry.seq, leaf, path)
            if path or found.hex() != root["root"]:
                self.note("inclusion", "proofs.json", entry.seq, root["number"])
            path = self.path(tree["consistency"], root["number"])
            grown = regrown(int(root["size"]), 0, int(roots[-1]["size"]), bytes.fromhex(root["root"]), path)
            if path or [each.hex() for each in grown] != [root["root"], roots[-1]["root"]]:
                self.note("growth", "proofs.json", root["number"], roots[-1]["number"])
        for name in sorted(unused):
            self.note("misshapen", "proofs.json", name)

    def check(self, anchor: str) -> None:
        self.check_contents()
        links = [self.entry(place) for place in self.members if place.startswith("chain/")]
        entries = sorted(links, key=lambda entry: entry.seq)
        parcels = [entry for entry in entries if entry.kind == "parcel"]
        for before, after in zip(entries, entries[1:]):  # noqa: B905, RUF007 - both younger than Python 3.8
            if after.seq == before.seq + 1 and after.previous != before.hash:
                self.note("chain", after.place)
        self.read_erasures(entries)
        due = set(FIXED) if parcels else {*FIXED, "chain"}
        for entry in entries:
            due |= {entry.beside(folder) for folder in ("chain", "manifests", "openings")}
            self.check_openings(entry)
        papers = {place for entry in parcels for place in self.check_papers(entry)}
        for entry in parcels:
            if entry.manifest.get("supplement_of", entry.hash) not in [each.hash for each in parcels]:
                self.note("supplement", entry.place)
        for code, places in (("extra", set(self.members) - due - papers), ("missing", due - set(self.members))):
            for place in sorted(places):
                self.note(code, place)
        roots = self.read_roots()
        if anchor and anchor not in {root["head"] for root in roots}:
            self.note("anchor", "roots.json", anchor)
        self.check_proofs(entries, roots)
        self.parcels, self.papers, self.newest = len(parcels), len(papers & set(self.members)), roots[-1]


def verify(members: dict[str, bytes], broken_at: int = -1, anchor: str = "") -> Pack:
    """The pack as examined; `broken_at` is what `read_zip` said, `anchor` a head known from elsewhere."""
    pack = Pack(members)
    try:
        pack.check(anchor)
    except Wrong as wrong:
        pack.findings.append(wrong)
    except (AttributeError, KeyError, TypeError):  # hashes that fit, over a manifest no archive writes
        pack.note("unreadable", "manifests")
    if broken_at >= 0 and not pack.findings:
        pack.note("shell", "ZIP", broken_at)
    return pack


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Checks an Orderway evidence pack offline.")
    parser.add_argument("pack", type=Path, help="the ZIP, or the folder it was unpacked to")
    parser.add_argument("--head", default="", help="a head you know from elsewhere, 64 hex digits")
    parser.add_argument("--language", choices=("en", "de"), default="en")
    given = parser.parse_args(arguments)
    if not given.pack.exists():
        parser.error(f"{given.pack}: no such file or folder")
    members, broken_at = (read_folder(given.pack), -1) if given.pack.is_dir() else read_zip(given.pack.read_bytes())
    pack = verify(members, broken_at, given.head.strip().lower())
    lines = [Wrong("bad", ""), *pack.findings]
    if not pack.findings:
        newest = map(pack.newest.get, ("number", "at", "head"))
        lines = [Wrong("good", "", pack.parcels, pack.papers), Wrong("newest", "", *newest)]
        lines += [] if given.head else [Wrong("compare", "")]
    print("\n".join(dict.fromkeys(line.said(given.language) for line in lines)))
    return 1 if pack.findings else 0


if __name__ == "__main__":
    sys.exit(main())
