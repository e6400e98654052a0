"""The second factor: set up with the password, each code once, recovery codes once, guessing slowed, money and title behind a fresh one."""

import time

import pyotp
import pytest
from django.test import Client

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.models import Record
from langqiao.web.people import factors
from langqiao.web.people.models import Membership, OrganizationKind, RecoveryCode, Role, TotpFactor
from langqiao.web.people.sealing import seal, unseal
from langqiao.web.people.session import FACTOR_AT_KEY, factor_age, must_approve
from langqiao.web.people.throttle import ATTEMPTS_MAX
from tests.web.conftest import PASSWORD, give_factor

STEP = 30


@pytest.fixture
def clock(monkeypatch):
    """A clock of the codes that the test sets forward by steps."""

    class Clock:
        now = 1_800_000_000

        def forward(self, steps=1):
            self.now += steps * STEP

    found = Clock()
    monkeypatch.setattr(factors, "present_s", lambda: found.now)
    return found


@pytest.fixture
def secret(people, clock):
    """The approver's secret; the factor is confirmed."""
    client = Client()
    client.force_login(people[Role.APPROVER])
    page = client.get("/account/second-factor")
    secret = page.context["secret"].replace(" ", "")
    answer = client.post("/account/second-factor", {"password": PASSWORD, "code": pyotp.TOTP(secret).at(clock.now)})
    assert answer.status_code == 200 and len(answer.context["codes"]) == 10
    clock.forward()
    return secret


def code(secret, clock):
    return pyotp.TOTP(secret).at(clock.now)


def test_a_factor_is_set_up_only_with_the_password_and_a_right_code(client, people, clock):
    client.force_login(people[Role.EDITOR])
    seen_before = client.get("/account/second-factor").context["secret"].replace(" ", "")
    secret = client.get("/account/second-factor").context["secret"].replace(" ", "")
    assert seen_before != secret, "whoever saw an earlier page has nothing"
    for told in ({"password": "wrong", "code": code(secret, clock)}, {"password": PASSWORD, "code": code(seen_before, clock)}):
        answer = client.post("/account/second-factor", told)
        assert answer.status_code == 422 and answer.context["secret"].replace(" ", "") == secret, "a slip keeps the picture"
    assert not TotpFactor.objects.get().confirmed_at
    assert client.post("/account/second-factor", {"password": PASSWORD, "code": code(secret, clock)}).status_code == 200
    assert TotpFactor.objects.get().confirmed_at and client.session[FACTOR_AT_KEY]


def test_the_secret_is_drawn_here_and_kept_sealed(client, people, clock):
    client.force_login(people[Role.EDITOR])
    page = client.get("/account/second-factor")
    secret = page.context["secret"].replace(" ", "")
    assert b"<svg" in page.content and b"http://" not in page.context["picture"].encode().replace(b"http://www.w3.org", b"")
    assert secret not in TotpFactor.objects.get().sealed_secret and unseal(TotpFactor.objects.get().sealed_secret) == secret
    assert page["Cache-Control"].startswith("max-age=0") or "no-store" in page["Cache-Control"]


def test_sealed_secrets_and_recovery_codes_outlive_a_change_of_the_sites_key(settings, people, secret):
    sealed = seal("a secret")
    codes = factors.recovery_codes_make(user=people[Role.APPROVER])
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key" * 6
    assert unseal(sealed) == "a secret"
    client = Client()
    client.post("/log-in", {"email": "approver@example.com", "password": PASSWORD})
    assert client.post("/log-in/code", {"code": codes[0]}).url == "/desk"


def test_log_in_asks_for_the_code_and_half_signed_in_is_not_signed_in(client, people, secret, clock):
    answer = client.post("/log-in", {"email": "approver@example.com", "password": PASSWORD, "next": "/data"})
    assert answer.url == "/log-in/code?next=%2Fdata"
    assert client.get("/account").status_code == 302 and client.get("/desk").url.startswith("/log-in")
    assert client.post("/log-in/code", {"code": "000000"}).status_code == 422
    answer = client.post("/log-in/code", {"code": code(secret, clock), "next": "/data"})
    assert answer.url == "/data" and client.get("/account").status_code == 200


