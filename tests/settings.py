"""The site's settings for tests: a folder of its own for everything that is written, plain static files, fast hashing of passwords."""

import os
import tempfile

os.environ["LANGQIAO_VAR"] = os.environ.get("LANGQIAO_TEST_VAR") or tempfile.mkdtemp(prefix="langqiao-test-")
os.environ["LANGQIAO_LAKE"] = os.path.join(os.environ["LANGQIAO_VAR"], "lake")  # noqa: PTH118 - before anything else is imported

from langqiao.web.settings import *  # noqa: F403
from langqiao.web.settings import MIDDLEWARE, STORAGES

if os.environ.get("LANGQIAO_TEST_DATABASE") == "postgres":
    import dj_database_url

    from tests import postgres

    DATABASES = {"default": dj_database_url.parse(postgres.url())}

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
