"""The WSGI application that gunicorn serves."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langqiao.web.settings")
application = get_wsgi_application()

import langqiao.web.urls  # noqa: E402, F401 - the pages are imported when a worker starts, not when its first reader waits
from langqiao.web.patents.warming import warm_later  # noqa: E402

gc.freeze()
"""What was loaded stays for the worker's life: the collector no longer walks through it (100 ms a pass) while a reader or a settlement waits."""
if "gunicorn" in sys.modules:
    warm_later()
