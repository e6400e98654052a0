"""Sessions, throttling and forgotten passwords: nobody is locked out by a stranger, nobody learns who has an account, old links are dead."""

import re

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.demo import demo_prepare, demo_store_mark
from langqiao.web.people.models import DemoStore, LoginAttempt, Organization, Role, User, UserSession
from langqiao.web.people.sessions import device_name
from langqiao.web.people.setup import platform_set_up
from langqiao.web.people.throttle import ADDRESS_ATTEMPTS_MAX, ATTEMPTS_MAX, address_of, attempts_forget
from tests.web.conftest import PASSWORD

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
NEW = "another long sentence"


def signed_in(email="editor@example.com", password=PASSWORD, **headers):
    client = Client(**headers)
    assert client.post("/log-in", {"email": email, "password": password}).status_code == 302
    return client


def fail(client, email, times):
    for _ in range(times):
        client.post("/log-in", {"email": email, "password": "wrong"})


def test_a_user_sees_where_they_are_signed_in_and_ends_one_or_all_others(people):
    here, there, third = signed_in(HTTP_USER_AGENT=CHROME), signed_in(), signed_in()
    rows = here.get("/account").context["sessions"]
    assert len(rows) == 3 and {row.device for row in rows} == {"Chrome · Windows", ""} and {row.address for row in rows} == {"127.0.0.1"}
    row = UserSession.objects.get(session_key=there.session.session_key)
    here.post("/account/sessions/end", {"session": row.pk})
    assert there.get("/account").status_code == 302 and third.get("/account").status_code == 200
    here.post("/account/sessions/end")
    assert third.get("/account").status_code == 302 and here.get("/account").status_code == 200
    assert len(here.get("/account").context["sessions"]) == 1


def test_nobody_ends_another_users_session(people):
    mine, theirs = signed_in(), signed_in("reader@example.com")
    row = UserSession.objects.get(user=people[Role.READER])
    mine.post("/account/sessions/end", {"session": row.pk})
    assert theirs.get("/account").status_code == 200


def test_a_session_that_ran_out_or_was_left_is_not_listed(people):
    here, gone = signed_in(), signed_in()
    gone.post("/log-out")
    assert len(here.get("/account").context["sessions"]) == 1


def test_a_changed_password_ends_every_other_session_and_keeps_this_one(people):
    here, there = signed_in(), signed_in()
    assert here.post("/password", {"old": PASSWORD, "new": NEW}).status_code == 302
    assert here.get("/account").status_code == 200 and len(here.get("/account").context["sessions"]) == 1
    assert there.get("/account").status_code == 302
    assert Client().post("/log-in", {"email": "editor@example.com", "password": PASSWORD}).status_code == 422


def test_the_present_password_is_not_guessed_from_a_session_left_open(people):
    here = signed_in()
    for _ in range(ATTEMPTS_MAX):
        assert here.post("/password", {"old": "wrong", "new": NEW}).status_code == 422
    assert here.post("/password", {"old": PASSWORD, "new": NEW}).status_code == 422
    assert signed_in("reader@example.com").post("/password", {"old": PASSWORD, "new": NEW}).status_code == 302


def test_signing_in_gives_the_session_another_key(people):
    client = Client()
    client.get("/log-in")
    session = client.session
    session["planted"] = "1"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    client.post("/log-in", {"email": "editor@example.com", "password": PASSWORD})
    assert client.session.session_key != before


def test_a_stranger_who_fails_on_purpose_locks_other_strangers_out_not_the_owner(people):
    owner = signed_in()
    owner.post("/log-out")
    fail(Client(), "editor@example.com", ATTEMPTS_MAX)
    stranger = Client()
    assert stranger.post("/log-in", {"email": "editor@example.com", "password": PASSWORD}).status_code == 422
    assert owner.post("/log-in", {"email": "editor@example.com", "password": PASSWORD}).status_code == 302
    assert stranger.post("/log-in", {"email": "editor@example.com", "password": PASSWORD}).status_code == 422


