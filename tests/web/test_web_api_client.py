"""The Python client against a live server: pages, keys that act once, problems, a payment by two people; and the walk of an offer."""

import threading

import pytest
from django.db import connection

from langqiao.client import ApiProblemError, Client
from langqiao.web.api.models import ApiAnswer
from langqiao.web.ledger.models_bank import PaymentOrder
from langqiao.web.market.models import Demand
from langqiao.web.people.models import CheckState, Membership, Organization, Role
from tests.web.conftest import another_user
from tests.web.routes.api import token_for


@pytest.fixture
def verified(transactional_db, people):
    """The first organization, checked by the platform."""
    Organization.objects.filter(pk=people["first"].pk).update(
        check_state=CheckState.VERIFIED, check_document="license", checked_at="2026-01-01T00:00:00Z"
    )
    return people


def client_for(live_server, user, **more):
    return Client(live_server.url, token_for(user, **more)[1])


def test_the_client_reads_writes_once_and_pages_through_a_list(live_server, verified):
    client = client_for(live_server, verified["editor"])
    assert client.get("/me")["role"] == "editor"
    made = [client.post("/demands", {"title": f"Demand {n}"}) for n in range(5)]
    again = client.post("/demands", {"title": "Demand 4"}, key=client.last_key)
    assert again == made[-1] and Demand.objects.count() == 5
    with pytest.raises(ApiProblemError) as refused:
        client.post("/demands", {"title": "Another"}, key=client.last_key)
    assert (refused.value.status, refused.value.refusal) == (409, "idempotency_key_reused")
    found = [one["title"] for one in client.items("/demands", own=True, limit=2)]
    assert found == [f"Demand {n}" for n in (4, 3, 2, 1, 0)]


def test_rows_added_while_a_program_pages_shift_nothing(live_server, verified):
    client = client_for(live_server, verified["editor"])
    for n in range(4):
        client.post("/demands", {"title": str(n)})
    first = client.get("/demands", own=True, limit=2)
    client.post("/demands", {"title": "new"})
    second = client.get("/demands", own=True, limit=2, cursor=first["next_cursor"])
    assert [one["title"] for one in [*first["items"], *second["items"]]] == ["3", "2", "1", "0"] and second["next_cursor"] is None
    with pytest.raises(ApiProblemError) as wrong:
        client.get("/demands", cursor="nonsense")
    assert (wrong.value.status, wrong.value.error) == (422, "bad_cursor")


def test_money_goes_out_by_two_people_and_only_after_a_fresh_second_factor(live_server, verified):
    editor, approver = client_for(live_server, verified["editor"]), client_for(live_server, verified["approver"])
    paid_in = editor.post("/payments", {"direction": "in", "amount_fen": 500_00})
    assert paid_in["state"] == "settled" and paid_in["rail_is_simulated"]
    own = approver.post("/payments", {"direction": "out", "amount_fen": 100_00})
    with pytest.raises(ApiProblemError) as alone:
        approver.post(f"/payments/{own['id']}/decision", {"approve": True})
    assert alone.value.refusal == "four_eyes_missing"
    asked = editor.post("/payments", {"direction": "out", "amount_fen": 200_00})
    for weak in (
        {"scopes": ["read", "money"]},
        {"factor": False},
    ):
        with pytest.raises(ApiProblemError) as early:
            client_for(live_server, verified["approver"], **weak).post(f"/payments/{asked['id']}/decision", {"approve": True})
        assert early.value.refusal in {"scope_missing", "second_factor_needed"} and early.value.status == 403
    done = approver.post(f"/payments/{asked['id']}/decision", {"approve": True})
    assert done["state"] == "settled"
    account = next(one for one in editor.items("/accounts") if one["purpose"] == "client_money")
    assert (account["balance_fen"], account["held_fen"], account["available_fen"]) == (300_00, 100_00, 200_00)
    lines = list(editor.items(f"/accounts/{account['id']}/lines", limit=1))
    assert sum(line["change_fen"] for line in lines) == 300_00
    assert editor.get(f"/transfers/{lines[0]['seq']}")["hash"] == lines[0]["hash"]


def test_the_same_key_fifty_times_has_one_effect(live_server, verified):
    client = client_for(live_server, verified["editor"])
    body = {"direction": "in", "amount_fen": 1_00}
    told = {client.post("/payments", body, key="one attempt")["id"] for _n in range(50)}
    assert len(told) == PaymentOrder.objects.count() == ApiAnswer.objects.count() == 1


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="on SQLite in memory the live server's threads share one connection, so one transaction"
)
def test_the_same_key_fifty_times_at_once_has_one_effect(live_server, verified):
    client = client_for(live_server, verified["editor"])
    told, wrong = [], []

    def ask():
        try:
            told.append(client.post("/payments", {"direction": "in", "amount_fen": 1_00}, key="one attempt")["id"])
        except (ApiProblemError, OSError) as error:
            wrong.append(error)

    threads = [threading.Thread(target=ask) for _n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and len(told) == 50 and len(set(told)) == 1
    assert PaymentOrder.objects.count() == ApiAnswer.objects.count() == 1


def test_another_members_key_of_the_same_name_is_another_attempt(live_server, verified):
    one, other = client_for(live_server, verified["editor"]), client_for(live_server, verified["admin"])
    first = one.post("/payments", {"direction": "in", "amount_fen": 1_00}, key="k")
    second = other.post("/payments", {"direction": "in", "amount_fen": 1_00}, key="k")
    assert first["id"] != second["id"]


def test_a_refused_request_may_be_made_again_with_its_key(live_server, verified):
    client = client_for(live_server, verified["editor"])
    with pytest.raises(ApiProblemError) as poor:
        client.post("/payments", {"direction": "out", "amount_fen": 1_00}, key="later")
    assert poor.value.refusal == "ledger_overdrawn"
    client.post("/payments", {"direction": "in", "amount_fen": 1_00})
    assert client.post("/payments", {"direction": "out", "amount_fen": 1_00}, key="later")["state"] == "asked"


def test_a_client_needs_an_address_and_tells_a_wrong_token(live_server, verified):
    with pytest.raises(ValueError, match="no address"):
        Client("file:///etc/passwd", "x")
    with pytest.raises(ApiProblemError) as refused:
        Client(live_server.url, "lq_wrong").get("/me")
    assert refused.value.status == 401
    user = another_user("second-reader")
    Membership.objects.create(user=user, organization=verified["first"], role=Role.READER)
    with pytest.raises(ApiProblemError) as forbidden:
        client_for(live_server, user).post("/demands", {"title": "x"})
    assert forbidden.value.refusal == "not_allowed"
