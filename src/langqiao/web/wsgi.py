"""The WSGI application that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langqiao.web.settings")
application = get_wsgi_application()

import langqiao.web.urls  # noqa: E402, F401 - the pages are imported when a worker starts, not when its first reader waits

gc.freeze()
"""What was loaded stays for the worker's life: the collector no longer walks through it (100 ms a pass) while a reader or a settlement waits."""
