"""The unified social credit code of a Chinese legal person (GB 32100-2015): its parts and its check character."""

from dataclasses import dataclass

from langqiao.engine.kernel.refusal import Refusal

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of the standard: no I, O, Z, S, V, which are taken for digits or for each other."""
LENGTH = 18
_WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditCode:
    """A code whose check character is right. `division` is the registering district (GB/T 2260), `body` the organization code (GB 11714)."""

    code: str
    department: str
    category: str
    division: str
    body: str


def check_character(first: str) -> str:
    """The eighteenth character for the first seventeen (GB 32100-2015, 5: modulus 31, weights 3^(i-1)). Refused on unknown characters."""
    unknown = sorted(set(first) - set(LETTERS))
    if unknown:
        raise Refusal("credit_code_letters", f"a credit code has no character {', '.join(unknown)}", facts={"characters": tuple(unknown)})
    if len(first) != LENGTH - 1:
        raise Refusal("credit_code_length", f"{len(first) + 1} characters instead of {LENGTH}", facts={"length": len(first) + 1})
    rest = sum(LETTERS.index(letter) * weight for letter, weight in zip(first, _WEIGHTS, strict=True)) % 31
    return LETTERS[(31 - rest) % 31]


def credit_code(text: str) -> CreditCode:
    """Reads a written code: blanks and hyphens are dropped, small letters raised.

    Refused: credit_code_length, credit_code_letters (also a district that is not six digits), credit_code_check.
    """
    code = "".join(text.split()).replace("-", "").upper()
    if len(code) != LENGTH:
        raise Refusal("credit_code_length", f"{len(code)} characters instead of {LENGTH}", facts={"length": len(code)})
    wanted = check_character(code[:-1])
    if not (code[2:8].isascii() and code[2:8].isdigit()):
        raise Refusal("credit_code_letters", "characters 3 to 8 are the district and must be digits", facts={"characters": (code[2:8],)})
    if code[-1] != wanted:
        raise Refusal("credit_code_check", f"the last character should be {wanted}", facts={"found": code[-1], "wanted": wanted})
    return CreditCode(code=code, department=code[0], category=code[1], division=code[2:8], body=code[8:17])
