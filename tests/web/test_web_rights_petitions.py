"""Claims, register events and corrections: proof, four eyes, what acceptance writes, what stands against it, and both versions kept."""

import datetime as dt
import io
from fractions import Fraction

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.encumbrance import Encumbrance
from langqiao.engine.operations.outcome import Effect
from langqiao.web.audit.models import Record
from langqiao.web.people.models import CheckState, Membership, Organization, Role, User
from langqiao.web.rights.documents import document_attach
from langqiao.web.rights.models import HoldingDocument, HoldingOwner, Petition
from langqiao.web.rights.petitions import PETITION, Filing, claim_file, correction_file, event_file
from langqiao.web.rights.reviews import petition_decide, petition_withdraw
from langqiao.web.rights.selectors import held_on, owner_name_of, owners_for, standing_for
from langqiao.web.rights.services import effects_apply, holding_open
from tests.web.conftest import give_factor
from tests.web.routes.who import KEY

pytestmark = [pytest.mark.django_db, pytest.mark.books, pytest.mark.usefixtures("facts_lake")]
PDF = b"%PDF-1.7 a certificate"
TODAY = dt.date.today()  # noqa: DTZ011 - the site's own day is that of the machine in this test


def member(people, user):
    return Membership.objects.get(user=people[user])


def proof(people, user="editor", content=PDF, name="certificate.pdf"):
    with transaction.atomic():
        return document_attach(
            membership=member(people, user),
            holding=holding_open(KEY),
            kind="certificate",
            file=SimpleUploadedFile(name, content),
            by=people[user],
        )


def filing(people, user="editor", *, key="1", document=True):
    return Filing(grounds="as the certificate shows", document=proof(people, user) if document else None, request_key=key)


def claimed(people, user="editor", *, owners=(("First", None),), mine="First", key="1", document=True):
    rows = [{"name": name, "share": share} for name, share in owners]
    return claim_file(
        membership=member(people, user),
        key=KEY,
        owners=rows,
        mine=mine,
        filing=filing(people, user, key=key, document=document),
        by=people[user],
    )


def decided(people, petition, event="accept", *, user="office", reasons="looked at the register"):
    return petition_decide(petition_id=petition.pk, event=event, membership=member(people, user), reasons=reasons, by=people[user])


def refused(code):
    return pytest.raises(Refusal, match="") if code is None else _Refused(code)


class _Refused:
    """Expects a refusal with this code."""

    def __init__(self, code):
        self.code = code

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        assert kind is Refusal, f"{self.code} was not refused"
        assert error.code == self.code
        return True


def test_an_accepted_claim_lets_the_organization_act_as_owner_and_a_waiting_one_does_not(people):
    petition = claimed(people)
    assert owner_name_of(people["first"], KEY, TODAY) is None
    decided(people, petition)
    assert owner_name_of(people["first"], KEY, TODAY) == "First"
    assert HoldingOwner.objects.get().organization == people["first"]
    assert petition.document.sha256 == held_on(KEY).lines[0].sha256


def test_shares_of_co_owners_sum_to_one_exactly(people):
    with refused("owner_shares_do_not_sum"):
        claimed(people, owners=[("First", "1/3"), ("Second", "1/3")])
    decided(people, claimed(people, owners=[("First", "1/3"), ("Second", "2/3")]))
    assert sum(owner.share for owner in owners_for(KEY, TODAY)) == Fraction(1)


def test_a_claim_without_document_needs_that_the_lake_names_a_verified_claimant(people):
    with refused("evidence_missing"):
        claimed(people, document=False)
    named = standing_for(KEY, TODAY).owners[0]
    Organization.objects.filter(pk=people["first"].pk).update(
        name=named, check_state=CheckState.VERIFIED, check_document="license", checked_at="2026-01-01T00:00Z"
    )
    assert claimed(people, owners=[(named, None)], mine=named, document=False).body["named_in_lake"] is True


