"""How many requests a token and an address may make in a minute: counted in the database, so that all processes count together."""

import time

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.api.models import ApiCount

MINUTE_S = 60
KEPT_MINUTES = 5
_COUNT = (
    "INSERT INTO api_apicount (bucket, minute, count) VALUES (%s, %s, 1)"
    " ON CONFLICT (bucket, minute) DO UPDATE SET count = api_apicount.count + 1 RETURNING count"
)


def count_request(bucket: str, most: int) -> None:
    """Counts one request. Refused (too_many_requests) above `most` in this minute; `facts["retry_after"]` are the seconds to the next."""
    now = int(time.time())
    minute = now // MINUTE_S
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_COUNT, [bucket[:80], minute])
        count = int(cursor.fetchone()[0])
        if count == 1:
            ApiCount.objects.filter(minute__lt=minute - KEPT_MINUTES).delete()
    if count > most:
        message = _("More than %(most)d requests in a minute. Wait and try again.") % {"most": most}
        raise Refusal("too_many_requests", message, facts={"most": most, "retry_after": MINUTE_S - now % MINUTE_S})


def count_address(address: str) -> None:
    """Counts a request of an address, before it is known whose it is."""
    count_request(f"address/{address}", settings.API_ADDRESS_REQUESTS_A_MINUTE)


def count_token(token_id: int) -> None:
    """Counts a request of a token."""
    count_request(f"token/{token_id}", settings.API_TOKEN_REQUESTS_A_MINUTE)
