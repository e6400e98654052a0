"""Amounts of a table of money: to the fen, with thousands, without a sign of currency (the header has it)."""

from django import template

from langqiao.engine.kernel.money import fen_to_yuan

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """1234567 → 12,345.67; what is absent stands as –."""
    if fen is None:
        return "–"
    whole, _dot, part = fen_to_yuan(abs(fen)).partition(".")
    return f"{'−' if fen < 0 else ''}{int(whole):,}.{part}"


@register.filter
def yuan_without_sign(fen: int) -> str:
    """The amount of a column whose header says which way it goes."""
    return yuan(abs(fen))
