"""How numbers are written for people: thousands, 万 and 亿, fen as yuan, shares, ranges; by language."""

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from langqiao.engine.kernel.money import fen_to_yuan

MINUS = "\N{MINUS SIGN}"
ZH_STEPS = ((10**8, "亿"), (10**4, "万"))
SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€"}
EN_STEPS = ((10**9, " bn"), (10**6, " m"), (10**3, " k"))


def grouped(value: float | Decimal | Fraction, *, places: int = 0) -> str:
    """1234567.8 → "1,234,568"; a minus sign that is one."""
    exact = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    text = f"{abs(rounded):,.{places}f}"
    return MINUS + text if rounded < 0 else text


def significant(value: float | Decimal | Fraction, *, digits: int = 3) -> str:
    """Three significant digits, thousands grouped: 0.012345 → "0.0123", 1234.5 → "1,230"."""
    exact = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else Decimal(str(value))
    if exact == 0:
        return "0"
    exponent = exact.adjusted()
    rounded = exact.quantize(Decimal(1).scaleb(exponent - digits + 1), rounding=ROUND_HALF_EVEN)
    places = max(0, digits - 1 - exponent)
    text = f"{abs(rounded):,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return MINUS + text if exact < 0 else text


def money_short(fen: int, *, chinese: bool, digits: int = 3, currency: str = "CNY") -> str:
    """An amount for the eye: ¥1.24 亿, ¥3.2 万, ¥1.24 m; the exact one belongs beside it (`money_exact`)."""
    yuan, sign = Decimal(fen) / 100, sign_of(currency)
    for step, word in ZH_STEPS if chinese else EN_STEPS:
        if abs(yuan) >= step:
            text = significant(yuan / step, digits=digits)
            return _signed(text, sign, f"\N{NO-BREAK SPACE}{word.strip()}")
    return _signed(significant(yuan, digits=digits) if yuan else "0", sign, "")


def money_exact(fen: int, currency: str = "CNY") -> str:
    """¥1,234.50, to the fen."""
    text = fen_to_yuan(fen)
    return _signed(grouped(Decimal(text), places=2), sign_of(currency), "")


def sign_of(currency: str) -> str:
    """The sign before an amount; a currency without one goes by its code."""
    return SIGNS.get(currency, f"{currency}\N{NO-BREAK SPACE}")


def _signed(text: str, sign: str, unit: str) -> str:
    return f"{MINUS}{sign}{text.removeprefix(MINUS)}{unit}" if text.startswith(MINUS) else f"{sign}{text}{unit}"


def share(value: float | Decimal | Fraction, *, places: int = 0) -> str:
    """0.421 → "42 %"."""
    exact = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else Decimal(str(value))
    return f"{grouped(exact * 100, places=places)}\N{NO-BREAK SPACE}%"


def size(count_bytes: int) -> str:
    """Bytes in the unit that reads best: 1.4 MB."""
    step = Decimal(count_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if step < 1000 or unit == "GB":
            return f"{significant(step)}\N{NO-BREAK SPACE}{unit}" if step else "0\N{NO-BREAK SPACE}B"
        step /= 1000
    raise AssertionError


def duration(seconds: float, *, chinese: bool) -> str:
    """A time span for the eye: "2 min 5 s", "2 分 5 秒"."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    words = ("小时", "分", "秒") if chinese else ("h", "min", "s")
    parts = [f"{n}\N{NO-BREAK SPACE}{word}" for n, word in zip((hours, minutes, rest), words, strict=True) if n]
    return " ".join(parts[:2]) or f"0\N{NO-BREAK SPACE}{words[2]}"