@pytest.mark.parametrize(("owners", "mine"), [([], "First"), ([("Second", None)], "First"), ([("First", None), ("First", None)], "First")])
def test_a_claim_names_every_owner_once_and_the_claimant_among_them(people, owners, mine):
    with refused("owner_not_named"):
        claimed(people, owners=owners, mine=mine)


def test_a_reader_files_nothing(people):
    with refused("not_allowed"):
        claim_file(
            membership=member(people, "reader"),
            key=KEY,
            owners=[],
            mine="",
            filing=Filing(grounds="", document=None, request_key="1"),
            by=people["reader"],
        )


def test_the_same_form_sent_twice_is_one_petition_and_with_other_content_refused(people):
    assert claimed(people).pk == claimed(people).pk
    with refused("idempotency_key_reused"):
        claimed(people, owners=[("First", "1")])


@pytest.mark.parametrize("event", ["accept", "refuse"])
def test_nobody_decides_for_their_own_organization_nor_outside_the_office_and_the_platform(people, event):
    petition = claimed(people)
    for user in ("admin", "other"):
        with refused("not_allowed"):
            decided(people, petition, event, user=user)
    own = claimed(people, "office", owners=[("Office", None)], mine="Office")
    colleague = User.objects.create_user("colleague@example.com", "a long enough sentence")
    Membership.objects.create(user=colleague, organization=people["the office"], role=Role.ADMIN)
    people["colleague"] = colleague
    for user in ("office", "colleague"):
        with refused("four_eyes_missing"):
            decided(people, own, event, user=user)
    assert decided(people, own, event, user="platform").decided_by == people["platform"]


def test_the_database_refuses_a_petition_decided_by_its_petitioner(people):
    petition = claimed(people)
    with pytest.raises(IntegrityError), transaction.atomic():
        Petition.objects.filter(pk=petition.pk).update(state="accepted", decided_by=people["editor"], decided_at="2026-01-01T00:00Z")


def test_a_refusal_needs_reasons_and_a_decided_petition_is_not_decided_again(people):
    petition = claimed(people)
    with refused("reasons_missing"):
        decided(people, petition, "refuse", reasons=" ")
    assert decided(people, petition, "refuse").decision == "looked at the register"
    with refused("step_not_possible"):
        decided(people, petition)
    assert owner_name_of(people["first"], KEY, TODAY) is None


def test_a_second_claim_to_the_same_owner_conflicts_until_the_first_is_revoked(people):
    first = claimed(people)
    decided(people, first)
    second = claimed(people, "other", owners=[("First", None)], mine="First")
    with refused("claim_conflicts"):
        decided(people, second)
    decided(people, first, "revoke", reasons="forged")
    assert owner_name_of(people["first"], KEY, TODAY) is None
    decided(people, second)
    assert owner_name_of(people["second"], KEY, TODAY) == "First"


def test_a_co_owner_joins_without_pushing_the_other_out(people):
    owners = [("First", "1/2"), ("Second", "1/2")]
    decided(people, claimed(people, owners=owners))
    decided(people, claimed(people, "other", owners=owners, mine="Second"))
    assert {owner.organization.name for owner in HoldingOwner.objects.all()} == {"First", "Second"}


def test_only_the_petitioner_withdraws_and_only_before_a_decision(people):
    petition = claimed(people)
    with refused("not_found"):
        petition_withdraw(petition_id=petition.pk, membership=member(people, "other"), by=people["other"])
    assert petition_withdraw(petition_id=petition.pk, membership=member(people, "editor"), by=people["editor"]).state == "withdrawn"
    with refused("step_not_possible"):
        decided(people, petition)


@pytest.mark.parametrize("state", PETITION.states)
@pytest.mark.parametrize("event", ["accept", "refuse", "withdraw", "revoke", "invent"])
@pytest.mark.parametrize("role", ["petitioner", "reviewer"])
def test_the_whole_table_of_a_petition(state, event, role):
    allowed = {
        ("filed", "accept", "reviewer"), ("filed", "refuse", "reviewer"), ("filed", "withdraw", "petitioner"), ("accepted", "revoke", "reviewer"),
    }  # fmt: skip
    if (state, event, role) in allowed:
        assert PETITION.take(state, event, role).target
    else:
        with pytest.raises(Refusal):
            PETITION.take(state, event, role)


