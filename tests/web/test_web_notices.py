"""Being told: once for each recorded step, never to a stranger; deliveries signed, tried again, never into a private network."""

import datetime as dt
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.outcome import Effect
from langqiao.web.audit.services import record_append
from langqiao.web.market.models import Listing
from langqiao.web.notices import sending, services, watching
from langqiao.web.notices.models import Delivery, Feed, Notice, Webhook
from langqiao.web.notices.services import Reminder, reminders_write
from langqiao.web.notices.signing import signature, signature_holds
from langqiao.web.notices.words import ACTIONS
from langqiao.web.people.models import Membership
from langqiao.web.portfolio.models import SavedView
from langqiao.web.rights.services import effects_apply
from tests.web.routes.who import KEY

pytestmark = pytest.mark.django_db
NOW = 1_790_000_000


def member(people, name):
    return Membership.objects.select_related("organization", "user").get(user=people[name])


def step(people, action="listing.accept", actor="platform"):
    listing = Listing.objects.create(organization=people["first"], by=people["editor"], title="L", state="listed")
    with transaction.atomic():
        record_append(actor=people[actor], action=action, subject=f"listing/{listing.pk}", payload={})
    return listing


class Receiver(BaseHTTPRequestHandler):
    """A receiver that keeps what it gets and answers what the test wants."""

    answers: ClassVar = []
    got: ClassVar = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers), body))
        self.send_response(self.answers.pop(0) if self.answers else 200)
        if self.answers == ["redirect"]:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(b"told")

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_LOCAL_HOSTS = ("127.0.0.1",)
    Receiver.answers, Receiver.got = [], []
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook?x=1"
    server.shutdown()
    server.server_close()


def test_a_recorded_step_is_told_once_to_those_it_concerns_and_to_nobody_else(people):
    step(people)
    assert services.notices_make() == 1 and services.notices_make() == 0
    assert [notice.organization for notice in Notice.objects.all()] == [people["first"]]


def test_who_acted_is_not_told_of_it_except_where_a_second_person_is_needed(people):
    step(people, actor="editor")
    assert services.notices_make() == 0
    step(people, action="deal.request", actor="editor")
    assert services.notices_make() == 1


def test_an_action_without_words_is_told_nobody(people):
    step(people, action="listing.draft")
    assert services.notices_make() == 0


def test_every_action_told_has_a_sentence_in_both_languages(people):
    from django.utils.translation import override

    for action, told in ACTIONS.items():
        with override("en"):
            english = str(told.words)
        with override("zh-hans"):
            assert str(told.words) != english, action


def test_a_webhook_gets_a_signed_body_that_a_receiver_can_check(people, receiver):
    hook, secret = services.webhook_make(membership=member(people, "admin"), url=receiver, actions=[], by=people["admin"])
    step(people)
    services.notices_make()
    assert services.deliveries_send() == 1
    headers, body = Receiver.got[0]
    assert signature_holds(secret, headers["Langqiao-Signature"], body, now=int(time.time()))
    assert not signature_holds(secret, headers["Langqiao-Signature"], body + b" ", now=int(time.time()))
    assert not signature_holds("another", headers["Langqiao-Signature"], body, now=int(time.time()))
    assert not signature_holds(secret, headers["Langqiao-Signature"], body, now=int(time.time()) + 301)
    delivery = Delivery.objects.get()
    assert headers["Langqiao-Delivery"] == str(delivery.pk) and delivery.state == "sent"
    assert json.loads(body)["action"] == "listing.accept" and secret not in hook.sealed_secret


def test_a_receiver_that_fails_is_tried_again_with_growing_pauses_and_then_given_up(people, receiver):
    services.webhook_make(membership=member(people, "admin"), url=receiver, actions=[], by=people["admin"])
    step(people)
    services.notices_make()
    Receiver.answers = [500] * 20
    pauses = []
    for _attempt in range(services.ATTEMPTS_MAX):
        before = timezone.now()
        assert services.deliveries_send() == 0
        delivery = Delivery.objects.get()
        pauses.append((delivery.next_at - before).total_seconds())
        Delivery.objects.update(next_at=timezone.now())
    assert delivery.state == "failed" and delivery.attempts == services.ATTEMPTS_MAX and "HTTP 500" in delivery.error
    assert pauses[:7] == sorted(pauses[:7]) and pauses[6] > 80_000
    assert services.deliveries_send() == 0 and len(Receiver.got) == services.ATTEMPTS_MAX
    assert len({headers["Langqiao-Delivery"] for headers, _body in Receiver.got}) == 1
    Receiver.answers = []
    services.delivery_again(membership=member(people, "admin"), delivery_id=delivery.pk)
    assert services.deliveries_send() == 1


def test_a_redirect_is_an_answer_and_is_not_followed(people, receiver):
    services.webhook_make(membership=member(people, "admin"), url=receiver, actions=[], by=people["admin"])
    step(people)
    services.notices_make()
    Receiver.answers = [302]
    assert services.deliveries_send() == 0 and Delivery.objects.get().status == 302 and len(Receiver.got) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://0.0.0.0/",
        "https://[::ffff:127.0.0.1]/",
        "https://user:pass@203.0.113.9/",
        "file:///etc/passwd",
        "https://127.0.0.1:22/",
        "https://",
        "nonsense",
    ],
)
def test_a_webhook_never_goes_into_a_network(people, url):
    with pytest.raises(Refusal) as refused:
        services.webhook_make(membership=member(people, "admin"), url=url, actions=[], by=people["admin"])
    assert refused.value.code == "address_refused" and Webhook.objects.count() == 0


