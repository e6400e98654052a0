"""The endpoints of the API: who may call each, with which path and body; and how the tests carry a token instead of a cookie.

The door of calculations is open to anybody and knows no organization's data.
"""

import datetime as dt
import itertools
import json

from django.urls import resolve
from django.utils import timezone

from langqiao.web.api.models import SCOPES, ApiToken
from langqiao.web.api.table import ENDPOINTS
from langqiao.web.api.tokens import token_hash
from tests.web.routes import insurance, matching, people, securitization
from tests.web.routes.who import ADMINS, ANY_APPROVER, ANY_EDITOR, ANY_MEMBER, ANYBODY, APPROVERS, EDITORS, KEY, MEMBERS, PLATFORM, Rule

COUNT = itertools.count(1)
INSIDE = frozenset({"reader", "editor", "approver", "unconfirmed", "admin"})
DEAL = {"deal_id": "deal"}
FILE = {"name": "a.csv", "content_base64": "bnVtYmVy"}
NOBODY = Rule(opens=frozenset(), hides=frozenset({"other", "office", "platform"}))
"""What the first organization sees and may not do there: it is for the other side, or not now."""
NOT_THERE = Rule(opens=frozenset(), hides=frozenset({"editor", "approver", "unconfirmed", "admin", "other", "office", "platform"}))
"""What is not there at all; a reader is refused before."""
WHO = {
    "me": (ANY_MEMBER, {}, None),
    "second_factor": (ANY_MEMBER, {}, {"code": "000000"}),
    "patents": (ANY_MEMBER, {}, None),
    **{name: (ANY_MEMBER, {"key": KEY}, None) for name in ("patent", "patent_right", "patent_operations", "patent_grade", "patent_value")},
    "portfolios": (ANY_MEMBER, {}, None),
    "portfolio": (MEMBERS, {"portfolio_id": "portfolio"}, None),
    "portfolio_items": (MEMBERS, {"portfolio_id": "portfolio"}, None),
    **dict.fromkeys(("listings", "demands", "windows", "deals", "rights", "petitions", "accounts", "payments"), (ANY_MEMBER, {}, None)),
    **dict.fromkeys(("records", "notices", "documents"), (ANY_MEMBER, {}, None)),
    "listing": (MEMBERS, {"listing_id": "listing_draft"}, None),
    "listing_new": (ANY_EDITOR, {}, {"mode": "assignment", "patents": [KEY], "title": "T"}),
    "listing_change": (EDITORS, {"listing_id": "listing_draft"}, {"mode": "assignment", "patents": [KEY], "title": "T", "version": 1}),
    "listing_step": (EDITORS, {"listing_id": "listing_draft"}, {"event": "submit"}),
    "listing_interests": (MEMBERS, {"listing_id": "listing_draft"}, None),
    "listing_interest": (ANY_EDITOR, {"listing_id": "listing"}, {"wants": True, "reasons": ["fit"]}),
    "interest_answer": (EDITORS, {"interest_id": "interest"}, {"accept": True, "reasons": ["fit"]}),
    "listing_confidence": (ANY_APPROVER, {"listing_id": "listing"}, {"language": "en"}),
    "listing_deal": (ANY_EDITOR, {"listing_id": "listing"}, {}),
    "demand": (MEMBERS, {"demand_id": "demand_draft"}, None),
    "demand_new": (ANY_EDITOR, {}, {"title": "T"}),
    "demand_change": (EDITORS, {"demand_id": "demand_draft"}, {"title": "T", "version": 1}),
    "demand_step": (EDITORS, {"demand_id": "demand_draft"}, {"event": "submit"}),
    "demand_proposals": (MEMBERS, {"demand_id": "demand_draft"}, None),
    "demand_propose": (ANY_EDITOR, {"demand_id": "demand"}, {"patent": KEY, "reasons": ["fit"]}),
    "window": (MEMBERS, {"window_id": "window_draft"}, None),
    "window_new": (ANY_EDITOR, {}, {"title": "T"}),
    "window_step": (EDITORS, {"window_id": "window_draft"}, {"event": "open"}),
    "window_offers": (MEMBERS, {"window_id": "window_draft"}, None),
    "window_offer": (ANY_EDITOR, {"window_id": "window"}, {"patent": KEY, "price_fen": 100}),
    "offer_withdraw": (EDITORS, {"window_id": "window", "offer_id": "offer"}, {}),
    "offer_decide": (EDITORS, {"window_id": "window", "offer_id": "offer"}, {"accept": True, "reasons": ["fit"]}),
    "deal": (MEMBERS, {"deal_id": "deal"}, None),
    "deal_open": (ANY_EDITOR, {}, {"kind": "assignment", "other": "Third", "patents": [KEY]}),
    "deal_steps": (MEMBERS, {"deal_id": "deal"}, None),
    "deal_step": (EDITORS, {"deal_id": "deal"}, {"event": "sign_nda"}),
    "deal_request": (EDITORS, {"deal_id": "deal"}, {"event": "make_offer"}),
    "deal_decline": (EDITORS, {"deal_id": "deal", "request_id": "deal_request"}, {}),
    "right_claim": (ANY_EDITOR, {"key": KEY}, {"owners": [{"name": "First"}], "mine": "First"}),
    "right_event": (ANY_EDITOR, {"key": KEY}, {"kind": "nothing", "fields": {}}),
    "right_correct": (ANY_EDITOR, {"key": KEY}, {"target": "fact:filing_date", "fields": {"value": "2011-09-01"}}),
    "petition": (Rule(opens=INSIDE | {"office", "platform"}, hides=frozenset({"other"})), {"petition_id": "right petition"}, None),
    "petition_withdraw": (
        Rule(opens=INSIDE - {"reader"}, hides=frozenset({"other", "office", "platform"})),
        {"petition_id": "right petition"},
        {},
    ),
    "petition_decide": (
        Rule(opens=frozenset({"office", "platform"}), hides=frozenset({"other"})),
        {"petition_id": "right petition"},
        {"event": "refuse", "reasons": "No."},
    ),
    "account": (MEMBERS, {"account": "client account"}, None),
    "account_lines": (MEMBERS, {"account": "client account"}, None),
    "transfer": (Rule(opens=INSIDE | {"platform"}, hides=frozenset({"other", "office"})), {"seq": "transfer number"}, None),
    "payment_ask": (ANY_EDITOR, {}, {"direction": "in", "amount_fen": 0}),
    "payment": (MEMBERS, {"payment_id": "payment"}, None),
    "payment_decide": (APPROVERS, {"payment_id": "payment"}, {"approve": False}),
    "record": (Rule(opens=INSIDE | {"office", "platform"}, hides=frozenset({"other"})), {"seq": "audit record"}, None),
    "record_proof": (Rule(opens=INSIDE | {"office", "platform"}, hides=frozenset({"other"})), {"seq": "audit record"}, None),
    "notices_read": (ANY_MEMBER, {}, {"last_id": 1}),
    "webhooks": (Rule(opens=frozenset({"admin", "other", "office", "platform"})), {}, None),
    "webhook_new": (Rule(opens=frozenset({"admin", "other", "office", "platform"})), {}, {"url": "http://127.0.0.1/"}),
    "webhook_end": (
        Rule(opens=frozenset({"admin"}), hides=frozenset({"other", "office", "platform"})),
        {"webhook_id": "webhook"},
        {},
    ),
    **dict.fromkeys(("consents", "royalties", "my_income", "jobs", "views", "watches", "mail_wish", "annuities"), (ANY_MEMBER, {}, None)),
    **dict.fromkeys(("deal_room", "deal_contract", "deal_invoices"), (MEMBERS, DEAL, None)),
    "deal_diligence": (NOBODY, DEAL, None),
    "deal_confidence": (EDITORS, DEAL, {"sha256": "0" * 64}),
    "deal_question": (EDITORS, DEAL, {"text": "Which?"}),
    "deal_answer": (NOT_THERE, DEAL | {"question_id": "1"}, {"text": "That."}),
    "deal_file_put": (EDITORS, DEAL, FILE),
    "deal_file": (MEMBERS, DEAL | {"file_id": "deal_file"}, None),
    "deal_consent_note": (EDITORS, DEAL, {"holder": "Somebody", "basis": "co_owner"}),
    "deal_publicity": (EDITORS, DEAL, {"result_name": "R", "begun_on": "2026-01-05"}),
    "deal_objection": (NOT_THERE, DEAL, {"text": ""}),
    "deal_clearance": (EDITORS, DEAL, {"number": "X-1", "on": "2026-01-05"}),
    "deal_receipt": (EDITORS, DEAL, {"kind": "registration", "number": "R-1", "on": "2026-01-05"}),
    "deal_terms": (EDITORS, DEAL, {"fields": {}}),
    "deal_contract_make": (EDITORS, DEAL, {"given": {}}),
    "document_sign": (APPROVERS, {"document_id": "document"}, {}),
    "document_file": (MEMBERS, {"document_id": "document"}, None),
    "package": (MEMBERS, DEAL | {"package": "assignment_registration"}, None),
    "package_paper": (EDITORS, DEAL | {"package": "assignment_registration", "paper": "no_such_paper"}, FILE),
    "package_make": (EDITORS, DEAL | {"package": "assignment_registration"}, {"facts": {}}),
    "deal_certificate": (EDITORS, DEAL, {}),
    "deal_taking_certificate": (NOBODY, DEAL, {}),
    "deal_invoice_ask": (NOBODY, DEAL, {"amount_fen": 1, "item": "x", "tax_rate": "6%", "send_to": "y"}),
    "deal_invoice_issued": (EDITORS, DEAL | {"invoice_id": "deal_invoice"}, {"number": "1", "issued_on": "2026-01-05"}),
    "deal_annuity_order": (EDITORS, DEAL, {"payer": "Office"}),
    "deal_holdback": (NOBODY, DEAL, {}),
    "consent": (MEMBERS, {"consent_id": "deal_consent"}, None),
    "consent_answer": (APPROVERS, {"consent_id": "deal_consent"}, {"agree": True, "terms_sha256": "0" * 64}),
    "royalty_license": (MEMBERS, {"deal_id": "royalty_deal"}, None),
    "royalty_state": (NOBODY, {"deal_id": "royalty_deal"}, {"number": 1, "net_sales_fen": 1}),
    "royalty_pay": (NOBODY, {"statement_id": "royalty_statement"}, {}),
    "royalty_statement_audit": (EDITORS, {"statement_id": "royalty_statement"}, {"net_sales_fen": 1}),
    "inventor_rule": (ANY_EDITOR, {}, {"share": "none", "document": "D", "since": "2026-01-05"}),
    "royalty_distribute": (EDITORS, {"deal_id": "royalty_deal"}, {"inventors": [{"name": "A", "share": "100%"}]}),
    "distribution_decide": (EDITORS, {"distribution_id": "distribution"}, {"approve": False}),
    "share_paid": (APPROVERS, {"share_id": "inventor_share"}, {"receipt": "B-1"}),
    **dict.fromkeys(("bank_lines", "trial_balance"), (PLATFORM, {}, None)),
    "bank_import": (PLATFORM, {}, FILE),
    "bank_assign": (PLATFORM, {"line_id": "suspense line"}, {"organization_id": 999_999}),
    "loans": (ANY_MEMBER, {}, None),
    "loan": (MEMBERS, {"loan_id": "loan"}, None),
    "loan_new": (ANY_EDITOR, {}, {"fields": {}}),
    "loan_step": (EDITORS, {"loan_id": "loan"}, {"event": "submit"}),
    "loan_request": (EDITORS, {"loan_id": "loan"}, {"event": "submit"}),
    "loan_decline": (EDITORS, {"request_id": "loan_request"}, {}),
    "head_sign": (ANY_EDITOR, {}, {}),
    "portfolio_new": (ANY_EDITOR, {}, {"name": "New"}),
    "portfolio_upload": (EDITORS, {"portfolio_id": "portfolio"}, FILE),
    "portfolio_add": (EDITORS, {"portfolio_id": "portfolio"}, {"patents": [KEY]}),
    "portfolio_refresh": (EDITORS, {"portfolio_id": "portfolio"}, {}),
    "portfolio_delete": (EDITORS, {"portfolio_id": "portfolio"}, {"name": "another"}),
    "job": (MEMBERS, {"job_id": "job"}, None),
    "job_cancel": (EDITORS, {"job_id": "job"}, {}),
    "grade_record": (ANY_EDITOR, {"key": KEY}, {}),
    "opinion_record": (ANY_EDITOR, {"key": KEY}, {}),
    "view_new": (ANY_MEMBER, {}, {"name": "V", "query": "q=x"}),
    "view_end": (EDITORS, {"view_id": "feed_view"}, {}),
    "view_feed": (MEMBERS, {"view_id": "feed_view"}, {}),
    "watch_new": (ANY_EDITOR, {}, {"number": KEY}),
    "watch_end": (EDITORS, {"watch_id": "watch"}, {}),
    "mail_wish_set": (ANY_MEMBER, {}, {"what": "deadlines"}),
    **insurance.API,
    "delivery_again": (ADMINS, {"delivery_id": "delivery"}, {}),
    **matching.API,
    **people.API,
    **securitization.API,
    "document": (MEMBERS, {"document_id": "document"}, None),
    "document_verification": (MEMBERS, {"document_id": "document"}, None),
}
"""Endpoint → (who, values of the path, body). A code that nobody has is refused (409) to whoever may give one."""
METHODS = {endpoint.name: endpoint.method.lower() for endpoint in ENDPOINTS}
SHARED = {endpoint.name for endpoint in ENDPOINTS}
"""What is read from the table; tests/web/test_web_api_routes.py opens each, also where two methods share an address."""
FIRST = {endpoint.route: endpoint.name for endpoint in reversed(ENDPOINTS)}
"""Route → the endpoint that names its address."""

