"""The evidence pack: papers, manifests, chain and proofs in one ZIP that proves itself to a stranger.

The pack is deterministic: the same archive gives the same bytes. Its ZIP is stored, not compressed, sorted by name and
without dates, so that one form only is right and the verifier can hold every byte against it. The layout stands in
verifier/README.txt, which is part of each pack beside the verifier itself.
"""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from orderway.archive.canonical import Tree, canonical
from orderway.archive.chain import (
    Entry,
    RootRecord,
    entry_bytes,
    head,
    manifest_digest,
    root_bytes,
)
from orderway.archive.manifest import Personal, openings_bytes
from orderway.archive.tree import NodeHash, consistency_spans, inclusion_spans, proof

PACK = "orderway-evidence/1"
_GUIDES = ("LIESMICH.txt", "README.txt", "verify.py")
_ZIP_LIMIT = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Sealed:
    """One entry with what it seals: manifest bytes, and the openings and papers (by file name) that still exist."""

    entry: Entry
    manifest: bytes
    openings: Mapping[str, Personal] = field(default_factory=dict)
    papers: Mapping[str, bytes] = field(default_factory=dict)


def evidence_pack(sealed: Sequence[Sealed], roots: Sequence[RootRecord], node: NodeHash) -> bytes:
    """The pack for `sealed` as the bytes of a ZIP.

    `sealed` holds the parcel, its supplements and the erasures that touched them; `roots` are the company's root
    records without a gap, from the first that covers the first entry, or an earlier one, up to the newest; `node` gives
    the perfect subtrees of the company's tree (tree.py).
    Raises ValueError for nothing sealed, an entry that no root covers yet, or a manifest that is not the entry's.
    """
    if not sealed:
        raise ValueError("there is nothing sealed to give evidence of")
    files: dict[str, bytes] = {name: _guide(name) for name in _GUIDES}
    for each in sealed:
        files.update(_files(each))
    used = _from_first_covering(min(each.entry.seq for each in sealed), roots)
    files["roots.json"] = b"[" + b",".join(root_bytes(record) for record in used) + b"]"
    files["proofs.json"] = canonical(_proofs([each.entry for each in sealed], used, node))
    files["index.json"] = canonical(_contents(files, sealed[0].entry.company, used[-1]))
    files["SEAL"] = sha256(files["index.json"]).hexdigest().encode("ascii") + b"\n"
    return stored_zip(files)


def stored_zip(files: Mapping[str, bytes]) -> bytes:
    """A ZIP (PKWARE APPNOTE 6.3) of `files`: sorted by name, stored, UTF-8 names, dated 1980-01-01, no extra fields.

    Raises ValueError from 4 GiB or 65,535 files on: that would be another form of ZIP.
    """
    if len(files) >= 0xFFFF or sum(map(len, files.values())) + 400 * len(files) >= _ZIP_LIMIT:
        raise ValueError("a pack holds less than 4 GiB and fewer than 65,535 files: take fewer parcels")
    body, directory = bytearray(), bytearray()
    for name in sorted(files):
        data, encoded = files[name], name.encode("utf-8")
        facts = struct.pack(
            "<HHHHHIIIHH", 20, 0x0800, 0, 0, 0x0021, zlib.crc32(data), len(data), len(data), len(encoded), 0
        )
        directory += struct.pack("<IH", 0x02014B50, 0x0314) + facts
        directory += struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, len(body)) + encoded
        body += struct.pack("<I", 0x04034B50) + facts + encoded + data
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(files), len(files), len(directory), len(body), 0)
    return bytes(body + directory + end)


@cache
def _guide(name: str) -> bytes:
    return (Path(__file__).parent / "verifier" / name).read_bytes()


def _files(sealed: Sealed) -> dict[str, bytes]:
    if manifest_digest(sealed.manifest) != sealed.entry.manifest:
        raise ValueError(f"the manifest of entry {sealed.entry.seq} is not the one that was sealed")
    number = f"{sealed.entry.seq:08d}"
    files = {
        f"chain/{number}.json": entry_bytes(sealed.entry),
        f"manifests/{number}.json": sealed.manifest,
        f"openings/{number}.json": openings_bytes(sealed.openings),
    }
    files.update({f"papers/{number}/{name}": data for name, data in sealed.papers.items()})
    return files


def _from_first_covering(seq: int, roots: Sequence[RootRecord]) -> Sequence[RootRecord]:
    for place, record in enumerate(roots):
        if record.size > seq:
            return roots[place:]
    raise ValueError(f"no root covers entry {seq} yet")


def _proofs(entries: Sequence[Entry], roots: Sequence[RootRecord], node: NodeHash) -> Tree:
    inclusion: dict[str, Tree] = {}
    consistency: dict[str, Tree] = {}
    for entry in entries:
        record = _from_first_covering(entry.seq, roots)[0]
        path = proof(inclusion_spans(entry.seq, record.size), node)
        inclusion[str(entry.seq)] = [each.hex() for each in path]
        grown = proof(consistency_spans(record.size, roots[-1].size), node)
        consistency[str(record.number)] = [each.hex() for each in grown]
    return {"inclusion": inclusion, "consistency": consistency}


def _contents(files: Mapping[str, bytes], company: str, newest: RootRecord) -> Tree:
    listed: list[Tree] = [
        {"path": name, "size": str(len(files[name])), "sha256": sha256(files[name]).hexdigest()}
        for name in sorted(files)
    ]
    return {"format": PACK, "company": company, "head": head(newest).hex(), "files": listed}
