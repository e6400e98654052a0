"""What the door says to input that contradicts itself: one line a rule, with the change, the code, the place and the sentence."""

import copy
import json

import pytest

from langqiao.engine import register
from langqiao.rules import parameters

DROP = object()


def changed(example, changes):
    """The example with values set at paths such as flows[1].date; DROP removes a field."""
    value = copy.deepcopy(json.loads(json.dumps(dict(example))))
    for path, item in changes.items():
        parts = [int(p) if p.isdigit() else p for p in path.replace("[", ".").replace("]", "").split(".")]
        target = value
        for part in parts[:-1]:
            target = target[part] if isinstance(target, list) else target.setdefault(part, {})
        if item is DROP:
            del target[parts[-1]]
        elif isinstance(target, list) and parts[-1] == len(target):
            target.append(item)
        else:
            target[parts[-1]] = item
    return value


def said(name, changes):
    """(code, field, message) of the error or refusal for the changed example of a calculation."""
    given = register.read_json(json.dumps(changed(register.find(name).example, changes)))
    try:
        output = register.answer(name, given, parameters())
    except register.BadInput as error:
        return error.code, error.field, error.message
    return output["refusal"], output["rule"], output["message"]


A = {"partner": "A", "commitment": "1.00"}
RULES = [
    ("fund.waterfall", {"flows[0].distribution": "1.00"}, "inconsistent", "flows[0]", "a flow is either a contribution or a distribution"),
    ("fund.waterfall", {"flows[1].distribution": DROP}, "inconsistent", "flows[1]", "a flow is either a contribution or a distribution"),
    ("fund.waterfall", {"kind": "american", "flows[0].deal": "A"}, "missing_field", "flows[1].deal", "deal by deal, every flow names its deal"),
    ("fund.waterfall", {"flows[1].date": "2019-12-31"}, "inconsistent", "flows[1].date", "flows must be in date order"),
    (
        "fund.call", {"commitments": []}, "call_above_commitment", "Partnership Law 65; fund agreement",
        "the call of 1000000.00 exceeds the commitments of 0.00",
    ),
    ("fund.call", {"commitments[1].partner": "A"}, "inconsistent", "commitments[1].partner", "'A' is listed twice"),
    (
        "fund.call", {"amount": "40000000.01"}, "call_above_commitment", "Partnership Law 65; fund agreement",
        "the call of 40000000.01 exceeds the commitments of 40000000.00",
    ),
    ("fund.equalize", {"joined_on": "2023-12-31"}, "inconsistent", "joined_on", "the later partner joins before the call was funded"),
    ("fund.equalize_closes", {"closes": []}, "out_of_range", "closes", "there is no close"),
    ("fund.equalize_closes", {"closes[1].date": "2024-01-01"}, "inconsistent", "closes[1].date", "closes must be in date order"),
    ("fund.equalize_closes", {"closes[1].partners[0].partner": "A"}, "inconsistent", "closes[1].partners[0].partner", "'A' closes twice"),
    ("fund.equalize_closes", {"closes[1].partners[1]": A | {"partner": "B"}}, "inconsistent", "closes[1].partners[1].partner", "'B' closes twice"),
    ("fund.equalize_closes", {"closes[0].partners": []}, "out_of_range", "closes[0].partners", "the first close has no partner"),
    (
        "fund.equalize_closes", {"calls[0].date": "2023-12-31"}, "inconsistent", "calls[0].date",
        "calls must be in date order and not before the first close",
    ),
    (
        "fund.equalize_closes", {"calls[1].date": "2024-01-31"}, "inconsistent", "calls[1].date",
        "calls must be in date order and not before the first close",
    ),
    ("committee.resolve", {"members[1]": "A"}, "inconsistent", "members", "a member is listed twice"),
    ("committee.resolve", {"recused[1]": "Z"}, "inconsistent", "recused[1]", "'Z' is recused but not a member"),
    ("committee.resolve", {"votes.Z": "for"}, "inconsistent", "votes.Z", "'Z' voted but is not a member"),
    ("fund.management_fee", {"investment_end": "2023-12-31"}, "inconsistent", "end", "start, end of the investment period and end must be in order"),
    ("fund.management_fee", {"end": "2026-12-31"}, "inconsistent", "end", "start, end of the investment period and end must be in order"),
    (
        "fund.management_fee", {"end": "2024-01-01", "investment_end": "2024-01-01"}, "inconsistent", "end",
        "start, end of the investment period and end must be in order",
    ),
    ("fund.management_fee", {"rates": []}, "inconsistent", "rates", "the first rate must be in force at the start"),
    ("fund.management_fee", {"rates[0].since": "2024-01-02"}, "inconsistent", "rates", "the first rate must be in force at the start"),
    ("fund.management_fee", {"rates[1].since": "2024-01-01"}, "inconsistent", "rates[1].since", "rates must be in date order"),
    (
        "fund.management_fee", {"rates[1].rate": 0.0201}, "management_fee_above_cap", "fund agreement", "the rate 2.01% exceeds the cap 2.00%",
    ),
    (
        "fund.management_fee", {"end": "2058-01-01", "months_per_period": 1}, "out_of_range", "end",
        "the schedule has more than 400 periods",
    ),
    ("fund.concession", {"others": []}, "inconsistent", "others", "nobody is there to whom the concession could go"),
    ("fund.concession", {"others[0].capital": 0, "others[1].capital": 0}, "inconsistent", "others", "nobody is there to whom the concession could go"),
    (
        "fund.concession", {"government.capital": 0, "others": []}, "inconsistent", "government.capital",
        "no partner has paid in capital: there is nothing to share by",
    ),
    ("fund.concession", {"others[1].partner": "A"}, "inconsistent", "others[1].partner", "'A' is listed twice"),
    ("fund.nav", {"valued_on": "2021-12-31"}, "inconsistent", "flows[0].date", "a flow lies after the day of valuation"),
    ("fund.nav", {"commitments[1].partner": "A"}, "inconsistent", "commitments[1].partner", "'A' is listed twice"),
    ("fund.interim_clawback", {"flows[1].date": "2025-01-01"}, "inconsistent", "flows[1].date", "a flow lies after the day of valuation"),
    ("fund.interim_clawback", {"flows[1].date": "2019-01-01"}, "inconsistent", "flows[1].date", "flows must be in date order"),
    ("fund.call_notice", {"due_on": "2025-03-02"}, "inconsistent", "due_on", "the call is due before its notice"),
    ("fund.call_notice", {"partners": []}, "out_of_range", "partners", "there is no partner"),
    ("fund.call_notice", {"partners[1].partner": "A"}, "inconsistent", "partners[1].partner", "'A' is listed twice"),
    (
        "fund.call_notice", {"partners[1].called_before": "39000000.00"}, "call_above_commitment", "Partnership Law 65; fund agreement",
        "B would pay 8200000.00 with 1000000.00 left of its commitment",
    ),
    (
        "fund.call_notice", {"partners[1].called_before": "50000000.00"}, "call_above_commitment", "Partnership Law 65; fund agreement",
        "B would pay 8200000.00 with 0.00 left of its commitment",
    ),
    ("fund.distribution_notice", {"kinds.recallable": "10000000.01"}, "inconsistent", "kinds.recallable", "more is recallable than is returned as capital"),
    ("fund.distribution_notice", {"partners": []}, "out_of_range", "partners", "there is no partner"),
    ("fund.returns", {"flows": [], "nav_on": DROP}, "out_of_range", "flows", "there are no flows"),
    ("fund.returns", {"flows[1][0]": "2019-12-31"}, "inconsistent", "flows[1][0]", "flows must be in date order"),
    ("fund.returns", {"flows[2][0]": "2020-12-31"}, "inconsistent", "flows[2][0]", "flows must be in date order"),
    ("fund.returns", {"nav_on": "2024-06-29"}, "inconsistent", "nav_on", "the net asset value is dated before the last flow"),
    ("fund.returns", {"index": [1, 2, 3]}, "inconsistent", "index", "the index needs 4 levels, one a flow and one for nav_on if it is later"),
    (
        "fund.returns", {"index": [1, 2, 3, 4], "nav_on": "2024-06-30"}, "inconsistent", "index",
        "the index needs 3 levels, one a flow and one for nav_on if it is later",
    ),
    ("loan.day_count", {"end": "2026-01-30"}, "inconsistent", "end", "the period ends before it starts"),
    ("loan.floating_schedule", {"resets": []}, "inconsistent", "resets", "the first base rate must be known on the day of drawing"),
    ("loan.floating_schedule", {"resets[0].date": "2025-01-16"}, "inconsistent", "resets", "the first base rate must be known on the day of drawing"),
    ("loan.floating_schedule", {"resets[1].date": "2025-01-14"}, "inconsistent", "resets[1].date", "resets must be in date order"),
    (
        "loan.floating_schedule", {"prepayments[1]": {"date": "2026-04-30", "amount": "1.00"}}, "inconsistent", "prepayments[1].date",
        "prepayments must be in date order",
    ),
    ("loan.floating_schedule", {"prepayments[0].date": "2025-01-15"}, "inconsistent", "prepayments[0].date", "a prepayment lies before the loan is drawn"),
    ("loan.floating_schedule", {"grace_periods": 12}, "inconsistent", "grace_periods", "the grace period leaves no period to repay in"),
    ("loan.floating_schedule", {"spread": -0.0291}, "out_of_range", "resets[1].base_rate", "base rate and spread together are negative"),
    ("loan.stage", {"pd_lifetime": 0.0399}, "inconsistent", "pd_lifetime", "the lifetime probability is below that of 12 months"),
    ("pool.split", {"shares.fund": 55}, "inconsistent", "shares", "the shares sum to 101, not to 100"),
    ("securitization.period", {"tranches": []}, "out_of_range", "tranches", "there is no tranche"),
    ("securitization.period", {"tranches[1].name": "A"}, "inconsistent", "tranches[1].name", "tranche 'A' is listed twice"),
    ("securitization.run", {"tranches[1].name": "A"}, "inconsistent", "tranches[1].name", "tranche 'A' is listed twice"),
    ("securitization.deal", {"tranches": []}, "out_of_range", "tranches", "there is no tranche"),
    ("securitization.deal", {"index": []}, "inconsistent", "tranches[0].kind", "a floating tranche needs the path of the index"),
    ("securitization.deal", {"tranches[1].rate": -0.01}, "out_of_range", "tranches[1].rate", "a fixed rate is not negative"),
    ("securitization.deal", {"revolving_periods": 12}, "inconsistent", "revolving_periods", "the revolving period leaves no period to amortize in"),
    ("securitization.break_even", {"tranche": "Z"}, "inconsistent", "tranche", "there is no tranche 'Z'"),
    ("income.split", {"inventors.乙": 0.3}, "inconsistent", "inventors", "the shares of the contributors do not sum to 1"),
    ("income.split", {"costs[0]": "1000000.01"}, "net_income_negative", None, "costs exceed the income by 0.01"),
    (
        "income.split", {"inventor_share": 0.49}, "inventor_share_below_statutory_minimum", "Technology Transformation Law 45",
        "the contributors get 49% of net income, the law asks for at least 50%",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "code", "place", "sentence"), RULES, ids=[f"{rule[0]} {rule[2]} {rule[3]}" for rule in RULES])
