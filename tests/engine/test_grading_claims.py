"""The category of a claim is read from the noun its preamble ends in."""

import pytest

from langqiao.engine.grading.claims import kind_of, kinds

CASES = [
    ("1. A method for making X, comprising", "method"),
    ("A computer-implemented method of sorting", "method"),
    ("A non-transitory computer readable medium storing instructions for performing a method", "product"),
    ("An apparatus for carrying out a process", "product"),
    ("A display device driving method comprising", "method"),
    ("A solid oxide fuel cell formed by a method comprising", "product"),
    ("In a printing system, a method of aligning", "method"),
    ("In a data processing system having memory, the apparatus comprising", "product"),
    ("In a process for making flat glass wherein molten glass", "method"),
    ("Use of a compound for treating", "use"),
    ("1．一种数据处理方法，其特征在于", "method"),
    ("一种存储介质，其上存有实现权利要求1所述方法的程序", "product"),
    ("一种用于实施该方法的装置，包括", "product"),
    ("一种应用于无线通信的天线，包括", "product"),
    ("化合物A在制备治疗肿瘤药物中的应用。", "use"),
    ("一种制备石墨烯的工艺，步骤为", "method"),
]


@pytest.mark.parametrize(("text", "kind"), CASES)
def test_a_claim_is_a_product_a_method_or_a_use(text, kind):
    assert kind_of(text) == kind


def test_the_claims_together_and_no_claim_at_all():
    assert kinds(["A device", "A method of"]) == "product_and_method"
    assert kinds(["A method of", "Use of X"]) == "method"
    assert kinds([" "]) is None