def test_a_name_that_later_leads_into_the_network_gets_nothing(people, receiver, settings, monkeypatch):
    settings.WEBHOOK_LOCAL_HOSTS = ()
    monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("127.0.0.1", 443))])
    with pytest.raises(sending.AddressRefusedError, match="inside a network"):
        sending.post("https://rebound.example/", {}, secret="s", delivery="d", action="a")
    assert Receiver.got == []


def test_an_ended_webhook_gets_nothing_more(people, receiver):
    hook, _secret = services.webhook_make(membership=member(people, "admin"), url=receiver, actions=[], by=people["admin"])
    step(people)
    services.notices_make()
    services.webhook_end(membership=member(people, "admin"), webhook_id=hook.pk, by=people["admin"])
    assert services.deliveries_send() == 0 and Receiver.got == []


def test_a_letter_goes_to_whom_wished_it_and_is_a_member_still(people):
    services.wish_set(membership=member(people, "reader"), what="everything")
    services.wish_set(membership=member(people, "editor"), what="deadlines")
    step(people)
    services.notices_make()
    assert services.deliveries_send() == 1
    assert [letter.to for letter in mail.outbox] == [["reader@example.com"]]
    Membership.objects.filter(user=people["reader"]).update(ended_at=timezone.now())
    step(people)
    services.notices_make()
    assert services.deliveries_send() == 0


def test_a_deadline_is_told_at_each_lead_once_and_when_it_is_over(people):
    on = dt.date(2026, 6, 30)
    reminder = Reminder(organization_id=people["first"].pk, action="reminder.deal", subject="deal/x", on=on, facts={"code": "recordal"})
    told = [day for n in range(40, -4, -1) if reminders_write([reminder], today=(day := on - dt.timedelta(days=n)))]
    assert [(on - day).days for day in told] == [30, 7, 1, 0, -1]


@pytest.mark.usefixtures("facts_lake")
def test_a_watched_right_whose_owner_pledges_it_is_told(people):
    from langqiao.engine.operations.encumbrance import Encumbrance

    watching.watch_add(membership=member(people, "editor"), number=KEY, by=people["editor"])
    assert watching.watches_look() == 0
    burden = Encumbrance(kind="pledged", holder="Bank", reference="P1")
    with transaction.atomic():
        effects_apply([Effect(patent=KEY, kind="burden_added", on=timezone.localdate(), burden=burden)], deal="deal/1", by=None)
    assert watching.watches_look() == 1 and watching.watches_look() == 0
    assert "pledged" in Notice.objects.get(action="watch.status").facts["burdens_to"]


def test_a_feed_opens_to_whom_has_its_address_and_a_new_address_ends_the_old(client, people, monkeypatch):
    view = SavedView.objects.create(organization=people["first"], by=people["editor"], name="A & B", place="search", query="q=x")
    first, token = watching.feed_make(membership=member(people, "editor"), view_id=view.pk)
    monkeypatch.setattr(watching, "feed_hits", lambda _view: [])
    answer = client.get(reverse("feed", kwargs={"token": token}))
    assert answer.status_code == 200 and "A &amp; B" in answer.content.decode()
    _again, newer = watching.feed_make(membership=member(people, "editor"), view_id=view.pk)
    assert client.get(reverse("feed", kwargs={"token": token})).status_code == 404
    assert client.get(reverse("feed", kwargs={"token": newer})).status_code == 200
    assert token not in Feed.objects.get(pk=first.pk).token_hash


def test_a_search_that_finds_more_tells_what_is_new_after_the_first_look(people, monkeypatch):
    from types import SimpleNamespace

    view = SavedView.objects.create(organization=people["first"], by=people["editor"], name="Mine", place="search", query="q=x")
    watching.feed_make(membership=member(people, "editor"), view_id=view.pk)
    found = [SimpleNamespace(key="A")]
    monkeypatch.setattr(watching, "feed_hits", lambda _view: found)
    assert watching.searches_look() == 0
    found.append(SimpleNamespace(key="B"))
    assert watching.searches_look() == 1 and watching.searches_look() == 0
    assert Notice.objects.get(action="search.new").facts["keys"] == ["B"]


def test_the_page_shows_the_organizations_own_notices_and_marks_them_read(client, people):
    step(people)
    services.notices_make()
    client.force_login(people["reader"])
    page = client.get(reverse("notices"))
    assert page.status_code == 200 and page.context["lines"][0].fresh
    client.post(reverse("notices_read"), {"last": page.context["newest"]})
    assert not client.get(reverse("notices")).context["lines"][0].fresh
    client.force_login(people["other"])
    assert client.get(reverse("notices")).context["lines"] == []


def test_the_signature_is_the_documented_one():
    assert signature("s", NOW, b"{}").startswith(f"t={NOW},v1=") and signature("s", NOW, b"{}") != signature("s", NOW + 1, b"{}")
