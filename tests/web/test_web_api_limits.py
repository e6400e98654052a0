"""The calculation door counts by address, and says when to come again."""

import json

import pytest

from langqiao.engine import register


@pytest.mark.django_db
def test_an_address_that_calculates_too_often_is_told_when_to_come_again(client, settings):
    settings.API_ADDRESS_REQUESTS_A_MINUTE = 2
    found = next(one for one in register.all_calculations() if one.example)
    address = f"/api/v1/calc/{found.name}"
    answers = [client.post(address, json.dumps(dict(found.example)), content_type="application/json") for _ in range(3)]
    assert [answer.status_code == 429 for answer in answers] == [False, False, True]
    told = answers[2].json()["error"]
    assert told["code"] == "too_many_requests" and told["message"] and 1 <= int(answers[2]["Retry-After"]) <= 60
    assert client.get("/api/v1/calc").status_code == 200, "reading the list is not counted"
