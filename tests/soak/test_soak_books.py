"""Eight writers, fifty repetitions, planted bugs and kill -9 at random moments, on both databases; the books are sound after each."""

import json
import os

import pytest

from tests.soak.stores import VENDORS, run, store

KILLS = int(os.environ.get("LANGQIAO_KILLS", "200"))
"""Killed processes on each database; `make soak` asks for 1,000."""


@pytest.fixture(params=VENDORS)
def environment(request, tmp_path):
    return store(request.param, tmp_path)


def race(name, environment):
    return json.loads(run("races", environment, name))


def test_eight_writers_never_overdraw_an_account(environment):
    told = race("overdraw", environment)
    assert told == {"posted": 142, "refused": 178, "left": 1000 - 142 * 7, "escrow": 142 * 7, "problems": []}


def test_the_same_group_sent_fifty_times_has_one_effect(environment):
    assert race("same_key", environment) == {"again": 49, "idempotency_key_reused": 8, "posted": 1, "moved": 5, "problems": []}


def test_a_hold_is_resolved_once_whoever_comes_first(environment):
    assert race("one_hold", environment) == {"won": [1] * 10, "unresolved": 0, "problems": []}


def test_the_chain_never_forks_under_eight_writers(environment):
    told = race("fork", environment)
    assert told == {"acknowledged": 641, "rows": 641, "linked": True, "problems": []}


def test_a_planted_read_compute_write_is_refused_forty_times_of_forty(environment):
    assert race("planted_on", environment) == {"trials": 40, "caught": 40, "problems": []}


def test_a_planted_read_compute_write_past_the_guards_is_found_forty_times_of_forty(environment):
    assert race("planted_off", environment) == {"trials": 40, "caught": 40}


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_a_settling_process_is_killed_at_random_moments(environment, capsys):
    told = json.loads(run("kill", environment, KILLS, timeout_s=30 + 3 * KILLS))
    with capsys.disabled():
        print(f"\nkill -9: {told}")
    assert told["trials"] == KILLS and told["acknowledged"] > 0, (
        "what the process did is verified in the program; here, that it did anything"
    )


@pytest.mark.slow
def test_deals_killed_at_random_moments_go_on_where_they_were_with_money_title_and_record_whole(environment, capsys):
    told = json.loads(run("kill_deals", environment, KILLS, timeout_s=300 + 4 * KILLS))
    with capsys.disabled():
        print(f"\nkill -9 of deals: {told}")
    assert told["trials"] == KILLS and told["acknowledged"] > 0 and told["deals_closed"] > 0
