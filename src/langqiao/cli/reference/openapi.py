"""docs/reference/openapi.json: the description of the API as checked in; a change of the API shows in the diff of this file."""

import json
import os
from collections.abc import Iterator

from langqiao.cli.reference.page import Page


def pages() -> Iterator[Page]:
    """The one page. Django is set up for it, because the table of endpoints names the services of the site."""
    import django  # noqa: PLC0415 - the other pages need no Django
    from django.apps import apps  # noqa: PLC0415

    if not apps.ready:
        os.environ.setdefault("LANGQIAO_SECRET", "nothing is signed with it: only the table of endpoints is read")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langqiao.web.settings")
        django.setup()
    from django.utils.translation import override  # noqa: PLC0415

    from langqiao.web.api.openapi import openapi  # noqa: PLC0415

    with override("en"):
        text = json.dumps(openapi(), ensure_ascii=False, indent=1, sort_keys=True)
    yield Page(path="reference/openapi.json", text=text + "\n")
