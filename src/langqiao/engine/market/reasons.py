"""Why somebody is interested or not, in codes that both sides share, so that answers can be counted."""

from collections.abc import Mapping

REASONS: Mapping[str, Mapping[str, str]] = {
    "fit": {"zh": "技术契合度", "en": "fit of the technology"},
    "maturity": {"zh": "成熟度", "en": "maturity"},
    "price": {"zh": "价格", "en": "price"},
    "scope": {"zh": "权利范围或许可范围", "en": "scope of the right or license"},
    "status": {"zh": "法律状态", "en": "legal status"},
    "evidence": {"zh": "证据不足", "en": "evidence"},
    "timing": {"zh": "时机", "en": "timing"},
    "other": {"zh": "其他（请写明）", "en": "other, in words"},
}
"""A reason code with its words; `other` needs a text."""


def reasons_wrong(codes: tuple[str, ...], text: str) -> dict[str, str] | None:
    """What is wrong with an answer's reasons by field, or None: at least one known code, and a text where `other` is among them."""
    unknown = sorted(set(codes) - set(REASONS))
    if unknown:
        return {"reasons": "unknown", "codes": ", ".join(unknown)}
    if not codes:
        return {"reasons": "missing"}
    if "other" in codes and not text.strip():
        return {"text": "missing"}
    return None
