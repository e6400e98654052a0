"""The contract of a deal: what its terms already say, what the sides still have to say, and the document that both sign."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.contracts.clause import Field, holds
from langqiao.engine.kernel.money import yuan_to_fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.deals import terms as stored
from langqiao.web.deals.facts import statement_of, terms_sha256
from langqiao.web.deals.fields import LICENSES, rate_text
from langqiao.web.deals.models import Deal
from langqiao.web.deals.room import entered
from langqiao.web.deals.selectors import party_name, today
from langqiao.web.documents.services import contract_named, document_make
from langqiao.web.people.models import Membership
from langqiao.web.rights.selectors import gathered_of, held_on

CONTRACTS = {
    "assignment": "assignment_contract",
    **dict.fromkeys(("license_exclusive", "license_sole", "license_ordinary"), "license_contract"),
    "sublicense": "sublicense_contract",
    "pledge": "pledge_contract",
    "open_license": "open_license_statement",
    "open_license_taking": "open_license_notice",
}
STATES = frozenset({"offer", "accepted", "drafted", "draft", "lead", "noticed"})
"""States in which a contract is made: before money is held, before a draft is signed."""
NOT_ASKED = frozenset({"patents", "co_owners", "state_unit", "price_by", "buyer_is_foreign", "escrow"})
INSTALLMENTS = "installments"
"""The one table that the sides write themselves, a line each: day; amount in yuan; condition."""
INSTALLMENTS_MAX = 60
DEFAULTS: Mapping[str, Any] = {
    "payment_days": "15", "secrecy_years": "5", "improvements": "each_own", "disputes": "court", "language_prevails": "zh",
    "manner": "制造、使用、许诺销售、销售、进口 / make, use, offer, sell, import", "royalty_base": "net_sales", "royalty_period": "year",
    "royalty_pay_days": "30", "record_by": "licensor",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One thing that a contract still asks for: its name in the form, the field, the value so far, and the row it belongs to."""

    name: str
    field: Field
    value: Any
    of: str = ""
    needed: bool = True


def contract_kind(deal: Deal) -> str | None:
    """The kind of contract of the clause library, None for an auction, whose winner signs an assignment."""
    return CONTRACTS.get(deal.kind)


def said(deal: Deal) -> dict[str, Any]:
    """What deal and record already say, by the names of the clause library."""
    terms = stored.read(deal.terms)
    found: dict[str, Any] = {
        "patents": [_patent(patent.key, patent.title_zh or patent.title_en) for patent in deal.patents.all()],
        "price_fen": terms.payment.price_fen, "payment_method": terms.payment.method or "lump_sum", "escrow": True,
        "buyer_is_foreign": terms.buyer_country != "CN", "state_unit": deal.seller.kind == "university", "price_by": stored.price_by(terms),
    }  # fmt: skip
    if deal.kind in LICENSES:
        found |= _license(deal, terms)
    if deal.kind == "pledge":
        pledge = terms.pledge
        found |= {
            "claim_kind": pledge.claim_kind, "claim_fen": pledge.claim_fen, "debt_end": _day(pledge.debt_end),
            "security_scope": pledge.security_scope, "title_passes": pledge.title_passes,
        }  # fmt: skip
    statement = statement_of(deal)
    if statement is not None:
        found |= {
            "fee_method": statement.fee_method, "fixed_fen": statement.fixed_fen, "rate": str(statement.rate) if statement.rate else None,
            "term_end": _day(statement.term_end), "other_matters": statement.other_matters,
        }  # fmt: skip
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _license(deal: Deal, terms: stored.DealTerms) -> dict[str, Any]:
    own = terms.license
    royalty = own.royalty
    return {
        "license_kind": own.kind or deal.kind.removeprefix("license_").replace("sublicense", "ordinary"),
        "territory": "、".join(own.territories) or "中国 / CN", "field_of_use": "、".join(own.fields) or None,
        "term_start": _day(own.start or today()), "no_term": own.no_term, "term_end": _day(own.term_end), "may_sublicense": own.may_sublicense,
        "own_practice": own.own_practice, "royalty_rate": royalty.rate if royalty else None,
        "minimum_royalty_fen": royalty.minimum_fen or None if royalty else None,
        "entry_fee_fen": terms.payment.price_fen if terms.payment.method == "entry_and_royalty" else None,
    }  # fmt: skip


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _patent(key: str, title: str) -> dict[str, Any]:
    held = held_on(key)
    filing_date = gathered_of(held.key).facts.filing_date
    row = {
        "number": key.replace("-", ""), "title": title or None, "patentee": "、".join(held.standing.owners) or None,
        "filing_date": _day(filing_date), "grant_date": _day(held.standing.grant_date),
        "term_end": _day(held.standing.expiry_date),
    }  # fmt: skip
    return {name: value for name, value in row.items() if value is not None}


