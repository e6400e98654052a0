"""How the terms of a contract are written in Chinese and English: money with its capital form, dates, rates, choices."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from langqiao.engine.contracts.clause import Field, Language, is_given

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
FEN_MAX = 10**18
"""The largest amount that is written: ten million billion yuan, above every sum of this trade."""
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
YES = {"zh": {True: "是", False: "否"}, "en": {True: "yes", False: "no"}}


def capital_amount(fen: int) -> str:
    """An amount in the capital form that contracts and bank papers in Chinese use, such as 壹佰贰拾万元整. Raises ValueError outside 0 … 10¹⁸ fen."""
    if not 0 <= fen < FEN_MAX:
        raise ValueError(f"{fen} fen cannot be written in capitals")
    yuan, rest = divmod(fen, 100)
    whole = f"{_capital_integer(yuan)}元" if yuan else ""
    jiao, cent = divmod(rest, 10)
    if not rest:
        return f"{whole or '零元'}整"
    gap = "零" if whole and not jiao else ""
    return whole + gap + (f"{DIGITS[jiao]}角" if jiao else "") + (f"{DIGITS[cent]}分" if cent else "整")


def _capital_integer(number: int) -> str:
    """A whole number in capitals; a group of four that is zero, or starts with zero, is joined by one 零."""
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    written, skipped = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            skipped = bool(written)
            continue
        joined = "零" if written and (skipped or group < 1_000) else ""
        written += joined + _capital_group(group) + GROUPS[place]
        skipped = False
    return written


def _capital_group(number: int) -> str:
    written, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            written += ("零" if gap and written else "") + DIGITS[digit] + PLACES[place]
            gap = False
        else:
            gap = True
    return written


def money(fen: int, language: Language) -> str:
    """An amount to the fen: in Chinese with its capital form, in English with the currency's code."""
    sign, whole = "-" if fen < 0 else "", abs(fen)
    plain = f"{sign}{whole // 100:,}.{whole % 100:02d}"
    return f"人民币{plain}元（大写：{capital_amount(fen)}）" if language == "zh" and fen >= 0 else f"CNY {plain}"


def date(value: str | dt.date, language: Language) -> str:
    """A day as contracts write it: 2026年11月24日, 24 November 2026. Raises ValueError for what is no day."""
    day = value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def rate(value: Any) -> str:
    """A share such as "0.035" or "1/3" as 3.5% or 33 1/3%, always exact. Raises ValueError for what is no number, and for floats, which are not exact."""
    if isinstance(value, float):
        raise ValueError(f"{value!r} is a float; write the rate as text")  # noqa: TRY004 - the one error of a value that does not fit its term
    try:
        percent = Fraction(str(value)) * 100
    except (ValueError, ZeroDivisionError) as wrong:
        raise ValueError(f"{value!r} is no rate") from wrong
    sign, (whole, rest) = "-" if percent < 0 else "", divmod(abs(percent), 1)
    if not rest:
        return f"{sign}{whole}%"
    digits = next((places for places in range(1, 13) if (rest * 10**places).denominator == 1), 0)
    if digits:
        return f"{sign}{whole}.{int(rest * 10**digits):0{digits}d}%"
    return f"{sign}{whole} {rest.numerator}/{rest.denominator}%".replace(f"{sign}0 ", sign)


def written(term: Field, value: Any, language: Language) -> str:
    """A term as the contract says it. Raises ValueError where the value is not of the term's type."""
    if not is_given(value):
        return "＿＿＿＿" if language == "zh" else "________"
    match term.type:
        case "money":
            return money(_whole(value), language)
        case "date":
            return date(value, language)
        case "rate":
            return rate(value)
        case "count":
            return f"{_whole(value):,}"
        case "flag":
            return YES[language][value is True or value == "true"]
        case "choice":
            if str(value) not in term.choices:
                raise ValueError(f"{value!r} is none of {', '.join(term.choices)}")
            return term.choices[str(value)][language]
        case _:
            return spoken(value, language)


def spoken(value: Any, language: Language) -> str:
    """A free text in a language: given once, or as {"zh", "en"}; where one is missing the other stands."""
    if isinstance(value, Mapping):
        return str(value.get(language) or next((text for text in value.values() if text), ""))
    return str(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r} is no whole number")  # noqa: TRY004 - the one error of a value that does not fit its term
    return value
