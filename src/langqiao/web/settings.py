"""The settings of the site, from environment variables with safe defaults for one machine."""

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

HERE = Path(__file__).parent
VAR = Path(os.environ.get("LANGQIAO_VAR", "var")).resolve()
LAKE = Path(os.environ.get("LANGQIAO_LAKE", str(VAR / "lake"))).resolve()
DEBUG = os.environ.get("LANGQIAO_DEBUG", "") == "1"
HTTPS = os.environ.get("LANGQIAO_HTTPS", "") == "1"
"""Set behind a proxy that ends TLS: cookies become secure, HSTS is sent, X-Forwarded-Proto is believed."""


def _secret() -> str:
    """The signing key: from the environment, else made once and kept in var/secret.key, readable by its owner only."""
    given = os.environ.get("LANGQIAO_SECRET", "")
    if given:
        return given
    path = VAR / "secret.key"
    if not path.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(60))
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = _secret()
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("LANGQIAO_SECRET_BEFORE", "").split(",") if key]
"""Former keys, so that sessions and sealed secrets outlive a change of the key."""
ALLOWED_HOSTS = [host for host in os.environ.get("LANGQIAO_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("LANGQIAO_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "langqiao.web.common",
    "langqiao.web.people",
    "langqiao.web.work",
    "langqiao.web.patents",
    "langqiao.web.appraisals",
    "langqiao.web.portfolio",
    "langqiao.web.audit",
    "langqiao.web.ledger",
    "langqiao.web.rights",
    "langqiao.web.market",
    "langqiao.web.deals",
    "langqiao.web.royalties",
    "langqiao.web.documents",
    "langqiao.web.notices",
    "langqiao.web.funds",
    "langqiao.web.credit",
    "langqiao.web.securitization",
    "langqiao.web.insurance",
    "langqiao.web.matching",
    "langqiao.web.api",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "langqiao.web.people.sessions.session_seen",
    "langqiao.web.common.middleware.RefusalsAsPages",
    "langqiao.web.common.middleware.private_pages_are_not_stored",
]
ROOT_URLCONF = "langqiao.web.urls"
WSGI_APPLICATION = "langqiao.web.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "langqiao.web.common.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "langqiao.web.common.templatetags.langqiao",
                "langqiao.web.common.templatetags.patent_words",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=600, conn_health_checks=True)
    if os.environ.get("DATABASE_URL")
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR / "langqiao.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            # Deferred transactions gave 196 busy errors in a race test, immediate ones none; FULL because the books will stand here.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR / "cache" / "pages"}}

AUTH_USER_MODEL = "people.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "log_in"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True

PASSWORD_RESET_TIMEOUT = 3600

EMAIL_HOST = os.environ.get("LANGQIAO_MAIL_HOST", "")
MAIL_IS_LOCAL = not EMAIL_HOST
"""Without a mail server, letters are written into var/mail, and the pages that promise a letter say so."""
EMAIL_BACKEND = f"django.core.mail.backends.{'filebased' if MAIL_IS_LOCAL else 'smtp'}.EmailBackend"
EMAIL_FILE_PATH = VAR / "mail"
EMAIL_PORT = int(os.environ.get("LANGQIAO_MAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("LANGQIAO_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("LANGQIAO_MAIL_PASSWORD", "")
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = not EMAIL_USE_SSL and os.environ.get("LANGQIAO_MAIL_PLAIN", "") != "1"
EMAIL_TIMEOUT = 15
WEBHOOK_LOCAL_HOSTS = tuple(host for host in os.environ.get("LANGQIAO_WEBHOOK_LOCAL_HOSTS", "").split(",") if host)
"""Hosts of the own network that webhooks may go to; every other receiver must be on the open Internet."""
SITE_URL = os.environ.get("LANGQIAO_URL", "")
"""The address people know the site by, for links in letters."""
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("LANGQIAO_MAIL_FROM", "langqiao@localhost")

SECOND_FACTOR_FRESH_MINUTES = int(os.environ.get("LANGQIAO_SECOND_FACTOR_MINUTES", "10"))
"""How long after a right code a session may approve money and title."""
DEMO = os.environ.get("LANGQIAO_DEMO", "") == "1"
"""Whether demonstration accounts may exist and log in; `make run` and the scenario set it, nothing else should."""

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [HERE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
"""Numbers are written by our own filters, which know 万 and 亿."""

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [HERE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

MEDIA_ROOT = VAR / "uploads"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
UPLOAD_MAX_BYTES = 256 * 1024 * 1024
UPLOAD_MAX_ROWS = 200_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

API_TOKEN_REQUESTS_A_MINUTE = int(os.environ.get("LANGQIAO_API_TOKEN_RATE", "300"))
API_ADDRESS_REQUESTS_A_MINUTE = int(os.environ.get("LANGQIAO_API_ADDRESS_RATE", "600"))
"""How many requests of the API a token and an address may make in a minute."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"langqiao": {"level": "INFO"}},
}

PRODUCT_NAME = _("Langqiao")
