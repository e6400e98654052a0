"""The policy document as PDF in both languages: made from the policy's terms, in a new version after each endorsement, signed by insurer and holder."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from langqiao.engine.insurance.cover import KINDS
from langqiao.engine.insurance.workflow import COVERED
from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.documents.models import PDF, Document
from langqiao.web.documents.services import File, document_store
from langqiao.web.documents.typeset import DJANGO_LANGUAGE, box_at, typeset
from langqiao.web.insurance.models import Policy
from langqiao.web.insurance.selectors import policy_get, prices_of, roles_of
from langqiao.web.insurance.services import locked
from langqiao.web.insurance.words import said
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit

KIND = "insurance_policy"
SIDES = ("insurer", "holder")
LANGUAGES = ("zh", "en")


def subject_of(policy: Policy) -> str:
    """The policy as the documents name it."""
    return f"policy/{policy.pk}"


def documents_of(policy: Policy) -> list[Document]:
    """The newest policy document of each language, zh before en."""
    rows = Document.objects.filter(subject=subject_of(policy), kind=KIND).order_by("language", "-version").prefetch_related("signatures")
    newest: dict[str, Document] = {}
    for row in rows:
        newest.setdefault(row.language, row)
    return [newest[language] for language in LANGUAGES if language in newest]


@transaction.atomic
def policy_documents_make(*, policy_id: uuid.UUID, membership: Membership) -> list[Document]:
    """Draws up the document of a policy that was in force, in both languages; the same terms give the same files.

    Refused: not_found, not_allowed (insurer and holder draw it up), step_not_possible before the cover.
    """
    must_edit(membership)
    policy = locked(policy_get(policy_id, membership).pk, membership)
    if not {"holder", "insurer"} & set(roles_of(policy, membership.organization)):
        raise Refusal("not_allowed", _("Insurer and policyholder draw up the document."))
    if policy.state not in COVERED:
        message = _("The document is drawn up when the premium is paid.")
        raise Refusal("step_not_possible", message, facts={"event": KIND, "state": policy.state})
    parties = {"insurer": policy.insurer, "holder": policy.holder}
    return [
        document_store(
            kind=KIND, subject=subject_of(policy), language=language, file=_file(policy, language), organizations=parties, by=membership.user
        )
        for language in LANGUAGES
    ]  # fmt: skip


def _file(policy: Policy, language: str) -> File:
    with override(DJANGO_LANGUAGE[language]):
        data = page_of(policy, language)
    made_from = {"policy": str(policy.pk), "signing": list(SIDES), "page": data["sections"], "parties": data["parties"]}
    return File(title=data["title"], media_type=PDF, content=typeset("contract.typ", data), made_from=made_from, signing=SIDES)


def page_of(policy: Policy, language: str) -> dict[str, Any]:
    """What the template is filled with."""
    parties = [_party(said("role", "insurer"), policy.insurer), _party(said("role", "holder"), policy.holder)]
    if policy.beneficiary is not None:
        parties.append(_party(said("role", "beneficiary"), policy.beneficiary))
    numbered = [section for section in _sections(policy) if section["parts"]]
    return {
        "title": str(_("Policy: %(kind)s") % {"kind": said("kind", policy.tariff.product.kind)}),
        "lang": language,
        "publisher": "Langqiao 廊桥",
        "kicker": f"{policy.number} · {policy.tariff.product.name}",
        "footer": str(_("Made by Langqiao from policy %(number)s") % {"number": policy.number}),
        "parties": parties,
        "sections": [{**section, "number": place} for place, section in enumerate(numbered, 1)],
        "signature_heading": str(_("Signatures")),
        "signature_note": str(_("A signature covers every page before it. Any change afterward shows on verification.")),
        "signing": [
            {"side_name": said("role", side), "name": one.name, **asdict(box_at(place))}
            for place, (side, one) in enumerate((("insurer", policy.insurer), ("holder", policy.holder)))
        ],
    }


def _party(word: str, organization: Any) -> dict[str, Any]:
    code = organization.credit_code
    return {"side_name": word, "name": organization.name, "details": [[str(_("unified social credit code")), code]] if code else []}


def _sections(policy: Policy) -> list[dict[str, Any]]:
    return [
        {"heading": str(_("Cover")), "parts": _cover(policy)},
        {"heading": str(_("Premium")), "parts": _premium(policy)},
        {"heading": str(_("Insured patents")), "parts": _patents(policy)},
        {"heading": str(_("Endorsements")), "parts": _changes(policy)},
        {"heading": str(_("Claims")), "parts": _claims(policy)},
    ]


def _cover(policy: Policy) -> list[Any]:
    prices, kind = prices_of(policy.tariff), KINDS[policy.tariff.product.kind]
    rows = [
        [str(_("Period, the last day excluded")), f"{policy.since} – {policy.until}"],
        [str(_("Sum insured and aggregate limit, yuan")), fen_to_yuan(policy.limit_fen)],
        [said("figure", "deductible_fen"), fen_to_yuan(prices.whole("deductible_fen"))],
        [said("figure", "coinsurance"), f"{float(prices.value('coinsurance')):.2%}"],
        [said("figure", "waiting_days"), str(prices.whole("waiting_days"))],
        [said("figure", "retroactive_days"), str(prices.whole("retroactive_days"))],
        [str(_("Covered")), " · ".join(said("field", name) for name in kind.items)],
    ]
    if policy.loan is not None:
        rows.append([said("field", "loan"), str(policy.loan_id)])
    return [_table([str(_("Term")), str(_("Agreed"))], rows, (2, 3))]


def _premium(policy: Policy) -> list[str]:
    said_ = [str(_("Premium for the whole period, yuan: %(amount)s.")) % {"amount": fen_to_yuan(policy.premium_fen)}]
    said_ += [f"{one.organization.name}: {fen_to_yuan(one.paid_fen)}" for one in policy.shares.select_related("organization")]
    said_.append(
        str(_("The holder may end the policy at any time; the premium of the days left goes back to those who paid it, in proportion."))
    )
    return said_


def _patents(policy: Policy) -> list[Any]:
    chinese_first = [
        [one.number, one.title_zh or one.title_en, f"{one.added_on} – {one.removed_on or policy.cover_until}"]
        for one in policy.patents.all()
    ]
    return [_table([str(_("Number")), str(_("Title")), str(_("Insured"))], chinese_first, (3, 5, 3))] if chinese_first else []


def _changes(policy: Policy) -> list[str]:
    taken = policy.changes.filter(state="taken")
    return [f"{one.number}. {one.decided_on}: +{len(one.add)} −{len(one.remove)}, {fen_to_yuan(one.amount_fen or 0)}" for one in taken]


def _claims(policy: Policy) -> list[str]:
    evidence = [said("paper", kind) for kind in KINDS[policy.tariff.product.kind].evidence]
    parts = [
        str(
            _(
                "The insured notifies an incident in time and gives its evidence; the insurer decides by two people and gives reasons for a refusal."
            )
        ),
        str(_("Against a refusal the insured may object; two people who did not refuse decide on it. The way to court stays open.")),
    ]
    if evidence:
        parts.insert(1, str(_("Papers of a claim: %(papers)s.")) % {"papers": " · ".join(evidence)})
    if policy.loan is not None:
        parts.insert(1, str(_("The bank claims after the loan's default is recorded, for its own part of the loss by the pool's split.")))
    return parts


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Mapping[str, Any]:
    return {"head": list(head), "rows": [list(row) for row in rows], "widths": list(widths)}
