"""The tree against the published vectors of RFC 6962's reference implementation, and against what an attacker would try."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.ledger import merkle

# The inputs and answers of the reference implementation's test (certificate-transparency, merkletree: kSHA256Roots, kSHA256Paths, kSHA256Proofs).
INPUTS = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
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
A, B, C = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)
E, F, G = (
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
)
PATHS = {(0, 1): [], (0, 8): [A, B, C], (5, 8): [E, F, ROOTS[4]], (2, 3): [ROOTS[2]], (1, 5): [ROOTS[1], B, E]}
PROOFS = {(1, 1): [], (1, 8): [A, B, C], (6, 8): [G, F, ROOTS[4]], (2, 5): [B, E]}


def leaves(count):
    return [merkle.leaf_hash(bytes([n % 251, n // 251])) for n in range(count)]


def over(hashes):
    return lambda low, high: merkle.root(hashes[low:high])


def by_definition(hashes):
    """RFC 6962, 2.1, word by word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = merkle.split(len(hashes))
    return hashlib.sha256(b"\x01" + by_definition(hashes[:k]) + by_definition(hashes[k:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_published_ones(size):
    assert merkle.root([merkle.leaf_hash(data) for data in INPUTS[:size]]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_inclusion_proofs_are_the_published_ones(index, size):
    hashes = [merkle.leaf_hash(data) for data in INPUTS]
    proof = merkle.inclusion_proof(index, size, over(hashes))
    assert [step.hex() for step in proof] == PATHS[index, size]
    assert merkle.included_root(hashes[index], index, size, proof).hex() == ROOTS[size]


@pytest.mark.parametrize(("old", "new"), PROOFS)
def test_consistency_proofs_are_the_published_ones(old, new):
    proof = merkle.consistency_proof(old, new, over([merkle.leaf_hash(data) for data in INPUTS]))
    assert [step.hex() for step in proof] == PROOFS[old, new]
    assert merkle.is_consistent(old, new, (bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new])), proof)


def test_an_inner_node_posing_as_a_leaf_fails():
    """Without the prefixes, the two children of a node would be the data of a leaf with the node's hash (second preimage)."""
    hashes = [merkle.leaf_hash(data) for data in INPUTS]
    inner = hashes[0] + hashes[1]
    assert merkle.leaf_hash(inner) != merkle.node_hash(hashes[0], hashes[1])
    short_path = merkle.inclusion_proof(0, 8, over(hashes))[1:]
    assert merkle.included_root(merkle.leaf_hash(inner), 0, 4, short_path) != merkle.root(hashes)
    assert merkle.root([merkle.leaf_hash(inner)]) != merkle.root(hashes[:2])


@given(st.integers(1, 300), st.data())
def test_root_frontier_and_every_proof_agree_with_the_definition(size, data):
    hashes = leaves(size)
    root = merkle.root(hashes)
    frontier = ()
    for leaf in hashes:
        frontier = merkle.grown(frontier, leaf)
    assert root == by_definition(hashes) == merkle.folded(frontier)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    proof = merkle.inclusion_proof(index, size, over(hashes))
    assert merkle.included_root(hashes[index], index, size, proof) == root
    assert len(proof) <= (size - 1).bit_length()
    steps = merkle.consistency_proof(old, size, over(hashes))
    assert merkle.is_consistent(old, size, (merkle.root(hashes[:old]), root), steps)


@given(st.integers(2, 200), st.data())
def test_a_proof_of_another_leaf_place_size_or_with_a_changed_step_fails(size, data):
    hashes = leaves(size)
    root, index = merkle.root(hashes), data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, over(hashes))
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index))
    assert merkle.included_root(hashes[other], index, size, proof) != root
    assert merkle.included_root(hashes[index], other, size, proof) != root
    assert merkle.included_root(hashes[index], size, size, proof) is None
    assert merkle.included_root(hashes[index], index, size, proof[:-1]) != root
    assert merkle.included_root(hashes[index], index, size, [*proof, root]) != root
    place = data.draw(st.integers(0, len(proof) - 1))
    forged = [*proof[:place], bytes([proof[place][0] ^ 1]) + proof[place][1:], *proof[place + 1 :]]
    assert merkle.included_root(hashes[index], index, size, forged) != root


@given(st.integers(2, 120), st.data())
def test_a_tree_that_changed_an_old_leaf_is_never_consistent(size, data):
    hashes = leaves(size)
    old = data.draw(st.integers(1, size))
    place = data.draw(st.integers(0, old - 1))
    rewritten = [*hashes[:place], merkle.leaf_hash(b"other"), *hashes[place + 1 :]]
    steps = merkle.consistency_proof(old, size, over(rewritten))
    assert not merkle.is_consistent(old, size, (merkle.root(hashes[:old]), merkle.root(rewritten)), steps)
    good = merkle.consistency_proof(old, size, over(hashes))
    roots = merkle.root(hashes[:old]), merkle.root(hashes)
    assert not merkle.is_consistent(old, size, roots, [*good, hashes[0]])
    if good:
        assert not merkle.is_consistent(old, size, roots, good[:-1])


@pytest.mark.parametrize(("old", "new"), [(5, 4), (-1, 4), (0, -1)])
def test_sizes_that_cannot_be_are_refused(old, new):
    with pytest.raises(ValueError):
        merkle.spans_of_consistency(old, new)
    assert not merkle.is_consistent(old, new, (b"a", b"b"), [b"c"])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_a_leaf_that_is_not_there_has_no_proof(index, size):
    with pytest.raises(ValueError):
        merkle.spans_of_inclusion(index, size)


def test_the_empty_tree_extends_to_every_tree_without_a_proof():
    hashes = leaves(3)
    assert merkle.consistency_proof(0, 3, over(hashes)) == ()
    assert merkle.is_consistent(0, 3, (merkle.EMPTY_ROOT, merkle.root(hashes)), ())
    assert not merkle.is_consistent(0, 3, (merkle.root(hashes), merkle.root(hashes)), ())