def entered(people, kind, given, *, user="office", key="e"):
    return event_file(
        membership=member(people, user),
        key=KEY,
        kind=kind,
        given={"on": "2026-02-02", **given},
        filing=filing(people, user, key=key),
        by=people[user],
    )


def test_a_register_event_of_the_office_is_decided_by_a_second_person(people):
    petition = entered(people, "pledged", {"holder": "Bank", "reference": "Y2026980001"})
    with refused("four_eyes_missing"):
        decided(people, petition)
    decided(people, petition, user="platform")
    found = standing_for(KEY, TODAY).burdens("pledged")
    assert [(one.holder, one.reference) for one in found] == [("Bank", "Y2026980001")]
    petition.refresh_from_db()
    assert petition.before["refused"]["pledge"] == [] and "already_pledged" in petition.after["refused"]["pledge"]


def test_a_lapse_ends_the_right_and_every_operation_and_a_restoration_brings_both_back(people):
    decided(people, entered(people, "LAPSE", {"on": "2026-02-02"}), user="platform")
    assert standing_for(KEY, TODAY).status == "lapsed" and standing_for(KEY, dt.date(2026, 2, 1)).status != "lapsed"
    decided(people, entered(people, "RESTORATION", {"on": "2026-03-02"}, key="f"), user="platform")
    assert standing_for(KEY, TODAY).status != "lapsed"


def test_an_event_that_cannot_follow_the_status_is_refused(people):
    decided(people, entered(people, "LAPSE", {}), user="platform")
    with refused("event_contradicts_status"):
        decided(people, entered(people, "ABANDONMENT", {"on": "2026-03-02"}, key="f"), user="platform")


def test_a_transfer_of_the_register_changes_the_owner_after_the_record_named_one(people):
    decided(people, claimed(people))
    decided(people, entered(people, "TRANSFER", {"on": TODAY.isoformat(), "from_parties": "First", "to_parties": "Buyer"}), user="platform")
    tomorrow = TODAY + dt.timedelta(days=1)
    assert "Buyer" not in {owner.name for owner in owners_for(KEY, TODAY - dt.timedelta(days=1))}
    assert held_on(KEY, tomorrow).standing.owners in {("Buyer",), ("First",)}


@pytest.mark.parametrize(
    ("kind", "given", "missing"),
    [
        ("pledged", {"reference": "Y1"}, "holder"),
        ("FEE_PAID", {"year": "x"}, "year"),
        ("FEE_PAID", {"year": "9", "on": "2999-01-01"}, "on"),
        ("FEE_PAID", {"year": "9", "on": "soon"}, "on"),
        ("fee_reduction", {"reduction": "all"}, "reduction"),
        ("invented", {}, "kind"),
    ],
)
def test_a_form_with_a_field_missing_or_wrong_names_it(people, kind, given, missing):
    with pytest.raises(Refusal) as found:
        entered(people, kind, given)
    assert found.value.code == "event_incomplete" and missing in found.value.facts["fields"]


def test_the_owner_files_a_payment_but_no_lapse_and_a_stranger_neither(people):
    with refused("not_owner"):
        entered(people, "FEE_PAID", {"year": "9"}, user="editor")
    decided(people, claimed(people))
    with refused("not_allowed"):
        entered(people, "LAPSE", {}, user="editor")
    decided(people, entered(people, "FEE_PAID", {"year": "9"}, user="editor"))
    assert held_on(KEY).view.upkeep.paid_through == 9


