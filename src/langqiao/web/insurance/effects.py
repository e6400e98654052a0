"""What each step of a policy does: rows, premium, endorsements, return and end of the cover."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from langqiao.engine.insurance.cover import KINDS
from langqiao.engine.insurance.earning import remaining
from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.money import round_half_up
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.deals.terms import invalid
from langqiao.web.insurance.attempt import Attempt, rate_of, subsidy_of
from langqiao.web.insurance.books import Posting
from langqiao.web.insurance.facts import ask_of, patent_facts, stored
from langqiao.web.insurance.models import Change, InsuredPatent, Policy, PremiumPiece, Subsidy
from langqiao.web.insurance.quoting import lines_plain, priced, rights_must
from langqiao.web.insurance.selectors import committed_fen
from langqiao.web.market.patents import Named, patents_named
from langqiao.web.people.models import CheckState, Organization
from langqiao.web.rights.services import holding_open

Done = Mapping[str, Any]


def _noted(attempt: Attempt, _posting: Posting) -> Done:
    return {"reason": attempt.text} if attempt.text else {}


def _ended(attempt: Attempt, posting: Posting) -> Done:
    """A quote that ends takes its open subsidy with it."""
    attempt.policy.subsidies.filter(state__in=["open", "granted"]).update(state="void")
    return _noted(attempt, posting)


def _ask_subsidy(attempt: Attempt, _posting: Posting) -> Done:
    policy, text = attempt.policy, str(attempt.fields["payer"])
    payer = Organization.objects.filter(pk=int(text) if text.isdigit() and len(text) < 10 else 0, check_state=CheckState.VERIFIED).first()
    if payer is None or payer.pk in {policy.holder_id, policy.insurer_id}:
        raise Refusal("party_missing", _("Choose an organization that the platform has verified."), facts={})
    rate = str(attempt.fields["rate"])
    if not 0 < rate_of(Subsidy(rate=rate)) <= 1:
        raise invalid({"rate": _("not in range")})
    Subsidy.objects.create(policy=policy, payer=payer, rate=rate)
    return {"payer": payer.pk, "rate": rate}


def _grant(attempt: Attempt, _posting: Posting) -> Done:
    found = subsidy_of(attempt.policy)
    assert found is not None
    found.state = "granted"
    found.save(update_fields=["state"])
    return {"payer": found.payer_id, "rate": found.rate}


def _deny(attempt: Attempt, posting: Posting) -> Done:
    attempt.policy.subsidies.filter(state="open").update(state="denied", reason=attempt.text)
    return _noted(attempt, posting)


def _underwrite(attempt: Attempt, _posting: Posting) -> Done:
    policy = attempt.policy
    policy.number = f"LQ{policy.insurer_id:04d}-{policy.pk.hex[:10].upper()}"
    return {"number": policy.number, "premium_fen": policy.premium_fen, "limit_fen": policy.limit_fen}


def _pay(attempt: Attempt, posting: Posting) -> Done:
    """The premium comes in and the cover begins, never before today; a payer's part comes from the payer (no premium is paid twice)."""
    policy, today = attempt.policy, attempt.today
    if policy.since < today:
        policy.since, policy.until = today, add_months(today, policy.months)
        policy.patents.filter(removed_on__isnull=True).update(since=today, added_on=today)
    found = subsidy_of(policy)
    part = round_half_up(policy.premium_fen * rate_of(found)) if found else 0
    if found is not None:
        posting.premium(found.payer, part)
    posting.premium(policy.holder, policy.premium_fen - part)
    PremiumPiece.objects.create(policy=policy, amount_fen=policy.premium_fen, since=policy.since, until=policy.until)
    return {"premium_fen": policy.premium_fen, "subsidy_fen": part, "since": policy.since.isoformat(), "until": policy.until.isoformat()}


def _propose_change(attempt: Attempt, _posting: Posting) -> Done:
    """The holder's wish with the difference it makes to the premium of the whole term; the insurer decides."""
    policy = attempt.policy
    added, gone = change_lists(attempt)
    kept = [one for one in _insured(policy) if one.key not in gone]
    now = priced(policy.tariff, ask_of(policy, _insured(policy), attempt.today, limit_fen=policy.limit_fen))
    found = priced(policy.tariff, ask_of(policy, [*kept, *added], attempt.today, limit_fen=policy.limit_fen))
    difference = found.premium_fen - now.premium_fen
    number = (policy.changes.aggregate(last=Max("number"))["last"] or 0) + 1
    Change.objects.create(
        policy=policy, number=number, add=[one.key for one in added], remove=sorted(gone), full_fen=difference,
        evidence=lines_plain(found.lines), asked_on=attempt.today,
    )  # fmt: skip
    return {"add": [one.key for one in added], "remove": sorted(gone), "full_fen": difference}


