"""A quote: what is to be insured, checked on the record; the premium by the insurer's tariff with every step kept; renewals with their history."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.insurance.cover import KINDS
from langqiao.engine.insurance.pricing import Ask, Fact, Line, Quote, quote
from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.credit.models import Loan
from langqiao.web.deals.terms import invalid
from langqiao.web.insurance import clock, selectors
from langqiao.web.insurance.facts import declared_facts, declares, experience, stored, units_of
from langqiao.web.insurance.fields import given_for, missing_word
from langqiao.web.insurance.models import InsuredPatent, Policy, Tariff
from langqiao.web.insurance.standing import rights_gap
from langqiao.web.market.patents import Named, patents_named
from langqiao.web.people.models import Membership, Organization
from langqiao.web.people.session import must_edit
from langqiao.web.rights.services import holding_open

PATENTS_MAX = 500
AHEAD_DAYS = 366
RENEWABLE = ("in_force", "expired", "exhausted")


@transaction.atomic
def quote_make(*, membership: Membership, fields: Mapping[str, Any], renews: uuid.UUID | None = None) -> Policy:
    """A quote of a product's tariff for what the member's organization names.

    Refused: not_allowed, terms_invalid, not_found, tariff_not_in_force, not_registered_owner, right_not_in_force, loan_not_insurable,
    policy_not_renewable, and what the engine refuses (nothing_to_insure, limit_not_offered, rating_fact_missing, term_not_offered).
    """
    must_edit(membership)
    given = given_for("quote", fields)
    today = clock.today()
    tariff = _tariff(str(given["product"]), membership, today)
    since = dt.date.fromisoformat(given["since"])
    before = _before(renews, membership, tariff, today) if renews else None
    if not today <= since <= today + dt.timedelta(days=AHEAD_DAYS):
        raise invalid({"since": _("A day from today on, within a year.")})
    named = _patents(given, membership, tariff, today)
    loan = _loan(given, membership) if KINDS[tariff.product.kind].unit == "loan" else None
    asked, facts = _ask(given, tariff, named, loan=loan, membership=membership)
    return _kept(tariff, membership, asked=asked, facts=facts, named=named, loan=loan, before=before, since=since)


def priced(tariff: Tariff, asked: Ask) -> Quote:
    """The engine's quote, its refusals in the reader's words."""
    try:
        return quote(selectors.prices_of(tariff), asked)
    except Refusal as refused:
        raise missing_word(refused) from refused


def lines_plain(lines: Sequence[Line]) -> list[dict[str, str]]:
    """The steps of a premium as a row keeps them; exact values as fractions."""
    return [{**asdict(line), "value": str(line.value)} for line in lines]


def _tariff(product: str, membership: Membership, today: dt.date) -> Tariff:
    try:
        found = selectors.product_get(uuid.UUID(product), membership)
    except ValueError as error:
        raise Refusal("not_found", _("There is no such product.")) from error
    tariff = selectors.tariff_on(found, today)
    if tariff is None:
        raise Refusal("tariff_not_in_force", _("The product has no tariff in force."), facts={})
    if found.insurer_id == membership.organization_id:
        raise Refusal("not_allowed", _("An insurer insures others."))
    return tariff


def _patents(given: Mapping[str, Any], membership: Membership, tariff: Tariff, today: dt.date) -> list[Named]:
    if not KINDS[tariff.product.kind].owned:
        return []
    named, unknown = patents_named(str(given.get("patents", "")), membership.organization)
    if unknown or not 1 <= len(named) <= PATENTS_MAX:
        told = "; ".join(unknown[:5]) or str(len(named))
        raise invalid({"patents": _("1 to %(n)d numbers of patents of the lake, a line each: %(told)s") % {"n": PATENTS_MAX, "told": told}})
    rights_must(membership.organization, named, today)
    return named


def rights_must(holder: Organization, named: Sequence[Named], today: dt.date) -> None:
    """Refuses (not_registered_owner, right_not_in_force) patents that the holder does not own or that are not in force."""
    for code in ("right_not_in_force", "not_registered_owner"):
        facts = rights_gap(code, holder, [one.key for one in named], today)
        if facts is not None:
            raise Refusal(code, code.replace("_", " "), facts=facts)


def _loan(given: Mapping[str, Any], membership: Membership) -> Loan:
    try:
        loan = Loan.objects.select_for_update(of=("self",)).select_related("bank", "pool").get(pk=uuid.UUID(str(given.get("loan", ""))))
    except (ValueError, Loan.DoesNotExist) as error:
        raise Refusal("loan_not_insurable", _("There is no such loan of your organization."), facts={}) from error
    fits = loan.borrower_id == membership.organization_id and loan.state in selectors.INSURABLE_LOANS
    if not fits or loan.policies.filter(state__in=selectors.LIVING).exists():
        raise Refusal("loan_not_insurable", _("The loan cannot be insured now."), facts={})
    return loan


def _ask(
    given: Mapping[str, Any], tariff: Tariff, named: Sequence[Named], *, loan: Loan | None, membership: Membership
) -> tuple[Ask, dict[str, Fact]]:
    facts = declared_facts(given)
    earlier = selectors.earlier_claims(membership.organization, tariff.product.insurer)
    facts["earlier_claims"] = Fact(value=earlier, origin="record")
    count = 1 if loan is not None else int(given.get("units") or 0) if declares(tariff.product.kind) else 0
    asked = Ask(
        units=units_of(named, membership.organization, count), facts=facts, limit_fen=given.get("limit_fen"),
        months=int(given.get("months") or 12), sum_insured_fen=selectors.bank_part(loan, loan.balance_fen or loan.principal_fen or 0) if loan else None,
        experience=experience(tariff.product, clock.today()),
    )  # fmt: skip
    return asked, facts


def _kept(
    tariff: Tariff, membership: Membership, *, asked: Ask, facts: Mapping[str, Fact], named: Sequence[Named],
    loan: Loan | None, before: Policy | None, since: dt.date,
) -> Policy:  # fmt: skip
    found, today = priced(tariff, asked), clock.today()
    until = add_months(since, asked.months)
    policy = Policy.objects.create(
        tariff=tariff, insurer=tariff.product.insurer, holder=membership.organization, beneficiary=loan.bank if loan else None, loan=loan,
        renews=before, by=membership.user, declared=stored(facts), units=len(asked.units), months=asked.months, since=since, until=until,
        valid_until=today + dt.timedelta(days=selectors.prices_of(tariff).whole("valid_days")), premium_fen=found.premium_fen,
        low_fen=found.low_fen, high_fen=found.high_fen, pure_fen=found.pure_fen, limit_fen=found.limit_fen,
        evidence=lines_plain(found.lines), is_scenario=membership.organization.is_demo,
    )  # fmt: skip
    kept = {one.key: one.since for one in before.patents.filter(removed_on__isnull=True)} if before and before.until == since else {}
    for one in named:
        key = holding_open(one.key).key
        InsuredPatent.objects.get_or_create(
            policy=policy, key=key, removed_on=None,
            defaults={
                "number": one.number, "title_zh": one.title_zh, "title_en": one.title_en, "facts": stored(asked.units[one.key]),
                "since": kept.get(key, since), "added_on": since,
            },
        )  # fmt: skip
    payload = {"tariff": tariff.pk, "premium_fen": found.premium_fen, "limit_fen": found.limit_fen, "patents": [one.key for one in named]}
    record_append(actor=membership.user, action="policy.quoted", subject=f"policy/{policy.pk}", payload=payload)
    return policy


def _before(renews: uuid.UUID, membership: Membership, tariff: Tariff, today: dt.date) -> Policy:
    """The policy that the quote renews. Refused: not_found, policy_not_renewable."""
    policy = selectors.policy_get(renews, membership, lock=True)
    if policy.holder_id != membership.organization_id:
        raise Refusal("not_found", _("There is no such policy."))
    days = parameters().value("insurance.renewal_days", today)
    early = policy.state == "in_force" and today < policy.until - dt.timedelta(days=days)
    if policy.state not in RENEWABLE or early or renewal_of(policy) or policy.tariff.product_id != tariff.product_id:
        raise Refusal("policy_not_renewable", _("The policy cannot be renewed now."), facts={})
    Policy.objects.filter(renews=policy).update(renews=None)
    return policy


def renewal_of(policy: Policy) -> Policy | None:
    """The quote or policy that renews this one, unless it came to nothing."""
    return Policy.objects.filter(renews=policy).exclude(state__in=["withdrawn", "lapsed", "declined"]).first()
