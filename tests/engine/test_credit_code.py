"""The unified social credit code: check character, unknown letters, and that a slip of the pen is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.people.credit_code import LETTERS, check_character, credit_code

REAL = ["91100000100003962T", "91330100799655058B", "91440300708461136T"]
"""Codes of a bank and of two large enterprises, as published."""

FIRST = st.builds(
    lambda head, district, tail: head + district + tail,
    st.text(LETTERS, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(LETTERS, min_size=9, max_size=9),
)


@pytest.mark.parametrize("code", REAL)
def test_a_published_code_is_right_and_read_in_any_writing(code):
    assert credit_code(code).code == code
    assert credit_code(f" {code[:8].lower()} {code[8:]}").division == code[2:8]


@pytest.mark.parametrize("letter", "IOZSVi中-Ａ")
def test_a_letter_outside_the_standard_is_refused(letter):
    code = REAL[0][:10] + letter + REAL[0][11:]
    with pytest.raises(Refusal) as refused:
        credit_code(code)
    assert refused.value.code in {"credit_code_letters", "credit_code_length"}


@pytest.mark.parametrize("code", ["", "9111", REAL[0] + "0"])
def test_another_length_is_refused(code):
    with pytest.raises(Refusal) as refused:
        credit_code(code)
    assert refused.value.code == "credit_code_length"


def test_a_district_that_is_not_digits_is_refused():
    first = REAL[0][:2] + "A" + REAL[0][3:17]
    with pytest.raises(Refusal) as refused:
        credit_code(first + check_character(first))
    assert refused.value.code == "credit_code_letters"


@given(FIRST, st.integers(0, 17), st.sampled_from(LETTERS))
def test_every_wrong_character_is_found(first, place, letter):
    right = first + check_character(first)
    wrong = right[:place] + letter + right[place + 1 :]
    if wrong == right:
        assert credit_code(wrong).body == first[8:]
    else:
        with pytest.raises(Refusal):
            credit_code(wrong)


@given(FIRST, st.integers(0, 16))
def test_two_neighbors_exchanged_are_found(first, place):
    right = first + check_character(first)
    wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    if wrong != right:
        with pytest.raises(Refusal):
            credit_code(wrong)