def change_lists(attempt: Attempt) -> tuple[list[Named], set[str]]:
    """(patents to add, keys to remove) of a wish. Refused: terms_invalid, right_not_in_force, not_registered_owner."""
    policy = attempt.policy
    if not KINDS[policy.tariff.product.kind].owned:
        raise invalid({"add": _("This policy insures no list of patents.")})
    added, unknown = patents_named(str(attempt.fields.get("add", "")), policy.holder)
    removed, strange = patents_named(str(attempt.fields.get("remove", "")), policy.holder)
    have = {one.key: one for one in _insured(policy)}
    gone = {key for one in removed if (key := holding_open(one.key).key) in have}
    new = [one for one in added if holding_open(one.key).key not in have]
    if unknown or strange or len(gone) != len(removed) or len(new) != len(added) or not (new or gone) or len(have) + len(new) == len(gone):
        raise invalid({"add": _("Name patents that are not insured yet, or insured ones to remove; at least one stays insured.")})
    rights_must(policy.holder, new, attempt.today)
    return new, gone


def _insured(policy: Policy) -> list[InsuredPatent]:
    return list(policy.patents.filter(removed_on__isnull=True))


def _endorse(attempt: Attempt, posting: Posting) -> Done:
    """The list changes today; premium for the days left is paid by the holder or goes back to who paid."""
    policy, today = attempt.policy, attempt.today
    change = policy.changes.get(state="open")
    begins = max(today, policy.since)
    posting.earn(today)
    amount = round_half_up(remaining(change.full_fen, since=policy.since, until=policy.until, day=begins))
    added, _unknown = patents_named("\n".join(change.add), policy.holder)
    rights_must(policy.holder, added, today)
    _list_change(policy, added, change.remove, begins)
    if amount > 0:
        posting.premium(policy.holder, amount)
    elif amount < 0:
        posting.premium_back(-amount)
    if amount:
        PremiumPiece.objects.create(policy=policy, amount_fen=amount, since=begins, until=policy.until)
    policy.limit_fen = max(committed_fen(policy), _limit_after(policy, today), policy.limit_fen if amount >= 0 else 0)
    policy.units = policy.patents.filter(removed_on__isnull=True).count()
    change.state, change.amount_fen, change.decided_on = "taken", amount, today
    change.save(update_fields=["state", "amount_fen", "decided_on"])
    return {"number": change.number, "amount_fen": amount, "limit_fen": policy.limit_fen}


def _list_change(policy: Policy, added: Sequence[Named], removed: Sequence[str], day: dt.date) -> None:
    policy.patents.filter(key__in=removed, removed_on__isnull=True).update(removed_on=day)
    for one in added:
        InsuredPatent.objects.create(
            policy=policy, key=holding_open(one.key).key, number=one.number, title_zh=one.title_zh, title_en=one.title_en,
            facts=stored(patent_facts(one.key, policy.holder)), since=day, added_on=day,
        )  # fmt: skip


def _limit_after(policy: Policy, today: dt.date) -> int:
    """The limit of the changed list: a schedule's limit follows its premium, a rated tariff's stays as chosen."""
    return priced(policy.tariff, ask_of(policy, _insured(policy), today, limit_fen=policy.limit_fen)).limit_fen


def _refuse_change(attempt: Attempt, posting: Posting) -> Done:
    attempt.policy.changes.filter(state="open").update(state="refused", reason=attempt.text, decided_on=attempt.today)
    return _noted(attempt, posting)


def _cancel(attempt: Attempt, posting: Posting) -> Done:
    """The holder ends the policy today (Insurance Law 15, 54): what is earned stays, the rest goes back to who paid, by day."""
    policy = attempt.policy
    posting.earn(attempt.today)
    back = policy.paid_fen - policy.earned_fen
    parts = posting.premium_back(back)
    policy.ended_on = max(attempt.today, policy.since)
    policy.changes.filter(state="open").update(state="refused", decided_on=attempt.today)
    return {"returned_fen": back, "parts": parts, "earned_fen": policy.earned_fen}


def _expire(attempt: Attempt, posting: Posting) -> Done:
    policy = attempt.policy
    policy.changes.filter(state="open").update(state="refused", decided_on=attempt.today)
    return {"earned_fen": posting.earn(policy.until)}


def _exhaust(attempt: Attempt, posting: Posting) -> Done:
    policy = attempt.policy
    policy.changes.filter(state="open").update(state="refused", decided_on=attempt.today)
    policy.ended_on = max(attempt.today, policy.since + dt.timedelta(days=1))
    return {"earned_fen": posting.earn_all()}


EFFECTS: Mapping[str, Callable[[Attempt, Posting], Done]] = {
    "accept": _noted,
    "withdraw": _ended,
    "lapse": _ended,
    "decline": _ended,
    "ask_subsidy": _ask_subsidy,
    "grant": _grant,
    "deny": _deny,
    "underwrite": _underwrite,
    "pay": _pay,
    "propose_change": _propose_change,
    "endorse": _endorse,
    "refuse_change": _refuse_change,
    "cancel": _cancel,
    "expire": _expire,
    "exhaust": _exhaust,
}