def test_a_burden_entered_twice_or_removed_though_absent_is_refused(people):
    decided(people, entered(people, "ordinary_license", {"holder": "A", "reference": "X1"}), user="platform")
    with refused("burden_already_recorded"):
        decided(people, entered(people, "ordinary_license", {"holder": "A", "reference": "X1"}, key="f"), user="platform")
    with refused("burden_not_found"):
        decided(people, entered(people, "burden_removed", {"burden": "pledged X1"}, key="g"), user="platform")
    decided(people, entered(people, "burden_removed", {"burden": "ordinary_license X1"}, key="h"), user="platform")
    assert standing_for(KEY, TODAY).burdens("ordinary_license") == ()


def corrected(people, target, given, *, user="editor", key="c"):
    return correction_file(
        membership=member(people, user), key=KEY, target=target, given=given, filing=filing(people, user, key=key), by=people[user]
    )


def test_a_corrected_filing_date_moves_the_end_of_the_term_and_both_versions_stay(people):
    before = held_on(KEY)
    petition = corrected(people, "fact:filing_date", {"value": "2012-01-05"})
    decided(people, petition)
    petition.refresh_from_db()
    assert held_on(KEY).view.term.end == dt.date(2032, 1, 5) and before.view.term.end is None
    assert petition.after["expiry"] == "2032-01-05" and petition.before["expiry"] == ""
    earlier = held_on(KEY, known_at=petition.entry.recorded_at - dt.timedelta(seconds=1))
    assert earlier.view.term.end is None


def test_a_lake_event_that_never_was_is_taken_out_and_an_entry_is_replaced(people):
    event = next(event for event in held_on(KEY).view.events if event.kind == "GRANT" and not event.derived)
    decided(people, corrected(people, f"event:{event.id}", {"kind": "void"}))
    assert event.id not in {one.id for one in held_on(KEY).view.events}
    pledge = entered(people, "pledged", {"holder": "Bank", "reference": "Y1"})
    entry = decided(people, pledge, user="platform").entry
    right = {"kind": "pledged", "on": "2026-02-02", "holder": "Other bank", "reference": "Y1"}
    decided(people, corrected(people, f"entry:{entry.pk}", right, user="other", key="d"))
    assert [one.holder for one in standing_for(KEY, TODAY).burdens("pledged")] == ["Other bank"]
    assert [one.holder for one in held_on(KEY, known_at=entry.recorded_at).standing.burdens("pledged")] == ["Bank"]
    with refused("correction_target_unknown"):
        corrected(people, f"entry:{entry.pk}", {"kind": "void"}, key="again")


@pytest.mark.parametrize("target", ["fact:owner", "event:none", "entry:999", "nothing"])
def test_a_correction_of_something_unknown_is_refused(people, target):
    with pytest.raises(Refusal) as found:
        corrected(people, target, {"value": "2012-01-01", "kind": "void"})
    assert found.value.code in {"correction_target_unknown", "event_incomplete"}


def test_a_license_that_was_not_recorded_is_hidden_from_strangers_and_cannot_be_aimed_at(people, client):
    burden = Encumbrance(kind="exclusive_license", holder="Second", reference="deal-1")
    with transaction.atomic():
        entry = effects_apply(
            [Effect(patent=KEY, kind="burden_added", on=TODAY, party="Second", burden=burden, reference="deal-1")], deal="deal-1", by=None
        )[0]
    with refused("correction_target_unknown"):
        corrected(people, f"entry:{entry.pk}", {"kind": "void"})
    pages = {}
    for user in ("editor", "other", "office"):
        client.force_login(people[user])
        give_factor(client)
        pages[user] = client.get(reverse("right_record", kwargs={"key": KEY})).context
    shown = {user: [one.kind for one in page["held"].standing.encumbrances] for user, page in pages.items()}
    assert shown == {"editor": [], "other": ["exclusive_license"], "office": ["exclusive_license"]}
    tab = client.get(reverse("patent_tab", kwargs={"key": KEY, "tab": "operations"})).context
    assert tab["held"].standing.encumbrances == ()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("a.exe", PDF, "file_kind"), ("a.pdf", b"MZ no pdf", "file_kind"), ("a.pdf", b"", "file_empty"), (None, None, "file_missing")],
)
def test_a_document_of_another_kind_is_refused(people, name, content, code):
    with refused(code):
        document_attach(
            membership=member(people, "editor"), holding=holding_open(KEY), kind="certificate",
            file=SimpleUploadedFile(name, content) if name else None, by=people["editor"],
        )  # fmt: skip


