"""The only place that reads the environment."""

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import structlog
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent


def _data_dir() -> Path:
    """Where this installation keeps its files: ORDERWAY_DATA, for root a folder of the system, else the user's own."""
    if given := os.environ.get("ORDERWAY_DATA"):
        return Path(given)
    if os.geteuid() == 0:
        return Path("/var/lib/orderway")
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "orderway"


DATA_DIR = _data_dir()
DEMO_ACCOUNTS, DEMO_DAY = (
    "demo.json",
    "day.json",
)  # in DATA_DIR: who there is in the demo and their password; the day simulated last
BLOBS = os.environ.get("ORDERWAY_BLOBS", str(DATA_DIR / "blobs"))
CLUSTER_DIR = Path(os.environ.get("ORDERWAY_CLUSTER", DATA_DIR / "cluster"))
DATABASE_URL = os.environ.get("DATABASE_URL", "")


def database(url: str) -> dict[str, Any]:
    """A Django database entry from a postgresql:// address; the socket folder may stand in `?host=`."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.get("host") or parts.hostname or "",
        "PORT": options.get("port") or parts.port or "",
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": None,  # psycopg would take back what `wire` has prepared, whenever something is rolled back
            "pool": {"min_size": 1, "max_size": int(os.environ.get("ORDERWAY_POOL", "8")), "timeout": 10},
        },
    }


def _embedded() -> str:
    from orderway.cluster import Cluster

    return Cluster(CLUSTER_DIR).ensure()


def _secret() -> str:
    """The signing key: ORDERWAY_SECRET, else one made once and kept beside the data, readable by its owner alone."""
    if given := os.environ.get("ORDERWAY_SECRET"):
        return given
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    path = DATA_DIR / "secret"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = _secret()
DEBUG = os.environ.get("ORDERWAY_DEBUG") == "1"
PUBLIC_URL = os.environ.get("ORDERWAY_URL", "http://localhost:8000").rstrip("/")  # where links in mails lead
ALLOWED_HOSTS = os.environ.get("ORDERWAY_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
DATABASES = {"default": database(DATABASE_URL or _embedded())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "orderway.kernel",
    "orderway.people",
    "orderway.decisions",
    "orderway.documents",
    "orderway.archive",
    "orderway.workflow",
    "orderway.mail",
    "orderway.parties",
    "orderway.catalog",
    "orderway.stock",
    "orderway.orders",
    "orderway.production",
    "orderway.fulfilment",
    "orderway.billing",
    "orderway.capture",
    "orderway.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "orderway.web.middleware.acting",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "orderway.web.middleware.content_security",
]
ROOT_URLCONF = "orderway.urls"
WSGI_APPLICATION = "orderway.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "orderway.web.shell.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "people.Person"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("ORDERWAY_HTTPS") == "1"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # an order of 1,000 lines has 4 fields a line

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "orderway.web.static_files.ByContent"},
}

EMAIL_BACKEND = (
    f"django.core.mail.backends.{'smtp' if os.environ.get('ORDERWAY_SMTP_HOST') else 'filebased'}.EmailBackend"
)
EMAIL_FILE_PATH = DATA_DIR / "outbox"  # where mail lies that has no server to go to
EMAIL_HOST = os.environ.get("ORDERWAY_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("ORDERWAY_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("ORDERWAY_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("ORDERWAY_SMTP_PASSWORD", "")
EMAIL_SECURITY = os.environ.get("ORDERWAY_SMTP_SECURITY", "")  # starttls, ssl, or empty for neither
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("ORDERWAY_MAIL_FROM", "orders@localhost")

# ways in: a mailbox and a folder that are watched, and the company (its id; else the first one) that what comes in belongs to
IMAP_HOST = os.environ.get("ORDERWAY_IMAP_HOST", "")
IMAP_PORT = int(os.environ.get("ORDERWAY_IMAP_PORT", "993"))
IMAP_USER = os.environ.get("ORDERWAY_IMAP_USER", "")
IMAP_PASSWORD = os.environ.get("ORDERWAY_IMAP_PASSWORD", "")
IMAP_FOLDER = os.environ.get("ORDERWAY_IMAP_FOLDER", "INBOX")
IMAP_SECURITY = os.environ.get("ORDERWAY_IMAP_SECURITY", "ssl")
INLET_FOLDER = os.environ.get("ORDERWAY_INLET_FOLDER", "")
INLET_COMPANY = int(os.environ.get("ORDERWAY_INLET_COMPANY", "0"))

# the tokens of carriers' booking services by host (and port), as JSON; each goes to its host alone, and into no table or backup
CARRIER_TOKENS = json.loads(os.environ.get("ORDERWAY_CARRIER_TOKENS", "{}"))

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# What breaks a page stands in the log; Django keeps it to itself outside of debugging.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"errors": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "loggers": {"django.request": {"handlers": ["errors"]}},
}

# A traceback in the log names places only: the values of variables may be passwords or what customers wrote.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=True),
        structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback),
    ]
)
