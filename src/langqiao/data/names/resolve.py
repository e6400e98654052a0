"""Owner-name resolution: which of many written names are the same owner, by normal form, misspelling and acronym, with one fixed setting."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz.distance import OSA

from langqiao.data.names.normal import Normal, normal

LONG_WORD = 7
"""Words of this many letters may carry one misspelling."""
VERY_LONG_WORD = 11
"""Words of this many letters may carry two."""
SHORT_NAME = 12
"""Names with fewer letters are not compared letter by letter across lost blanks."""
ACRONYM_SHARE = 0.9
"""The share of its mentions beside one owner's name that makes an acronym alone that owner's."""
COMMON_FACTOR = 5
"""A word is a misspelling of another only if the other occurs in at least this many times as many names."""
MAX_WORDS = 12
"""Of longer names only the first words are left out in turn."""
MAX_BLOCK = 200
"""Names that share a block with more others than this are not compared there: such a block says nothing."""


def resolve(names: Iterable[str]) -> dict[str, str]:
    """Every name and the name that stands for its owner: the one written most often, ties to the first in alphabetical order.

    Repeats in `names` count as mentions. Two names are the same owner if they have the same normal form, if one is the other misspelled (a
    word with one edit that is rare where the other is common), or if one is the acronym that is written beside the other. Nothing else joins
    names: a subsidiary, a branch or a former name stays apart. Linear in the number of distinct names but for blocks of at most 200.
    """
    mentions = Counter(names)
    forms = {name: normal(name) for name in mentions}
    groups = _groups(mentions, forms)
    chosen: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, form in forms.items():
        chosen[groups[form.tokens]].append(name)
    answer: dict[str, str] = {}
    for members in chosen.values():
        best = min(members, key=lambda name: (-mentions[name], name))
        answer.update(dict.fromkeys(members, best))
    return answer


Tokens = tuple[str, ...]


def _groups(mentions: Mapping[str, int], forms: Mapping[str, Normal]) -> dict[Tokens, Tokens]:
    weights: Counter[Tokens] = Counter()
    spellings: Counter[Tokens] = Counter()
    acronyms: dict[str, Counter[Tokens]] = defaultdict(Counter)
    cjk: set[Tokens] = set()
    for name, form in forms.items():
        weights[form.tokens] += mentions[name]
        spellings[form.tokens] += 1
        if form.is_cjk:
            cjk.add(form.tokens)
        if form.acronym:
            acronyms[form.acronym][form.tokens] += mentions[name]
    latin = [tokens for tokens in weights if tokens not in cjk]
    frequency = Counter(word for tokens in latin for word in set(tokens))
    order = sorted(latin, key=lambda t: (-weights[t], -spellings[t], -sum(frequency[w] for w in t), t))
    centers = _attach(order, frequency)
    _join_acronyms(acronyms, centers)
    return centers | {tokens: tokens for tokens in cjk}


def _attach(order: Sequence[Tokens], frequency: Mapping[str, int]) -> dict[Tokens, Tokens]:
    """Each normal form with the center it belongs to: heavier forms come first and become centers, so no chain drifts away."""
    center: dict[Tokens, Tokens] = {}
    blocks: dict[str, list[Tokens]] = defaultdict(list)
    for tokens in order:
        keys = _block_keys(tokens)
        asked = keys + _half_keys("".join(tokens), around=1)
        found = next((other for key in asked for other in blocks.get(key, ()) if _same(tokens, other, frequency)), None)
        center[tokens] = found or tokens
        if found is None:
            for key in keys + _half_keys("".join(tokens), around=0):
                if len(blocks[key]) < MAX_BLOCK:
                    blocks[key].append(tokens)
    return center


def _block_keys(tokens: Tokens) -> list[str]:
    """Two names that are to be compared share one of these: the letters, the sorted words, or the words but one."""
    keys = ["=" + "".join(tokens), "#" + " ".join(sorted(tokens))]
    if len(tokens) > 1:
        keys += [f"~{i} " + " ".join(tokens[:i] + tokens[i + 1 :]) for i in range(min(len(tokens), MAX_WORDS))]
    return keys


def _half_keys(joined: str, *, around: int) -> list[str]:
    """The first and the last half of the letters: one edit leaves one of them as it was. `around` asks for lengths one more and one less too."""
    keys = []
    for length in range(len(joined) - around, len(joined) + around + 1):
        half = (length - 1) // 2
        if half >= LONG_WORD // 2:
            keys += [f"<{length} {joined[:half]}", f">{length} {joined[-half:]}"]
    return keys


def _same(a: Tokens, b: Tokens, frequency: Mapping[str, int]) -> bool:
    joined_a, joined_b = "".join(a), "".join(b)
    if joined_a == joined_b:
        return len(joined_a) >= LONG_WORD or a == b
    if len(a) == len(b):
        if sorted(a) == sorted(b):
            return len(a) >= 3
        different = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
        return len(different) <= 1 + len(a) // 4 and all(_is_misspelling(x, y, frequency) for x, y in different)
    # A blank was lost or added beside a misspelling: the letters differ by one and no digit is touched.
    return (
        min(len(joined_a), len(joined_b)) >= SHORT_NAME
        and OSA.distance(joined_a, joined_b, score_cutoff=1) <= 1
        and _digits(a) == _digits(b)
    )


def _is_misspelling(rare: str, common: str, frequency: Mapping[str, int]) -> bool:
    length = min(len(rare), len(common))
    if length < LONG_WORD or _has_digit(rare) or _has_digit(common):
        return False
    if frequency[common] < COMMON_FACTOR * frequency[rare]:
        return False
    edits = 2 if length >= VERY_LONG_WORD else 1
    return OSA.distance(rare, common, score_cutoff=edits) <= edits


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)


def _digits(tokens: Tokens) -> str:
    return "".join(c for word in tokens for c in word if c.isdigit())


def _join_acronyms(acronyms: Mapping[str, Counter[Tokens]], center: dict[Tokens, Tokens]) -> None:
    """An acronym alone goes to the one owner beside whose name it is written; where several owners write it, it stays alone."""
    for acronym, written in acronyms.items():
        alone = (acronym,)
        owners: Counter[Tokens] = Counter()
        for tokens, count in written.items():
            owners[center[tokens]] += count
        owner, count = owners.most_common(1)[0]
        if center.get(alone) == alone and count >= ACRONYM_SHARE * owners.total():
            for tokens, current in center.items():
                if current == alone:
                    center[tokens] = owner