def test_a_contradiction_is_answered_with_code_place_and_sentence(name, changes, code, place, sentence):
    assert said(name, changes) == (code, place, sentence)


LIMITS = [
    ("fund.call", {"amount": "40000000.00"}),
    ("fund.equalize", {"joined_on": "2024-01-01"}),
    ("fund.equalize_closes", {"calls[0].date": "2024-01-01"}),
    ("fund.equalize_closes", {"calls[1].date": "2024-02-01"}),
    ("fund.waterfall", {"flows[1].date": "2020-01-01"}),
    ("fund.management_fee", {"rates[0].rate": 0.02}),
    ("fund.management_fee", {"investment_end": "2024-01-01"}),
    ("fund.management_fee", {"investment_end": "2029-01-01"}),
    ("fund.nav", {"valued_on": "2022-01-01"}),
    ("fund.call_notice", {"due_on": "2025-03-03"}),
    ("fund.call_notice", {"partners[1].called_before": "31800000.00"}),
    ("fund.call_notice", {"partners[1].called_before": "32000000.00", "partners[1].recallable_before": "200000.00"}),
    ("fund.distribution_notice", {"kinds.recallable": "10000000.00"}),
    ("fund.returns", {"nav_on": "2024-06-30"}),
    ("fund.returns", {"flows[1][0]": "2020-01-01"}),
    ("fund.returns", {"nav_on": "2024-06-30", "index": [1, 2, 3]}),
    ("loan.day_count", {"end": "2026-01-31"}),
    ("loan.floating_schedule", {"grace_periods": 11}),
    ("loan.floating_schedule", {"spread": -0.029}),
    ("loan.floating_schedule", {"prepayments[0].date": "2025-01-16"}),
    ("loan.stage", {"pd_lifetime": 0.04}),
    ("securitization.deal", {"revolving_periods": 11}),
    ("securitization.deal", {"tranches[1].rate": 0}),
    ("income.split", {"costs[0]": "1000000.00"}),
    ("income.split", {"inventor_share": 0.5}),
]


@pytest.mark.parametrize(("name", "changes"), LIMITS, ids=[f"{name} {next(iter(changes))} {i}" for i, (name, changes) in enumerate(LIMITS)])
def test_what_lies_exactly_at_a_limit_is_taken(name, changes):
    given = register.read_json(json.dumps(changed(register.find(name).example, changes)))
    assert "refusal" not in register.answer(name, given, parameters())
