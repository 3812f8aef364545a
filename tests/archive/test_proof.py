"""The archive proves itself: to a stranger, offline, whatever somebody did to the pack."""

import ast
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import careful, careless, mended
from packs import COMPANY, LETTER, START, archive

from orderway.archive import tree
from orderway.archive.canonical import NotCanonical, canonical, parsed
from orderway.archive.chain import chain_faults, entry_hash, head, root_faults, stamp
from orderway.archive.evidence import Sealed, evidence_pack
from orderway.archive.manifest import Manifest, Personal, commitment, manifest_bytes
from orderway.archive.verifier import verify as verifier

VERIFIER = Path(verifier.__file__)
GOOD = archive()
PACK = GOOD.pack
FILES, _ = verifier.read_zip(PACK)

# The leaves and roots of Certificate Transparency's own tests (merkle_tree_test.cc, "5.1 known roots").
CT_LEAVES = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CT_CONSISTENCY_6_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]


def found(pack: bytes, anchor: str = "") -> list[str]:
    """The verifier's findings on a pack, in English."""
    return [each.said("en") for each in verifier.verify(*verifier.read_zip(pack), anchor).findings]


# RFC 6962, word for word and slow: the oracle for tree.py
def mth(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    k = largest_power_below(len(leaves))
    return sha256(b"\1" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def test_roots_are_those_of_certificate_transparency() -> None:
    node = tree.nodes_of([tree.leaf_hash(leaf) for leaf in CT_LEAVES])
    assert [tree.root(size, node).hex() for size in range(9)] == CT_ROOTS
    assert [each.hex() for each in tree.proof(tree.consistency_spans(6, 8), node)] == CT_CONSISTENCY_6_8


def test_all_proofs_of_all_small_trees_are_those_of_the_rfc_and_prove_only_the_truth() -> None:
    leaves = [b"%d" % number for number in range(24)]
    hashes = [tree.leaf_hash(leaf) for leaf in leaves]
    node = tree.nodes_of(hashes)
    for size in range(1, len(leaves) + 1):
        root = tree.root(size, node)
        assert root == mth(leaves[:size])
        for index in range(size):
            proof = tree.proof(tree.inclusion_spans(index, size), node)
            assert proof == path(index, leaves[:size])
            assert tree.included(hashes[index], index, size, proof, root)
            assert not tree.included(hashes[index - 1], index, size, proof, root) or size == 1
            assert not tree.included(hashes[index], index, size, [*proof, root], root)
        for old in range(1, size + 1):
            proof = tree.proof(tree.consistency_spans(old, size), node)
            assert proof == subproof(old, leaves[:size], True)
            before = tree.root(old, node)
            assert tree.consistent(old, before, size, root, proof)
            assert old == size or not tree.consistent(old, before[::-1], size, root, proof)
            assert not tree.consistent(old, before, size, root, [*proof, root])


@given(st.lists(st.integers(0, 9), max_size=8))
def test_a_tree_that_grew_in_pieces_is_the_tree_made_at_once(pieces: list[int]) -> None:
    leaves = [tree.leaf_hash(b"%d" % number) for number in range(sum(pieces))]
    kept: dict[tree.Node, bytes] = {}
    start = 0
    for piece in pieces:
        kept |= tree.grown(start, leaves[start : start + piece], kept.__getitem__)
        start += piece
    assert kept == tree.grown(0, leaves, kept.__getitem__)
    assert tree.root(start, kept.__getitem__) == mth([b"%d" % number for number in range(start)])


def test_canonical_json_is_that_of_rfc_8785_and_takes_no_numbers() -> None:
    # The strings of RFC 8785 section 3.2.3 in their order, and the escapes of section 3.2.2.2
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    order = list(parsed(canonical(dict.fromkeys(keys, ""))))
    assert order == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert canonical("\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/") == b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'
    for alien in (1, 1.0, True, None, b"bytes", {"a": [2]}, {1: "a"}, "\ud800"):
        with pytest.raises(NotCanonical):
            canonical(alien)  # type: ignore[arg-type]
    for other_spelling in (
        b'{"b":"","a":""}',
        b'{"a": ""}',
        b'{"a":"","a":""}',
        b'"\\u0041"',
        b"1",
        b"\xff",
        b"[" * 9999,
    ):
        with pytest.raises(NotCanonical):
            parsed(other_spelling)


def test_a_good_pack_is_in_order_for_a_stranger_with_nothing_but_python(tmp_path: Path) -> None:
    pack = tmp_path / "pack.zip"
    pack.write_bytes(PACK)
    (tmp_path / "verify.py").write_bytes(FILES["verify.py"])
    noted = head(GOOD.roots[2]).hex()
    command = [sys.executable, "-I", "-S", "verify.py", "pack.zip"]
    alone = subprocess.run([*command, "--head", noted], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (alone.returncode, alone.stderr) == (0, "")
    assert "IN ORDER: parcels 2, papers 2" in alone.stdout
    assert head(GOOD.roots[-1]).hex() in alone.stdout
    pack.write_bytes(PACK.replace(b"brutto 1190,00", b"brutto 1910,00"))
    altered = subprocess.run([*command, "--language", "de"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert altered.returncode == 1
    assert "NICHT IN ORDNUNG\n  papers/00000003/002-invoice.pdf: wurde verändert" in altered.stdout
    missing = subprocess.run([*command[:-1], "other.zip"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert missing.returncode == 2


def test_an_unpacked_pack_is_checked_as_well_as_the_zip(tmp_path: Path) -> None:
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert verifier.main([str(tmp_path)]) == 0
    (tmp_path / "papers/00000003/002-invoice.pdf").unlink()
    assert verifier.main([str(tmp_path)]) == 1


def test_the_same_archive_gives_the_same_pack_to_the_byte() -> None:
    assert archive().pack == PACK


def test_the_verifier_imports_only_the_standard_library_and_every_message_is_german_too() -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(VERIFIER.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).split(".")[0])
    assert imported
    assert imported <= sys.stdlib_module_names
    assert all(len(words) == 2 and words[0] != words[1] for words in verifier.MESSAGES.values())


@settings(max_examples=2000, deadline=None)
@given(st.integers(0, 2**64))
def test_no_careless_change_of_a_single_place_goes_unseen(seed: int) -> None:
    label, pack = careless(PACK, Random(seed))
    assert pack == PACK or found(pack), label


@settings(max_examples=2000, deadline=None)
@given(st.integers(0, 2**64))
def test_no_change_goes_unseen_when_contents_seal_and_zip_are_mended_after_it(seed: int) -> None:
    label, pack = careful(FILES, Random(seed))
    assert pack == PACK or found(pack), label


@pytest.mark.long
def test_one_hundred_thousand_single_mutations_are_all_seen() -> None:
    random = Random(6962)
    for number in range(100_000):
        label, pack = careful(FILES, random) if number % 2 else careless(PACK, random)
        assert pack == PACK or found(pack), label


@pytest.mark.long
def test_each_bit_of_the_pack_counts() -> None:
    for at in range(len(PACK)):
        assert found(PACK[:at] + bytes([PACK[at] ^ (1 << at % 8)]) + PACK[at + 1 :]), at


def test_mending_the_shell_alone_makes_the_same_pack() -> None:
    """Guards the test above: what it finds is the change, not the mending."""
    assert mended(FILES) == PACK


def test_erasure_takes_the_person_out_and_the_chain_stays_whole() -> None:
    before, after = archive(erase=False), GOOD
    assert b"Erika Beispiel" in before.pack
    assert not found(before.pack)
    first = b"".join(data for name, data in FILES.items() if "00000003" in name)
    assert b"Erika" not in first
    assert LETTER not in PACK
    assert not found(PACK)
    assert before.hashes[:10] == after.hashes[:10]
    assert not chain_faults(after.entries, after.hashes)


def test_what_was_erased_cannot_be_guessed_from_what_is_left() -> None:
    """The salt is gone with the text: trying names against the commitment needs 32 random bytes as well."""
    sealed = GOOD.sealed[0]
    names = [Personal("Erika Beispiel", bytes(32)), Personal("Erika Beispiel", sha256(b"guess").digest())]
    assert not any(commitment(name).hex().encode() in sealed.manifest for name in names)
    kept = archive(erase=False).sealed[0].openings["/papers/0/index/0/value"]
    assert kept.value == "Erika Beispiel"
    assert commitment(kept).hex().encode() in sealed.manifest


def test_a_paper_that_vanished_without_an_erasure_is_missed() -> None:
    files = {name: data for name, data in FILES.items() if name != "papers/00000003/002-invoice.pdf"}
    assert found(mended(files)) == [
        "  papers/00000003/002-invoice.pdf: the paper is missing, and no erasure accounts for it"
    ]


def test_a_text_of_an_erased_person_that_is_still_there_is_named() -> None:
    early = archive(erase=False)
    sealed = [early.sealed[0], *GOOD.sealed[1:]]
    findings = found(evidence_pack(sealed, GOOD.roots, GOOD.node))
    assert any("/papers/0/name was erased and is there all the same" in each for each in findings)
    assert any("001-mail.eml was erased" in each for each in findings)


def test_a_past_invented_afterwards_differs_from_the_head_that_was_noted() -> None:
    noted = head(GOOD.roots[-1]).hex()
    invented = archive(erase=False)
    assert not found(invented.pack)
    assert found(PACK, noted) == []
    assert found(invented.pack, noted) == [f"  roots.json: no root in the pack has the head you gave: {noted}"]


def test_a_supplement_without_its_first_parcel_is_refused() -> None:
    findings = found(evidence_pack(GOOD.sealed[1:], GOOD.roots, GOOD.node))
    assert findings == ["  chain/00000007.json: the parcel that this one supplements is not here"]


def test_there_is_no_evidence_of_what_no_root_covers() -> None:
    with pytest.raises(ValueError, match="no root covers entry 3 yet"):
        evidence_pack(GOOD.sealed[:1], GOOD.roots[:1], GOOD.node)
    with pytest.raises(ValueError, match="not the one that was sealed"):
        evidence_pack([Sealed(GOOD.entries[3], b"{}")], GOOD.roots, GOOD.node)
    with pytest.raises(ValueError, match="nothing sealed"):
        evidence_pack([], GOOD.roots, GOOD.node)


def test_a_parcel_without_documents_has_no_manifest() -> None:
    with pytest.raises(ValueError, match="without documents"):
        manifest_bytes(Manifest(COMPANY, "P-1", "order", "pdfa", "", START, "Paula", papers=()))


def test_the_stored_chain_names_the_link_that_was_changed_dropped_or_moved() -> None:
    entries, hashes = GOOD.entries, GOOD.hashes
    assert chain_faults(entries, hashes) == []
    other = [*entries[:5], archive(erase=False).entries[10], *entries[6:]]
    assert [fault.number for fault in chain_faults(other, hashes)] == [5]
    assert "entry 5 is missing" in chain_faults([*entries[:5], *entries[6:]], [*hashes[:5], *hashes[6:]])[0].why
    forged = [*hashes[:5], bytes(32), *hashes[6:]]
    assert [(fault.number, fault.why) for fault in chain_faults(entries, forged)] == [
        (5, "was changed after it was sealed"),
        (6, "does not follow the entry before it"),
    ]
    assert chain_faults(entries[4:], hashes[4:], start=4, previous=entry_hash(entries[3])) == []


def test_the_stored_roots_name_the_one_that_was_changed_or_dropped() -> None:
    heads = [head(record) for record in GOOD.roots]
    assert root_faults(GOOD.roots, heads) == []
    assert root_faults(GOOD.roots[1:], heads[1:])[0].number == 1
    assert [fault.number for fault in root_faults(GOOD.roots, [heads[0], bytes(32), *heads[2:]])] == [2, 3]


def test_a_time_without_a_zone_is_not_sealed() -> None:
    assert stamp(START) == "2026-03-02T17:00:00.000000Z"
    with pytest.raises(ValueError, match="without a zone"):
        stamp(START.replace(tzinfo=None))
