"""Single mutations of an evidence pack: careless ones of its bytes, and careful ones that mend the shell afterwards."""

import json
from collections.abc import Mapping
from hashlib import sha256
from random import Random
from typing import Any

from orderway.archive.canonical import canonical
from orderway.archive.evidence import stored_zip

GUIDES = {"LIESMICH.txt", "README.txt", "verify.py"}


def careless(pack: bytes, random: Random) -> tuple[str, bytes]:
    """One flip, deletion, insertion or swap somewhere in the bytes of the ZIP."""
    at = random.randrange(len(pack))
    length = random.choice((1, 1, 2, 7, 64, 1000))
    what = random.choice(("flip", "flip", "flip", "delete", "insert", "swap"))
    if what == "flip":
        return f"bit of byte {at}", pack[:at] + bytes([pack[at] ^ 1 << random.randrange(8)]) + pack[at + 1 :]
    if what == "delete":
        return f"{length} bytes from {at} deleted", pack[:at] + pack[at + length :]
    if what == "insert":
        return f"{length} bytes at {at} inserted", pack[:at] + random.randbytes(length) + pack[at:]
    middle, end = at + length, at + 2 * length
    return f"{length} bytes at {at} swapped", pack[:at] + pack[middle:end] + pack[at:middle] + pack[end:]


def careful(files: Mapping[str, bytes], random: Random) -> tuple[str, bytes]:
    """One change of the evidence by somebody who then mends list of contents, SEAL and ZIP."""
    evidence = sorted(set(files) - GUIDES - {"SEAL"})
    place = random.choice(evidence)
    changed = dict(files)
    what = random.choice(("file", "inside", "inside", "inside"))
    if what == "file" and place != "index.json":
        label = _change_files(changed, place, [name for name in evidence if name != "index.json"], random)
    elif place.endswith(".json"):
        changed[place] = _change_json(json.loads(files[place]), random)
        label = f"{place}: {changed[place]!r}"
    else:
        label, changed[place] = careless(files[place], random)
    return f"{what} {place}: {label}", mended(changed, head_too=place == "index.json")


def mended(files: Mapping[str, bytes], head_too: bool = False) -> bytes:
    """A pack with `files`, its list of contents and SEAL made anew; the head in it stays the one that was noted."""
    listed = {name: data for name, data in files.items() if name not in ("index.json", "SEAL")}
    index = json.loads(files["index.json"]) if "index.json" in files else {}
    if not head_too and isinstance(index, dict):
        index["files"] = [
            {"path": name, "size": str(len(data)), "sha256": sha256(data).hexdigest()}
            for name, data in sorted(listed.items())
        ]
    written = canonical(index)
    seal = sha256(written).hexdigest().encode() + b"\n"
    return stored_zip({**listed, "index.json": written, "SEAL": seal})


def _change_files(changed: dict[str, bytes], place: str, evidence: list[str], random: Random) -> str:
    what, other = random.choice(("delete", "insert", "swap", "rename")), random.choice(evidence)
    folder, _, name = place.rpartition("/")
    if what == "delete":
        del changed[place]
    elif what == "insert":
        changed[f"{folder}/0{name}".lstrip("/")] = changed[place]
    elif what == "swap":
        changed[place], changed[other] = changed[other], changed[place]
    else:
        changed[f"{folder}/1{name}".lstrip("/")] = changed.pop(place)
    return f"{what} ({other})"


def _places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path] + [found for key, each in parts for found in _places(each, (*path, key))]


def _change_json(tree: Any, random: Random) -> bytes:
    path = random.choice([each for each in _places(tree) if each] or [()])
    if not path:
        return canonical({"more": "of it"} if isinstance(tree, dict) else ["more"])
    holder = tree
    for key in path[:-1]:
        holder = holder[key]
    _change_at(holder, path[-1], random)
    return canonical(tree)


def _change_at(holder: Any, key: Any, random: Random) -> None:
    what = random.choice(("alter", "alter", "delete", "insert", "swap", "replace"))
    value = holder[key]
    if what == "alter" and isinstance(value, str):
        at = random.randrange(len(value) + 1)
        holder[key] = value[:at] + random.choice("0123456789abcdefZ.") + value[at + random.randrange(2) :]
    elif what == "delete":
        del holder[key]
    elif what == "insert" and isinstance(holder, list):
        holder.insert(key, json.loads(json.dumps(random.choice(holder))))
    elif what == "insert":
        holder[f"{key}x"] = json.loads(json.dumps(value))
    elif what == "swap":
        other = random.choice(list(range(len(holder)) if isinstance(holder, list) else holder))
        holder[key], holder[other] = holder[other], holder[key]
    else:
        holder[key] = random.choice(("", "0", [], {}, [value], {"commitment": "0" * 64}))
