"""The pages of the record: who reads what, filters, proofs, signing; and the pages of a person's own data."""

import io
import json
import zipfile

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from langqiao.engine.record.chain import problems
from langqiao.web.audit.heads import head_make
from langqiao.web.audit.models import MarkSalt, Record, TreeHead
from langqiao.web.audit.personal import person_erase, retention, retention_apply
from langqiao.web.audit.services import mark, record_append
from langqiao.web.people.models import Invitation, LoginAttempt, Membership, Role, UserSession
from tests.web.conftest import PASSWORD


def append(people, *, of="first", action="deal.opened", **more):
    with transaction.atomic():
        return record_append(
            **{"actor": people["editor"], "action": action, "subject": f"organization/{people[of].pk}", "payload": {"n": 1}} | more
        )


def numbers(answer):
    return [row["record"].seq for row in answer.context["rows"]]


def test_a_member_sees_the_records_of_their_organization_and_the_office_all(client, people):
    mine, others = append(people), append(people, of="second")
    client.force_login(people["reader"])
    answer = client.get(reverse("audit"))
    assert mine.seq in numbers(answer) and others.seq not in numbers(answer)
    assert people["editor"].name in answer.content.decode()
    client.force_login(people["office"])
    assert {mine.seq, others.seq} <= set(numbers(client.get(reverse("audit"))))


def test_a_person_sees_what_concerns_their_own_account_and_nobody_elses(client, people):
    with transaction.atomic():
        mine, others = (
            record_append(actor=people[name], action="security.sign_in", subject=f"user/{people[name].pk}", payload={})
            for name in ("reader", "admin")
        )
    client.force_login(people["reader"])
    assert numbers(client.get(reverse("audit"), {"own": "1"})) == [mine.seq]
    assert numbers(client.get(reverse("audit"))) == []
    assert client.get(reverse("audit_record", args=[mine.seq])).status_code == 200
    assert client.get(reverse("audit_record", args=[others.seq])).status_code == 404


def test_what_is_said_of_a_listing_is_read_by_its_organization(people):
    from langqiao.web.market.models import Listing

    listing = Listing.objects.create(organization=people["first"], by=people["editor"], title="x")
    with transaction.atomic():
        record = record_append(actor="platform", action="listing.draft", subject=f"listing/{listing.pk}", payload={})
        nothing = record_append(actor="platform", action="listing.draft", subject="listing/none", payload={})
    assert (record.parties, nothing.parties) == (f"[{people['first'].pk}]", "[]")


def test_the_records_of_an_organization_that_became_part_of_another_are_read_there(client, people):
    from langqiao.web.people.models import OrganizationMerge

    theirs = append(people, of="second")
    client.force_login(people["reader"])
    assert numbers(client.get(reverse("audit"))) == []
    OrganizationMerge.objects.create(source=people["second"], target=people["first"], document="decision")
    assert numbers(client.get(reverse("audit"))) == [theirs.seq]


def test_an_office_that_is_not_verified_sees_no_more_than_anybody(client, people):
    others = append(people, of="second")
    people["the office"].check_state = "unchecked"
    people["the office"].save()
    client.force_login(people["office"])
    assert others.seq not in numbers(client.get(reverse("audit")))


def test_the_list_is_filtered_and_paged_and_costs_few_queries(client, people):
    made = [append(people, action=f"deal.{'opened' if n % 2 else 'closed'}").seq for n in range(120)]
    client.force_login(people["reader"])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(reverse("audit"), {"action": "deal."})
    assert len(queries) <= 10
    assert numbers(answer) == made[:-51:-1]
    second = client.get(reverse("audit"), {"action": "deal.", "before": answer.context["next_before"]})
    assert numbers(second) == made[69:19:-1]
    last = client.get(reverse("audit"), {"action": "deal.", "before": second.context["next_before"]})
    assert last.context["next_before"] is None
    assert all(row["record"].action == "deal.closed" for row in client.get(reverse("audit"), {"action": "deal.closed"}).context["rows"])
    assert numbers(client.get(reverse("audit"), {"actor": "user/0"})) == []
    assert client.get(reverse("audit"), {"before": "9" * 30, "subject": "\x00'%"}).status_code == 200


def test_a_record_gets_its_proof_by_signing_and_the_proof_can_be_had_as_a_file(client, people):
    record = append(people)
    client.force_login(people["editor"])
    page = reverse("audit_record", args=[record.seq])
    assert client.get(page).context["proof"] is None
    assert client.get(reverse("audit_proof", args=[record.seq])).status_code == 409
    assert client.post(reverse("audit_sign"), {"seq": record.seq}).url == page
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(page)
    assert len(queries) <= 12
    assert answer.context["proof"].fits and answer.context["sound"]
    proof = json.loads(client.get(reverse("audit_proof", args=[record.seq])).content)
    assert proof["record"]["hash"] == record.hash
    assert proof["head"]["root"] == TreeHead.objects.get().root