def test_the_second_step_ends_when_the_password_changes_or_five_minutes_pass(client, people, secret, clock):
    def first_step():
        client.post("/log-in", {"email": "approver@example.com", "password": PASSWORD})

    first_step()
    session = client.session
    session["half_signed_in"] |= {"at": time.time() - 301}
    session.save()
    assert client.post("/log-in/code", {"code": code(secret, clock)}).url.startswith("/log-in?")
    first_step()
    user = people[Role.APPROVER]
    user.set_password("another long sentence")
    user.save()
    assert client.post("/log-in/code", {"code": code(secret, clock)}).url.startswith("/log-in?")


def test_a_code_works_once_even_in_another_browser(people, secret, clock):
    one, two = Client(), Client()
    for browser in (one, two):
        browser.post("/log-in", {"email": "approver@example.com", "password": PASSWORD})
    given = code(secret, clock)
    assert one.post("/log-in/code", {"code": given}).url == "/desk"
    assert two.post("/log-in/code", {"code": given}).status_code == 422
    clock.forward()
    assert two.post("/log-in/code", {"code": code(secret, clock)}).url == "/desk"


def test_an_older_code_than_the_last_accepted_one_is_refused_and_so_is_one_of_two_minutes_ago(people, secret, clock):
    client = Client()
    client.post("/log-in", {"email": "approver@example.com", "password": PASSWORD})
    before_the_last = pyotp.TOTP(secret).at(clock.now - STEP * 2)
    assert client.post("/log-in/code", {"code": before_the_last}).status_code == 422
    old = code(secret, clock)
    clock.forward(4)
    assert client.post("/log-in/code", {"code": old}).status_code == 422
    assert client.post("/log-in/code", {"code": pyotp.TOTP(secret).at(clock.now - STEP)}).status_code == 302


def test_a_recovery_code_works_once_in_any_writing(people, secret):
    codes = factors.recovery_codes_make(user=people[Role.APPROVER])
    assert not RecoveryCode.objects.filter(code_hash__in=codes).exists()
    for expected in (302, 422):
        client = Client()
        client.post("/log-in", {"email": "approver@example.com", "password": PASSWORD})
        assert client.post("/log-in/code", {"code": codes[3].upper().replace("-", " ")}).status_code == expected
    assert factors.recovery_codes_left(people[Role.APPROVER]) == 9


def test_guessing_codes_is_slowed_even_for_who_knows_the_password(people, secret, clock):
    client = Client()
    client.post("/log-in", {"email": "approver@example.com", "password": PASSWORD})
    for number in range(ATTEMPTS_MAX):
        assert client.post("/log-in/code", {"code": f"{number:06}"}).status_code == 422
    assert client.post("/log-in/code", {"code": code(secret, clock)}).status_code == 422
    assert client.get("/desk").status_code == 302


def test_money_and_title_need_the_role_and_a_fresh_factor(rf, people, settings):
    def request(age_s=None):
        found = rf.post("/")
        found.session = {} if age_s is None else {FACTOR_AT_KEY: time.time() - age_s}
        return found

    def refusal(role, age_s=None):
        membership = Membership.objects.select_related("organization").get(user=people[role], organization=people["first"])
        try:
            must_approve(request(age_s), membership)
        except Refusal as refused:
            return refused.code
        return ""

    settings.SECOND_FACTOR_FRESH_MINUTES = 10
    assert [refusal(role, 1) for role in Role] == ["not_allowed", "not_allowed", "", ""]
    assert [refusal(Role.APPROVER, age) for age in (None, 1, 599, 601, -3600)] == [
        "second_factor_needed", "", "", "second_factor_needed", "second_factor_needed",
    ]  # fmt: skip
    forged = request()
    forged.session = {FACTOR_AT_KEY: "now"}
    assert factor_age(forged) is None


def test_a_step_up_goes_back_and_gives_the_session_another_key(people, secret, clock):
    client = Client()
    client.force_login(people[Role.APPROVER])
    before = client.session.session_key
    assert client.post("/account/second-factor", {"code": "123", "next": "/data"}).status_code == 422
    assert client.post("/account/second-factor", {"code": code(secret, clock), "next": "//evil.example"}).url == "/account"
    assert client.session.session_key != before and client.session[FACTOR_AT_KEY]


def test_the_page_of_a_refused_step_leads_to_the_second_factor_and_back(client, people):
    client.force_login(people[Role.APPROVER])
    page = client.post("/organization/mandates", {}, HTTP_REFERER="http://testserver/organization/people")
    assert page.status_code == 403
    assert b"/account/second-factor?next=http%3A//testserver/organization/people" in page.content