def test_the_owner_at_a_new_browser_comes_in_by_the_letter(people, mailoutbox):
    fail(Client(), "editor@example.com", ATTEMPTS_MAX)
    browser = Client()
    link = asked_link(browser, mailoutbox)
    assert browser.post(link, {"new": NEW}).url == "/log-in"
    assert browser.post("/log-in", {"email": "editor@example.com", "password": NEW}).status_code == 302


def test_a_known_browser_is_slowed_by_its_own_failures_and_a_forged_mark_makes_nothing_known(people):
    owner = signed_in()
    owner.post("/log-out")
    fail(owner, "editor@example.com", ATTEMPTS_MAX)
    assert owner.post("/log-in", {"email": "editor@example.com", "password": PASSWORD}).status_code == 422
    thief = Client()
    thief.cookies["langqiao_device"] = signed_in("reader@example.com").cookies["langqiao_device"].value
    fail(thief, "editor@example.com", 1)
    assert LoginAttempt.objects.filter(email="editor@example.com", device="").count() == 1
    thief.cookies["langqiao_device"] = "forged:mark"
    fail(thief, "editor@example.com", 1)
    assert LoginAttempt.objects.filter(email="editor@example.com", device="").count() == 2


def test_one_address_that_tries_many_accounts_is_stopped(people):
    for number in range(ADDRESS_ATTEMPTS_MAX // 5):
        fail(Client(), f"nobody{number}@example.com", 5)
    answer = Client().post("/log-in", {"email": "reader@example.com", "password": PASSWORD})
    assert answer.status_code == 422
    assert Client(REMOTE_ADDR="10.0.0.9").post("/log-in", {"email": "reader@example.com", "password": PASSWORD}).status_code == 302


def test_an_unknown_account_is_slowed_and_answered_as_a_known_one(people):
    told = []
    for email in ("nobody@example.com", "editor@example.com"):
        client = Client(REMOTE_ADDR=f"10.0.1.{len(told)}")
        fail(client, email, ATTEMPTS_MAX)
        told.append(client.post("/log-in", {"email": email, "password": "wrong"}).context["error"])
    assert told[0] == told[1] and told[0]


def test_behind_a_proxy_the_address_is_what_the_proxy_saw_not_what_the_visitor_says(rf, settings):
    request = rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.7")
    assert address_of(request) == "127.0.0.1"
    settings.HTTPS = True
    assert address_of(request) == "203.0.113.7"


def test_old_failures_are_forgotten_after_a_day(people):
    import datetime as dt

    fail(Client(), "editor@example.com", 2)
    LoginAttempt.objects.filter(pk=LoginAttempt.objects.first().pk).update(at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert attempts_forget() == 1 and LoginAttempt.objects.count() == 1


def asked_link(client, mailoutbox, email="editor@example.com"):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(transaction, "on_commit", lambda call: call())
        assert client.post("/password/reset", {"email": email}).status_code == 200
    return re.search(r"http://testserver(/password/reset/\S+)", mailoutbox[-1].body)[1]


def test_a_forgotten_password_is_set_by_a_letter_once_and_ends_every_session(people, mailoutbox):
    before, browser = signed_in(), Client()
    link = asked_link(browser, mailoutbox)
    assert mailoutbox[-1].to == ["editor@example.com"]
    assert browser.get(link).status_code == 200
    assert browser.post(link, {"new": "short"}).status_code == 422
    assert browser.post(link, {"new": NEW}).status_code == 302
    assert before.get("/account").status_code == 302
    assert browser.get(link).status_code == 409 and browser.post(link, {"new": "yet another sentence"}).status_code == 409
    assert signed_in(password=NEW).get("/account").status_code == 200


def test_a_reset_link_dies_with_the_hour_and_with_a_changed_character(people, mailoutbox, settings):
    link = asked_link(Client(), mailoutbox)
    assert Client().get(link[:-1] + ("a" if link[-1] != "a" else "b")).status_code == 409
    assert Client().get(re.sub(r"reset/[^/]+/", "reset/%21%21/", link)).status_code == 409
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert Client().get(link).status_code == 409


def test_asking_for_a_link_does_not_tell_who_has_an_account_and_fills_no_mailbox(people, mailoutbox):
    pages = [Client().post("/password/reset", {"email": email}).content for email in ("editor@example.com", "nobody@example.com")]
    assert re.sub(rb'value="[^"]{40,}"', b"", pages[0]) == re.sub(rb'value="[^"]{40,}"', b"", pages[1])
    for _ in range(ATTEMPTS_MAX):
        last = Client().post("/password/reset", {"email": "editor@example.com"})
    assert last.status_code == 422


def test_a_second_factor_is_still_asked_after_a_reset(people, mailoutbox):
    from langqiao.web.people.models import TotpFactor
    from langqiao.web.people.sealing import seal

    TotpFactor.objects.create(user=people[Role.EDITOR], sealed_secret=seal("A" * 32), confirmed_at="2026-01-01T00:00:00Z")
    browser = Client()
    browser.post(asked_link(browser, mailoutbox), {"new": NEW})
    assert browser.post("/log-in", {"email": "editor@example.com", "password": NEW}).url.startswith("/log-in/code")


def test_the_page_says_that_letters_are_only_written_to_a_folder(people, settings):
    settings.MAIL_IS_LOCAL = True
    assert b"var/mail" in Client().post("/password/reset", {"email": "editor@example.com"}).content
    settings.MAIL_IS_LOCAL = False
    assert b"var/mail" not in Client().post("/password/reset", {"email": "editor@example.com"}).content
    assert mail.outbox is not None


def test_a_demonstration_user_exists_in_a_demonstration_store_only(db, settings):
    settings.DEMO = False
    with pytest.raises(Refusal):
        demo_prepare()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("demo@langqiao.example", PASSWORD, is_demo=True)
    real = User.objects.create_user("real@example.com", PASSWORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=real.pk).update(is_demo=True)
    settings.DEMO = True
    with pytest.raises(Refusal) as refused:
        demo_store_mark()
    assert refused.value.code == "demo_store_refused"


def test_a_demonstration_user_gets_a_new_password_at_each_start_and_logs_in_with_the_printed_secret(db, settings):
    import pyotp

    settings.DEMO = True
    user, first, _secret = demo_prepare()
    again, second, secret = demo_prepare()
    assert user == again and first != second and DemoStore.objects.count() == 1
    client = Client()
    assert client.post("/log-in", {"email": user.email, "password": second}).url.startswith("/log-in/code")
    assert client.post("/log-in/code", {"code": pyotp.TOTP(secret).now()}).url == "/desk"


def test_a_demonstration_user_does_not_log_in_where_the_setting_is_missing(db, settings):
    settings.DEMO = True
    user, password, _secret = demo_prepare()
    settings.DEMO = False
    answer = Client().post("/log-in", {"email": user.email, "password": password})
    assert answer.status_code == 422 and not answer.wsgi_request.user.is_authenticated


def test_the_platform_is_set_up_once_verified_and_never_in_a_demonstration(db, settings):
    told = {"email": "Op@Example.com", "name": "Op", "organization": "平台", "password": PASSWORD}
    user = platform_set_up(**told)
    platform = Organization.objects.get()
    assert user.email == "op@example.com" and platform.kind == "platform" and platform.is_verified
    with pytest.raises(Refusal) as refused:
        platform_set_up(**told | {"email": "b@example.com", "organization": "二"})
    assert refused.value.code == "already_set_up"
    client = signed_in("op@example.com")
    assert client.get("/desk").url.startswith("/account/second-factor"), "the platform moves money"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME, "Chrome · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17.0 Mobile Safari/604.1", "Safari · iOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox · Linux"),
        ("curl/8.5", ""),
        ("", ""),
    ],
)
def test_a_device_has_a_name_its_owner_knows(agent, name):
    assert device_name(agent) == name
