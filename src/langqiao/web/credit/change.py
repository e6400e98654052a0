"""Changes while a loan runs: further patents into the pledge, a part released from it, a new base rate, and the bank's own word on the class."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from langqiao.engine.credit.five_class import CLASSES, worse
from langqiao.engine.credit.rates import floating_rate, reset_next
from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.operations.encumbrance import Encumbrance
from langqiao.engine.operations.outcome import Effect
from langqiao.web.audit.services import record_append
from langqiao.web.credit.attempt import Attempt
from langqiao.web.credit.base_rates import rate_on
from langqiao.web.credit.books import Posting
from langqiao.web.credit.cluster import cluster_of
from langqiao.web.credit.judged import Policies, judgment, rejudge
from langqiao.web.credit.models import LoanAddition, LoanPatent, LoanRelease
from langqiao.web.credit.plan import accrue_all, reset
from langqiao.web.deals.models import Deal
from langqiao.web.deals.opening import deal_open
from langqiao.web.deals.terms import invalid
from langqiao.web.market.patents import patents_named
from langqiao.web.rights.judging import grade_of
from langqiao.web.rights.selectors import held_on
from langqiao.web.rights.services import effects_apply, holding_open

Done = Mapping[str, Any]
ADDITIONS_MAX = 20


def open_additions(attempt: Attempt, *states: str) -> list[LoanAddition]:
    """The additions of a loan in given states, in their order."""
    return list(attempt.loan.additions.filter(state__in=states))


def supplement(attempt: Attempt, _posting: Posting) -> Done:
    """The borrower offers further patents; they count once appraised and registered."""
    loan = attempt.loan
    found, unknown = patents_named(str(attempt.fields["patents"]), loan.borrower)
    own = {patent.key for patent in loan.patents.all()}
    fresh = [one for one in found if holding_open(one.key).key not in own]
    if unknown or not 1 <= len(fresh) <= ADDITIONS_MAX:
        raise invalid({"patents": "; ".join(unknown[:5]) or f"1-{ADDITIONS_MAX}"})
    for one in fresh:
        LoanAddition.objects.create(
            loan=loan, key=holding_open(one.key).key, number=one.number, title_zh=one.title_zh, title_en=one.title_en,
            cluster=cluster_of(one.key, loan.borrower),
        )  # fmt: skip
    return {"patents": [one.number for one in fresh]}


def appraise_more(attempt: Attempt, _posting: Posting) -> Done:
    """The appraiser values the offered patents under the same formalities as the first time."""
    row = attempt.appraisal
    assert row is not None
    row.save()
    for one in open_additions(attempt, "offered", "appraised"):
        held = held_on(one.key, attempt.today)
        graded = grade_of(held)
        one.value_fen, one.grade, one.state = row.values_fen[one.key], graded.letter if graded else "", "appraised"
        one.expires_on = held.standing.expiry_date
        one.save(update_fields=["value_fen", "grade", "expires_on", "state"])
    return {"appraisal": row.pk, "paper_sha256": row.paper.sha256, "values_fen": row.values_fen}


def contract_more(attempt: Attempt, _posting: Posting) -> Done:
    """A pledge contract of its own for the further patents, for the same debt."""
    loan, rows = attempt.loan, open_additions(attempt, "appraised")
    assert attempt.membership is not None
    terms = {
        "pledge.claim_kind": "借款 / loan", "pledge.claim_fen": fen_to_yuan(loan.balance_fen), "pledge.debt_end": str(loan.debt_end),
        "pledge.security_scope": "本金、利息及实现质权的费用 / principal, interest and cost of enforcement",
    }  # fmt: skip
    deal = deal_open(
        kind="pledge", membership=attempt.membership, seller=loan.borrower, buyer=loan.bank, fields=terms,
        patents=[one.key for one in rows], label=f"loan {str(loan.pk)[:8]} +",
    )  # fmt: skip
    loan.additions.filter(pk__in=[one.pk for one in rows]).update(deal=deal, state="contracted")
    return {"deal": str(deal.pk), "patents": [one.number for one in rows]}


def register_more(attempt: Attempt, _posting: Posting) -> Done:
    """The pledge of the further patents is registered: from now on they are collateral."""
    loan, rows = attempt.loan, open_additions(attempt, "contracted")
    for one in rows:
        LoanPatent.objects.create(
            loan=loan, key=one.key, number=one.number, title_zh=one.title_zh, title_en=one.title_en, value_fen=one.value_fen, grade=one.grade,
            expires_on=one.expires_on, status="in_force", cluster=one.cluster,
        )  # fmt: skip
        one.state = "registered"
        one.save(update_fields=["state"])
    rejudge(loan)
    return {"patents": [one.number for one in rows]}


def drop_more(attempt: Attempt, _posting: Posting) -> Done:
    """The offer is taken back before its pledge is registered."""
    rows = open_additions(attempt, "offered", "appraised", "contracted")
    attempt.loan.additions.filter(pk__in=[one.pk for one in rows]).update(state="dropped")
    return {"patents": [one.number for one in rows]}


def released_of(attempt: Attempt) -> LoanPatent | None:
    """The patent that a release names."""
    wanted = "".join(str(attempt.fields.get("patent", "")).split()).upper()
    rows = attempt.loan.patents.all()
    return next((one for one in rows if wanted and wanted in {one.key.upper(), "".join(one.number.split()).upper()}), None)


def above_limit(attempt: Attempt) -> Mapping[str, Any] | None:
    """The gate (P9): what stays must keep the loan to value at or below the margin line, with something alive in it."""
    if "patent" not in attempt.fields and attempt.request is None:
        return None if attempt.loan.patents.count() > 1 and attempt.loan.level in {"fine", "warn"} else {"level": attempt.loan.level}
    gone = released_of(attempt)
    if gone is None:
        return {"patent": str(attempt.fields.get("patent", ""))[:80]}
    policy = Policies().of(attempt.loan.policy)
    found = judgment(attempt.loan, [one for one in attempt.loan.patents.all() if one.pk != gone.pk], policy)
    over = found.ltv is None or found.ltv > policy.margin
    return {"patent": gone.number, "ltv": None if found.ltv is None else float(found.ltv), "limit": float(policy.margin)} if over else None


def notice_missing(attempt: Attempt) -> Mapping[str, Any] | None:
    """The gate: the register's notice of the change of the pledge has a number."""
    if "patent" not in attempt.fields and attempt.request is None:
        return None
    return None if str(attempt.fields.get("notice", "")).strip() else {}


