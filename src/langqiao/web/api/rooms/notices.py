"""Being told: the organization's notices, and its webhooks."""

import datetime as dt
import uuid

from pydantic import Field

from langqiao.web.api.endpoint import INT_MAX, Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.notices.models import Notice, Webhook
from langqiao.web.notices.selectors import last_read, webhooks_of
from langqiao.web.notices.services import delivery_again, notices_read, webhook_end, webhook_make
from langqiao.web.notices.words import sentence


class NoticeTold(Told):
    """A notice in the language asked for."""

    id: int
    at: dt.datetime
    action: str
    message: str
    subject: str
    record_seq: int | None
    due_on: dt.date | None


class NoticesTold(Told):
    """A page of notices, newest first; `last_read`: up to which the member has read."""

    items: list[NoticeTold]
    next_cursor: str | None
    last_read: int


class ReadGiven(Given):
    """The newest notice that was read."""

    last_id: int = Field(ge=0, le=INT_MAX)


class ReadTold(Told):
    """Up to which notice the member has read."""

    last_read: int


class WebhookGiven(Given):
    """An address on the Internet, and which actions it is told of; none means all."""

    url: str = Field(min_length=8, max_length=500)
    actions: list[str] = Field(default=[], max_length=200)


class WebhookTold(Told):
    """A webhook."""

    id: uuid.UUID
    url: str
    actions: list[str]
    is_active: bool
    created_at: dt.datetime


class WebhookMadeTold(WebhookTold):
    """A new webhook with the secret that signs its letters: told in this answer only."""

    secret: str


class WebhooksTold(Told):
    """The webhooks that work."""

    items: list[WebhookTold]


def _notice(one: Notice) -> NoticeTold:
    same = {name: getattr(one, name) for name in NoticeTold.model_fields if name != "message"}
    return NoticeTold(**same, message=str(sentence(one.action)))


def notices(call: Call) -> NoticesTold:
    """The organization's notices."""
    found = Notice.objects.filter(organization=call.membership.organization)
    rows, after = page(found, by=("pk",), cursor=call.query.cursor, limit=call.query.limit)
    return NoticesTold(**listed(rows, _notice, after), last_read=last_read(call.membership))


def read(call: Call) -> ReadTold:
    """Marks notices as read up to one; never backward."""
    notices_read(membership=call.membership, last_id=call.body.last_id)
    return ReadTold(last_read=last_read(call.membership))


def _webhook(one: Webhook) -> dict[str, object]:
    return {name: getattr(one, name) for name in WebhookTold.model_fields}


def webhooks(call: Call) -> WebhooksTold:
    """The organization's webhooks."""
    return WebhooksTold(items=[WebhookTold.model_validate(_webhook(one)) for one in webhooks_of(call.membership)])


def webhook_new(call: Call) -> WebhookMadeTold:
    """Makes a webhook; an address inside a network is refused."""
    made, secret = webhook_make(membership=call.membership, url=call.body.url, actions=call.body.actions, by=call.user)
    return WebhookMadeTold.model_validate({**_webhook(made), "secret": secret})


def webhook_stop(call: Call) -> WebhooksTold:
    """Ends a webhook; what waits for it is not sent. Answers with those that still work."""
    webhook_end(membership=call.membership, webhook_id=call.uuid("webhook_id"), by=call.user)
    return webhooks(call)


class DeliveryTold(Told):
    """A delivery of a notice to a webhook."""

    id: uuid.UUID
    state: str
    attempts: int


def again(call: Call) -> DeliveryTold:
    """Sends a failed delivery again, from the first pause on."""
    made = delivery_again(membership=call.membership, delivery_id=call.uuid("delivery_id"))
    return DeliveryTold(**{name: getattr(made, name) for name in DeliveryTold.model_fields})


ENDPOINTS = (
    Endpoint(
        method="GET", path="/notices", name="notices", scope="read", act=notices, answer=NoticesTold, query=Paging,
        summary="The organization's notices",
    ),
    Endpoint(
        method="POST", path="/notices/read", name="notices_read", scope="read", act=read, answer=ReadTold, body=ReadGiven,
        summary="Mark notices as read up to one", example={"last_id": 1},
    ),
    Endpoint(
        method="GET", path="/webhooks", name="webhooks", scope="admin", act=webhooks, answer=WebhooksTold, role="admin",
        summary="The organization's webhooks (administrators)",
    ),
    Endpoint(
        method="POST", path="/webhooks", name="webhook_new", scope="admin", act=webhook_new, answer=WebhookMadeTold, body=WebhookGiven,
        status=201, role="admin", summary="Make a webhook (administrators)", example={"url": "https://example.com/hook", "actions": []},
    ),
    Endpoint(
        method="POST", path="/webhooks/{webhook_id:uuid}/end", name="webhook_end", scope="admin", act=webhook_stop, answer=WebhooksTold,
        body=Nothing, role="admin", summary="End a webhook (administrators)",
    ),
    Endpoint(
        method="POST", path="/deliveries/{delivery_id:uuid}/again", name="delivery_again", scope="admin", act=again, answer=DeliveryTold,
        body=Nothing, role="admin", summary="Send a failed delivery again",
    ),
)  # fmt: skip
