"""What vendors call the state and the type of a patent, in our words; a vendor's state is a claim with a date, below dated events in rank."""

_STATUS = (
    # The first that is contained decides; longer words stand before the shorter ones they contain. formats.md §8.
    ("部分无效", "in_force"), ("全部无效", "invalidated"), ("宣告无效", "invalidated"), ("全部撤销", "revoked"),
    ("避免重复授权", "abandoned"), ("避免重复授予", "abandoned"),
    ("未缴年费", "lapsed"), ("年费终止", "lapsed"), ("权利终止", "lapsed"), ("专利权终止", "lapsed"), ("期限届满", "expired"), ("届满", "expired"),
    ("驳回", "refused"), ("撤回", "withdrawn"), ("视撤", "withdrawn"), ("放弃", "abandoned"), ("申请终止", "withdrawn"),
    ("权利恢复", "in_force"), ("授权", "in_force"), ("失效", "dead"), ("无效", "dead"), ("有效", "in_force"), ("维持", "in_force"),
    ("实质审查", "pending"), ("审中", "pending"), ("实审", "pending"), ("在审", "pending"), ("公开", "pending"), ("公布", "pending"),
    ("指定期满", "dead"), ("指定期内", "pending"), ("未确认", "unknown"),
    ("not in force", "dead"), ("inactive", "dead"), ("expired", "expired"), ("lapsed", "lapsed"), ("abandoned", "abandoned"),
    ("withdrawn", "withdrawn"), ("rejected", "refused"), ("refused", "refused"), ("revoked", "revoked"), ("invalidated", "invalidated"),
    ("discontinued", "dead"), ("dead", "dead"), ("ceased", "lapsed"), ("patented", "in_force"), ("granted", "in_force"),
    ("in force", "in_force"), ("active", "in_force"), ("alive", "in_force"), ("pending", "pending"), ("published", "pending"),
    ("examination", "pending"), ("filed", "pending"), ("unknown", "unknown"),
)  # fmt: skip
_CODES = {"0": "dead", "1": "in_force", "2": "pending", "220": "dead", "221": "pending", "999": "unknown"}
"""PatSnap's simple codes (220, 221: the term for designation under the PCT is over, is running)."""
_TYPES = (
    ("外观", "design"), ("实用新型", "utility_model"), ("发明", "invention"), ("design", "design"), ("utility model", "utility_model"),
    ("plant", "plant"), ("reissue", "reissue"), ("utility", "invention"), ("invention", "invention"),
)  # fmt: skip


def status_word(raw: str) -> str:
    """in_force, pending, dead, lapsed, expired, refused, withdrawn, abandoned, revoked, invalidated or unknown; "" where no word fits."""
    text = raw.strip().lower()
    if text in _CODES:
        return _CODES[text]
    return next((word for mark, word in _STATUS if mark in text), "")


def patent_type_word(raw: str) -> str:
    """invention, utility_model, design, plant or reissue as the column says; "" where no word fits."""
    text = raw.strip().lower()
    return next((word for mark, word in _TYPES if mark in text), "")