def release_part(attempt: Attempt, _posting: Posting) -> Done:
    """One patent leaves the pledge on the register's notice; the loan is judged anew.

    Of a pledge of several patents the burden on this one ends in the operational record; a pledge of this one alone is deregistered in its own
    deal, and the loan is not closed before it is.
    """
    loan, gone = attempt.loan, released_of(attempt)
    assert gone is not None
    addition = loan.additions.filter(key=gone.key, state="registered").select_related("deal").last()
    deal = addition.deal if addition is not None else loan.deal
    notice = str(attempt.fields["notice"]).strip()[:120]
    assert deal is not None
    if deal.patents.exclude(key=gone.key).exists():
        _burden_end(attempt, gone, deal, notice)
    LoanRelease.objects.create(loan=loan, key=gone.key, number=gone.number, value_fen=gone.value_fen or 0, on=attempt.today, notice=notice)
    told = {"patent": gone.number, "notice": notice, "value_fen": gone.value_fen or 0, "reason": str(attempt.fields["reason"])[:2000]}
    gone.delete()
    rejudge(loan)
    return told


def _burden_end(attempt: Attempt, gone: LoanPatent, deal: Deal, notice: str) -> None:
    loan = attempt.loan
    burden = Encumbrance(kind="pledged", holder=loan.bank.name, reference=str(deal.pk))
    effect = Effect(patent=gone.key, kind="burden_removed", on=attempt.today, party=loan.bank.name, burden=burden, reference=notice)
    effects_apply([effect], deal=str(deal.pk), by=attempt.user)
    deal.patents.filter(key=gone.key).delete()  # the pledge no longer covers it: its own end must not end this burden again
    payload = {"patent": gone.key, "notice": notice, "loan": str(loan.pk)}
    record_append(actor=attempt.user or "duty/loans", action="deal.part_released", subject=f"deal/{deal.pk}", payload=payload)


def reset_due(attempt: Attempt) -> Mapping[str, Any] | None:
    """The gate of a reset: the loan floats and its day has come."""
    loan = attempt.loan
    if loan.rate_base and loan.next_reset_on is not None and loan.next_reset_on <= attempt.today:
        return None
    return {"on": str(loan.next_reset_on or "")}


def reset_rate(attempt: Attempt, posting: Posting) -> Done:
    """The newest base rate on the reset day plus the spread; the rows that begin then are made anew over the same days."""
    loan = attempt.loan
    assert loan.next_reset_on
    assert loan.drawn_on
    assert loan.reset_months
    accrue_all(loan, posting)
    fact = rate_on(loan.rate_base, loan.next_reset_on)
    before, rate = loan.rate_annual, floating_rate(fact.rate, Fraction(loan.spread or 0))
    rows = reset(loan, rate)
    loan.rate_annual = rate_text(rate)
    told = {
        "on": loan.next_reset_on.isoformat(), "base": loan.rate_base, "base_rate": rate_text(fact.rate), "since": fact.since.isoformat(),
        "source": fact.source, "before": before, "rate_annual": loan.rate_annual, "rows": rows,
    }  # fmt: skip
    loan.next_reset_on = reset_next(loan.drawn_on, loan.reset_months, loan.next_reset_on)
    return told


def rate_text(rate: Fraction) -> str:
    """A rate as decimal text, to a ten-thousandth of a percent."""
    return f"{float(rate):.6f}".rstrip("0").rstrip(".") or "0"


def too_good(attempt: Attempt) -> Mapping[str, Any] | None:
    """The gate: people may find a loan worse than the days say, never better."""
    from langqiao.web.credit.quality import quality_of  # noqa: PLC0415 - it reads what the steps write

    wanted = str(attempt.fields.get("quality", ""))
    if not wanted and attempt.request is None:
        return None
    computed = quality_of(attempt.loan, attempt.today, own=False).quality
    return None if wanted in CLASSES and not worse(computed, wanted) else {"quality": wanted[:20], "computed": computed}


def classify(attempt: Attempt, _posting: Posting) -> Done:
    """The bank's own class with its reason; the class that the days ask stands again once it is the worse one."""
    loan = attempt.loan
    before = loan.class_override
    loan.class_override, loan.class_reason = str(attempt.fields["quality"]), str(attempt.fields["reason"])[:2000]
    return {"before": before, "quality": loan.class_override, "reason": loan.class_reason}