ROUTES = {
    "api_openapi": (ANYBODY, "get", {}),
    "api_calc_names": (ANYBODY, "get", {}),
    "api_calc": (ANYBODY, "post", {"name": "fund.waterfall"}),
    "api_calc_schema": (ANYBODY, "get", {"name": "fund.waterfall"}),
    "api_unknown": (ANYBODY, "get", {"rest": "nowhere"}),
    "api_tokens": (ANY_MEMBER, "get", {}),
    "api_token_new": (ANY_MEMBER, "post", {}),
    "api_token_end": (Rule(opens=frozenset({"editor"}), hides=INSIDE | {"other", "office", "platform"}), "post", {"token_id": "api_token"}),
    **{f"api_{name}": (WHO[name][0], METHODS[name], WHO[name][1]) for name in FIRST.values() if name in WHO},
}


def owned(people):
    """A token of the first organization's editor."""
    return {"api_token": token_for(people["editor"], people["first"])[0].pk}


def token_for(user, organization=None, *, scopes=SCOPES, factor=True):
    """(token, its text) for a user's first organization; None for a user of none."""
    memberships = user.memberships.filter(organization=organization) if organization else user.memberships.all()
    membership = memberships.first()
    if membership is None:
        return None
    text, now = f"lq_test_{next(COUNT)}", timezone.now()
    token = ApiToken.objects.create(
        membership=membership, name="test", token_hash=token_hash(text), begins=text[:8], scopes=list(scopes),
        expires_at=now + dt.timedelta(days=1), factor_at=now if factor else None,
    )  # fmt: skip
    return token, text


def credentials(user, *, confirmed=True):
    """What a request of the API carries so that the API knows the user; never a cookie, which another site could send along."""
    made = token_for(user, scopes=SCOPES if confirmed else [scope for scope in SCOPES if scope != "approve"], factor=confirmed)
    return {"Authorization": f"Bearer {made[1]}"} if made else {}


def ask(client, method, address, *, headers, body=None):
    """A request of the API as its endpoint takes it."""
    if method == "get":
        return client.get(address, headers=headers)
    if body is None:
        body = WHO.get(resolve(address).url_name.removeprefix("api_"), (None, None, {}))[2]
    headers = {"Idempotency-Key": f"key-{next(COUNT)}"} | headers
    return client.post(address, data=json.dumps(body or {}), content_type="application/json", headers=headers)