def test_a_document_larger_than_the_limit_is_refused(people, monkeypatch):
    monkeypatch.setattr("langqiao.web.common.papers.PAPER_MAX_BYTES", 4)
    with refused("file_too_large"):
        proof(people)


def test_a_document_comes_back_to_the_byte_and_damage_is_told(people, client):
    from langqiao.web.rights.documents import SHELF

    made = proof(people, content=PDF + b" of its own")
    client.force_login(people["editor"])
    answer = client.get(reverse("right_document", kwargs={"document_id": made.pk}))
    assert answer.content == PDF + b" of its own" and answer["X-Content-SHA256"] == made.sha256
    SHELF.place_of(made.sha256).write_bytes(b"changed")
    assert client.get(reverse("right_document", kwargs={"document_id": made.pk})).status_code == 409


def test_the_pages_lead_from_a_claim_to_its_decision(people, client):
    client.force_login(people["editor"])
    address = reverse("right_claim", kwargs={"key": KEY})
    form = client.get(address)
    body = {
        "owners": "First | 1/2\nSecond | 50 %",
        "mine": "First",
        "request_key": form.context["request_key"],
        "document_kind": "certificate",
    }
    wrong = client.post(address, {**body, "owners": "First | 1/2\nSecond | 1/3", "file": _file()})
    assert wrong.status_code == 422 and "owner_shares_do_not_sum" in wrong.content.decode()
    assert not HoldingDocument.objects.exists(), "a refused form leaves nothing behind"
    filed = client.post(address, {**body, "file": _file()})
    assert filed.status_code == 302
    client.force_login(people["platform"])
    decide = reverse("petition_decide", kwargs={"petition_id": Petition.objects.get().pk})
    assert client.post(decide, {"decision": "accept"}).status_code in {302, 403}, "without the second factor nothing is decided"
    assert Petition.objects.get().state == "filed"
    give_factor(client)
    assert client.post(decide, {"decision": "accept"}).status_code == 302
    assert Petition.objects.get().state == "accepted"
    client.force_login(people["editor"])
    page = client.get(reverse("rights")).content.decode()
    assert KEY in page and "1/2" in page
    assert Record.objects.filter(action__startswith="right.petition").count() == 2


def _file():
    found = io.BytesIO(PDF)
    found.name = "certificate.pdf"
    return found


def test_the_patent_page_its_grade_and_its_checks_follow_an_accepted_correction(people, client):
    from langqiao.web.appraisals.judged import facts_of
    from langqiao.web.common.lake import site_lake
    from langqiao.web.patents.rights import right_of
    from langqiao.web.patents.view import patent_get

    before = patent_get(site_lake(), KEY)
    assert right_of(before).term.end is None
    known = facts_of(before)
    decided(people, corrected(people, "fact:filing_date", {"value": "2012-01-05"}))
    after = patent_get(site_lake(), KEY)
    assert right_of(after).term.end == dt.date(2032, 1, 5)
    assert facts_of(after) != known
    assert facts_of(patent_get(site_lake(), KEY), TODAY - dt.timedelta(days=1)) == facts_of(before, TODAY - dt.timedelta(days=1))
    assert "2032-01-05" in client.get(reverse("patent_tab", kwargs={"key": KEY, "tab": "right"})).content.decode()


def test_the_chain_of_title_on_the_patent_page_shows_an_assignment_registered_here(client):
    with transaction.atomic():
        effects_apply([Effect(patent=KEY, kind="owner_changed", on=TODAY, party="New owner", reference="R1")], deal="d", by=None)
    assert "New owner" in client.get(reverse("patent_tab", kwargs={"key": KEY, "tab": "owners"})).content.decode()