def test_a_reader_cannot_sign(client, people):
    append(people)
    client.force_login(people["reader"])
    assert client.post(reverse("audit_sign")).status_code == 403
    assert not TreeHead.objects.exists()


def test_a_changed_record_is_shown_as_changed(client, people):
    record = append(people)
    with transaction.atomic():
        head_make()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER audit_record_no_update")
        cursor.execute("UPDATE audit_record SET payload = '{\"n\":2}' WHERE seq = %s", [record.seq])
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")
    client.force_login(people["reader"])
    answer = client.get(reverse("audit_record", args=[record.seq]))
    assert not answer.context["sound"]
    with override("en"):
        assert (
            "the content was changed"
            in client.get(reverse("audit_record", args=[record.seq]), headers={"accept-language": "en"}).content.decode()
        )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_heads_are_open_to_everybody_with_and_without_any(client, people, language):
    assert client.get(reverse("audit_heads"), headers={"accept-language": language}).status_code == 200
    append(people)
    with transaction.atomic():
        head = head_make()
    assert head.root in client.get(reverse("audit_heads"), headers={"accept-language": language}).content.decode()
    (line,) = client.get(reverse("audit_heads_file")).content.decode().splitlines()
    assert json.loads(line)["root"] == head.root


def test_a_person_downloads_everything_about_them_and_no_secret(client, people):
    user = people["editor"]
    LoginAttempt.objects.create(email=user.email, address="192.0.2.7")
    append(people)
    client.force_login(user)
    answer = client.get(reverse("personal_file"))
    told = json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("personal-data.json"))["data"]
    assert told["people.user"][0]["email"] == user.email
    assert told["people.loginattempt"][0]["address"] == "192.0.2.7"
    assert told["people.membership.user"][0]["role"] == Role.EDITOR
    assert any(step["action"] == "deal.opened" for step in told["audit.record"])
    text = json.dumps(told)
    assert user.password not in text and '"password":' not in text and "session_key" not in text
    assert people["reader"].email not in text


def test_erasure_asks_for_the_password_and_leaves_nothing_that_names_the_person(client, people):
    user = people["editor"]
    was = (user.email, user.name)
    with transaction.atomic():
        record_append(
            actor=user, action="test.named", subject="organization/1", payload={"who": mark(user.email, of=user), "name": mark(user.name)}
        )
    client.force_login(user)
    assert client.post(reverse("personal_erase"), {"password": "wrong"}).status_code == 422
    assert client.post(reverse("personal_erase"), {"password": PASSWORD}).url == reverse("home")
    user.refresh_from_db()
    assert not user.is_active and user.name == "" and was[0] not in user.email
    assert not client.login(username=was[0], password=PASSWORD)
    assert not Membership.objects.filter(user=user).exists() and Membership.every.filter(user=user).exists()
    assert not UserSession.objects.filter(user=user).exists()
    assert not MarkSalt.objects.filter(user=user).exists()
    assert mark(was[0]) not in "".join(Record.objects.values_list("payload", flat=True))
    assert list(problems(record.link() for record in Record.objects.order_by("seq"))) == []
    assert Record.objects.first().action == "personal.erased"


def test_the_only_administrator_of_an_organization_with_others_is_not_erased(client, people):
    client.force_login(people["admin"])
    answer = client.post(reverse("personal_erase"), {"password": PASSWORD})
    assert answer.status_code == 422 and people["first"].name in answer.content.decode()
    people["admin"].refresh_from_db()
    assert people["admin"].is_active


def test_nobody_erases_somebody_else(people):
    from langqiao.engine.kernel.refusal import Refusal

    with pytest.raises(Refusal, match=r"."):
        person_erase(user=people["reader"], by=people["admin"])


def test_what_is_past_its_period_is_deleted_by_the_clock(people):
    import datetime as dt

    from django.utils import timezone

    long_ago = timezone.now() - dt.timedelta(days=400)
    common = {"organization": people["first"], "token_hash": "a", "email": "x@example.com"}
    Invitation.objects.create(**common | {"expires_at": long_ago})
    Invitation.objects.create(**common | {"expires_at": timezone.now(), "token_hash": "b"})
    UserSession.objects.create(user=people["reader"], session_key="old", seen_at=long_ago)
    UserSession.objects.create(user=people["reader"], session_key="new", seen_at=timezone.now())
    assert retention_apply() == "1 sessions, 1 invitations"
    assert Invitation.objects.count() == UserSession.objects.count() == 1


def test_every_period_has_a_source_and_both_languages():
    found = retention()
    assert len(found) >= 5
    assert all(one["source"] and one["title"]["zh"] and one["title"]["en"] and one["days"] > 0 for one in found)


@pytest.mark.django_db
def test_the_tables_fit_the_models():
    call_command("makemigrations", "audit", check=True, dry_run=True, verbosity=0)