def test_whoever_approves_for_an_organization_that_moves_money_is_led_to_the_factor_first(client, people):
    people["first"].kind = OrganizationKind.BANK
    people["first"].save()
    for role, place in ((Role.READER, None), (Role.EDITOR, None), (Role.APPROVER, "/account/second-factor?next=%2Fdesk"), (Role.ADMIN, "")):
        client.force_login(people[role])
        answer = client.get("/desk")
        assert answer.status_code == (200 if place is None else 302)
        assert place is None or answer.url.startswith(place or "/account/second-factor")


def test_a_factor_is_removed_with_a_fresh_code_and_the_password_but_not_where_the_role_needs_it(people, secret, clock):
    client = Client()
    client.force_login(people[Role.APPROVER])
    assert client.post("/account/second-factor/remove", {"password": PASSWORD}).status_code == 403
    client.post("/account/second-factor", {"code": code(secret, clock)})
    assert client.post("/account/second-factor/remove", {"password": "wrong"}).status_code == 409
    people["first"].kind = OrganizationKind.FUND
    people["first"].save()
    assert client.post("/account/second-factor/remove", {"password": PASSWORD}).status_code == 409
    assert TotpFactor.objects.exists()
    people["first"].kind = OrganizationKind.ENTERPRISE
    people["first"].save()
    assert client.post("/account/second-factor/remove", {"password": PASSWORD}).status_code == 302
    assert not TotpFactor.objects.exists() and not RecoveryCode.objects.exists()


def test_the_record_tells_of_factors_without_secrets_or_addresses(people, secret, clock):
    client = Client()
    client.post("/log-in", {"email": "approver@example.com", "password": PASSWORD})
    client.post("/log-in/code", {"code": "000000"})
    client.post("/log-in/code", {"code": code(secret, clock)})
    told = list(Record.objects.filter(action__startswith="security.").order_by("seq").values_list("action", flat=True))
    assert told == ["security.factor_set", "security.factor_wrong", "security.sign_in"]
    whole = " ".join(Record.objects.values_list("payload", flat=True))
    assert secret not in whole and "127.0.0.1" not in whole and "example.com" not in whole and "mark:" in whole


def test_only_a_demonstration_user_gets_a_factor_without_a_code(people):
    with pytest.raises(Refusal) as refused:
        factors.factor_install(user=people[Role.ADMIN])
    assert refused.value.code == "not_allowed"


def test_who_lost_the_telephone_comes_in_with_a_recovery_code_and_takes_a_new_authenticator(people, secret, clock):
    people["first"].kind = OrganizationKind.BANK
    people["first"].save()
    codes = factors.recovery_codes_make(user=people[Role.APPROVER])
    client = Client()
    client.post("/log-in", {"email": "approver@example.com", "password": PASSWORD})
    client.post("/log-in/code", {"code": codes[0]})
    new = client.get("/account/second-factor/replace").context["secret"].replace(" ", "")
    assert new != secret
    for told in ({"password": "wrong", "code": code(new, clock)}, {"password": PASSWORD, "code": code(secret, clock)}):
        assert client.post("/account/second-factor/replace", told).status_code == 422
    assert unseal(TotpFactor.objects.get().sealed_secret) == secret, "the old one works until the new one has given a code"
    done = client.post("/account/second-factor/replace", {"password": PASSWORD, "code": code(new, clock)})
    assert len(done.context["codes"]) == 10 and unseal(TotpFactor.objects.get().sealed_secret) == new
    clock.forward()
    for given, status in ((codes[1], 422), (code(secret, clock), 422), (code(new, clock), 302)):
        client = Client()
        client.post("/log-in", {"email": "approver@example.com", "password": PASSWORD})
        assert client.post("/log-in/code", {"code": given}).status_code == status


def test_a_new_authenticator_needs_a_fresh_code_of_the_old_one(client, people, secret):
    client.force_login(people[Role.APPROVER])
    assert client.get("/account/second-factor/replace").status_code == 403
    give_factor(client)
    assert client.get("/account/second-factor/replace").status_code == 200
    client.force_login(people[Role.EDITOR])
    give_factor(client)
    assert client.get("/account/second-factor/replace").status_code == 403, "an editor who has none sets up the first one"