def asked(deal: Deal, given: Mapping[str, Any]) -> list[Asked]:
    """What the sides still have to say, with what was given or the usual as a start."""
    kind = contract_kind(deal)
    if kind is None:
        return []
    contract, known = contract_named(kind), said(deal)
    found = []
    for field in contract.fields:
        if field.name == "patents":
            found += _cells(field, known["patents"], given)
        elif (
            (field.type != "table" or field.name == INSTALLMENTS)
            and field.name not in known
            and field.name not in NOT_ASKED
            and _applies(field, known)
        ):
            value = given.get(field.name, DEFAULTS.get(field.name, ""))
            found.append(Asked(name=field.name, field=field, value=value, needed=field.required or bool(field.article)))
    return found


def _applies(field: Field, known: Mapping[str, Any]) -> bool:
    """Whether what is known already leaves room for the field; a condition on something still open does."""
    return all(holds({name: values}, known) for name, values in field.when.items() if name in known)


def _cells(table: Field, rows: list[dict[str, Any]], given: Mapping[str, Any]) -> list[Asked]:
    found = []
    for number, row in enumerate(rows):
        for column in table.columns:
            if column.name not in row and (column.required or column.article):
                name = f"patents.{number}.{column.name}"
                found.append(Asked(name=name, field=column, value=given.get(name, ""), of=row["number"]))
    return found


def contract_make(deal_id: uuid.UUID, *, membership: Membership, given: Mapping[str, str]) -> Deal:
    """Makes the contract in both languages from the deal and what was given. Refused with what the clause library or the law forbids or misses.

    A term changed afterwards leaves the contract behind: it no longer counts as the deal's, and a new one is made.
    """
    with transaction.atomic():
        deal, _role = entered(deal_id, membership, official=False)
        kind = contract_kind(deal)
        if kind is None or deal.state not in STATES:
            raise Refusal(
                "contract_not_now", _("A contract is made once there is an offer and before money is held."), facts={"state": deal.state}
            )
        terms, plain = said(deal), {}
        for one in asked(deal, {}):
            text = given.get(one.name, "").strip()
            if text:
                plain[one.name] = text
                _put(terms, one.name, _value(one.field, one.name, text))
        organizations = {"seller": deal.seller, **({"buyer": deal.buyer} if deal.buyer else {})}
        terms.setdefault("seller_name", party_name(deal, deal.seller, today()))
        documents = [
            document_make(
                kind=kind, subject=f"deal/{deal.pk}", language=language, fields=terms, organizations=organizations, by=membership.user
            )
            for language in ("zh", "en")
        ]
        deal.contract = {"documents": [str(document.pk) for document in documents], "terms_sha256": terms_sha256(deal), "given": plain}
        deal.save(update_fields=["contract"])
        payload = {"documents": [document.sha256 for document in documents], "terms_sha256": deal.contract["terms_sha256"]}
        record_append(actor=membership.user, action="deal.contract", subject=f"deal/{deal.pk}", payload=payload)
        return deal


def _put(terms: dict[str, Any], name: str, value: Any) -> None:
    if name.startswith("patents."):
        _table, number, column = name.split(".")
        terms["patents"][int(number)][column] = value
    else:
        terms[name] = value


def _value(field: Field, name: str, text: str) -> Any:
    try:
        match field.type:
            case "money":
                return yuan_to_fen(text.replace(",", ""))
            case "rate":
                return rate_text(text)
            case "count":
                return int(text)
            case "table":
                return installments_read(text)
            case "flag":
                return text.lower() in {"on", "true", "1", "yes"}
            case _:
                return text
    except ValueError as error:
        raise stored.invalid({name: str(error)}) from error


def installments_read(text: str) -> list[dict[str, Any]]:
    """Installments from lines of day; amount in yuan; condition (may stay empty). Raises ValueError with the line that cannot be read."""
    rows: list[dict[str, Any]] = []
    for line in text.replace("；", ";").splitlines():
        if not line.strip():
            continue
        day, amount, *more = (part.strip() for part in line.split(";"))
        row: dict[str, Any] = {"due_on": dt.date.fromisoformat(day).isoformat(), "amount_fen": yuan_to_fen(amount.replace(",", ""))}
        rows.append(row | ({"condition": more[0][:200]} if more and more[0] else {}))
    if not 1 <= len(rows) <= INSTALLMENTS_MAX:
        raise ValueError(f"1 to {INSTALLMENTS_MAX} lines of day; amount; condition")
    return rows
