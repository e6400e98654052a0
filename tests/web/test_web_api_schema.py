"""The whole API against its checked-in description, with made-up requests: no 500, no status or answer that is not described."""

import json
from pathlib import Path

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from langqiao.web.wsgi import application
from tests.web.routes.api import token_for

DESCRIPTION = json.loads((Path(__file__).parents[2] / "docs" / "reference" / "openapi.json").read_text(encoding="utf-8"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
schema = schemathesis.openapi.from_dict(DESCRIPTION)
schema.app = application
# It would import what our modules import as if each name were a module: langqiao.rules.parameters is a function and a folder of data.
schema.config.analysis.constants.enabled = False


@pytest.fixture
def editor_token(db, people, facts_lake, settings):
    """A token of an editor with every scope; the limits are another test's."""
    settings.API_ADDRESS_REQUESTS_A_MINUTE = settings.API_TOKEN_REQUESTS_A_MINUTE = 1_000_000
    return token_for(people["approver"])[1]


@schema.exclude(path_regex="^/api/v1/calc").parametrize()
@hypothesis.settings(max_examples=5, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), phases=[hypothesis.Phase.generate])
def test_a_made_up_request_meets_what_the_description_says(case, editor_token):
    case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {editor_token}"})
