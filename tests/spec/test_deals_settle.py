"""The division of a price by hand-made figures: each part, its rounding, and its refusals."""

from tests.spec.door import ask, bad, refused

OWNERS = [{"name": "X", "share": 0.5}, {"name": "Y", "share": 0.3}, {"name": "Z", "share": 0.2}]


def test_the_parts_of_a_million_are_fee_broker_holdback_and_owners_by_shares():
    found = ask(
        "deal.settle", price="1000000.00", owners=OWNERS, platform_fee_rate=0.02, broker_rate=0.03, tax_rate=0.01, holdback_rate=0.1
    )
    assert found == {
        "platform_fee": "20000.00", "broker": "30000.00", "tax": "10000.00", "holdback": "100000.00", "pledgee": "0.00",
        "proceeds": "840000.00", "owners": {"X": "420000.00", "Y": "252000.00", "Z": "168000.00"},
    }  # fmt: skip


def test_the_pledgee_is_paid_first_and_never_more_than_the_proceeds():
    found = ask("deal.settle", price="1000.00", owners=OWNERS, pledge_debt="300.00", platform_fee_rate=0.02)
    assert (found["pledgee"], found["proceeds"], found["owners"]["X"]) == ("300.00", "680.00", "340.00")
    found = ask("deal.settle", price="1000.00", owners=OWNERS, pledge_debt="99999.00", platform_fee_rate=0.02)
    assert (found["pledgee"], found["proceeds"]) == ("980.00", "0.00")


def test_a_fen_that_cannot_be_divided_goes_to_the_first_of_equal_owners():
    found = ask("deal.settle", price="0.10", owners=[{"name": "A"}, {"name": "B"}, {"name": "C"}])
    assert found["owners"] == {"A": "0.04", "B": "0.03", "C": "0.03"}


def test_half_a_fen_is_rounded_up_for_the_platform():
    assert ask("deal.settle", price="0.25", owners=[{"name": "A"}], platform_fee_rate=0.02)["platform_fee"] == "0.01"


def test_deductions_above_the_price_and_shares_that_do_not_sum_are_refused():
    assert refused("deal.settle", price="10.00", owners=OWNERS, broker_rate=0.6, tax_rate=0.5) == "deductions_above_price"
    assert refused("deal.settle", price="10.00", owners=OWNERS[:2]) == "owner_shares_do_not_sum"
    assert refused("deal.settle", price="10.00", owners=[]) == "owner_shares_do_not_sum"


def test_input_outside_the_contract_is_named_by_its_field():
    assert bad("deal.settle", price="0.00", owners=OWNERS) == ("out_of_range", "price")
    assert bad("deal.settle", price="1.00", owners=OWNERS, tax_rate=1.5) == ("out_of_range", "tax_rate")
    assert bad("deal.settle", price="1.00", owners=[{"name": "A", "share": 0}]) == ("out_of_range", "owners[0].share")
