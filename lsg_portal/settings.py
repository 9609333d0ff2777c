"""Settings, all from the environment.

``DATABASE_URL`` and ``REDIS_URL`` name the services; ``make demo`` and ``make test`` start both and set them.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from importlib.util import find_spec
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from lsg_portal import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEMO = env.bool("LSG_DEMO", default=False)
TESTING = env.bool("LSG_TESTING", default=False)
LSG_BUILD = env.str("LSG_BUILD", default="")  # names the release in every ETag; default: a digest of the code
DEBUG = env.bool("DEBUG", default=False)
VAR_DIR = Path(env.str("LSG_VAR", default=str(BASE_DIR / "var")))

if not env.str("DATABASE_URL", default="") or not env.str("REDIS_URL", default=""):
    raise ImproperlyConfigured(
        "Set DATABASE_URL and REDIS_URL, or let `make demo`, `make test` or `make manage` start both services and set them."
    )
SECRET_KEY = env.str("SECRET_KEY", default="test-only-key" if TESTING else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random value.")

SECRET_KEY_FALLBACKS = env.list(
    "SECRET_KEY_FALLBACKS", default=[]
)  # former keys: second factors are encrypted

ALLOWED_HOSTS = env.list(
    "LSG_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEMO or TESTING else []
)
CSRF_TRUSTED_ORIGINS = env.list("LSG_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "modeltranslation",
    "lsg_portal.pages.admin_config.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rules.apps.AutodiscoverRulesConfig",
    "csp",
    "lsg_portal",
    "lsg_portal.rest",
    "lsg_portal.web",
    "lsg_portal.data",
    "lsg_portal.pages",
    "lsg_portal.demo",
    "audit",
    "registry",
    "accounts",
    "councils",
    "ayil_okmotu",
    "delegation",
    "kpi",
    "reform",
]

if TESTING and find_spec("django_migration_linter"):
    INSTALLED_APPS.append("django_migration_linter")

MIDDLEWARE = [
    "lsg_portal.data.middleware.RequestIdMiddleware",
    "lsg_portal.logs.RequestLogMiddleware",
    "lsg_portal.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lsg_portal.rest.middleware.HostileInputMiddleware",
    "lsg_portal.rest.middleware.VisitorReadMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lsg_portal.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lsg_portal.web.middleware.DayMiddleware",
    "accounts.middleware.ActorMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "lsg_portal.data.middleware.AtomicWritesMiddleware",
]

ROOT_URLCONF = "lsg_portal.urls"
WSGI_APPLICATION = "lsg_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "lsg_portal.web.context.shell",
            ],
            "builtins": ["lsg_portal.web.templatetags.lsg"],
        },
    }
]

DATABASES = {
    "default": {
        **env.db_url("DATABASE_URL"),
        "ENGINE": "lsg_portal.data.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "options": "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
        },
    }
}
DATABASE_OWNER_URL = env.str(
    "DATABASE_OWNER_URL", default=""
)  # for backup and restore; default: DATABASE_URL
LSG_PG_BIN = env.str("LSG_PG_BIN", default="")  # directory of PostgreSQL's programs, for them; default: PATH
# The role that serves. Whoever logs in as the owner (tests, benchmarks, the demo's preparation) assumes it.
LSG_APP_ROLE = env.str("LSG_APP_ROLE", default="lsg_app")
if env.bool("LSG_ASSUME_APP_ROLE", default=TESTING):
    DATABASES["default"]["OPTIONS"]["assume_role"] = LSG_APP_ROLE
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
if TESTING and (
    worker := os.environ.get("PYTEST_XDIST_WORKER")
):  # each has a cache of its own, which it may empty
    REDIS_URL = re.sub(r"(/|db=)\d+$", rf"\g<1>{int(worker.removeprefix('gw')) + 1}", REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "lsg_portal.data.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "lsg",
        "OPTIONS": {"socket_timeout": 3, "socket_connect_timeout": 3},
    }
}

CELERY_BROKER_URL = (
    REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
    if REDIS_URL.startswith("unix://")
    else REDIS_URL
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 3,
    "socket_connect_timeout": 3,
    "visibility_timeout": 3600,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "Asia/Bishkek"

AUTH_USER_MODEL = "accounts.User"
LSG_ACTING_FOR = "accounts.acting.acting_for"  # names a user as the actor of changes
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "accounts.backends.PasswordBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.MaximumLengthValidator"},
    {"NAME": "accounts.passwords.LoginNameValidator"},
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("LSG_TRUSTED_PROXIES", default=0)
vars().update(env.email_url("EMAIL_URL", default="dummymail://"))  # without it no mail is sent
EMAIL_TIMEOUT = 10  # seconds; a mail server that hangs does not hold the worker
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("LSG_MAIL_FROM", default="register@localhost")
ACCOUNT_LOGOUT_ON_GET = False
# wrong passwords and codes are counted in accounts/throttle.py, which locks no owner out
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": None, "reset_password": "20/m/ip"}
ACCOUNT_FORMS = {"login": "accounts.forms.LoginForm"}
ACCOUNT_SESSION_REMEMBER = False  # the cookie goes when the browser is closed
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session goes on, all others end
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute wrong
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "activate_totp": "accounts.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.forms.AddWebAuthnForm",
}
SECOND_FACTOR_WAIVED = DEMO or TESTING  # tests of the second factor switch it on
KNOX_TOKEN_MODEL = "accounts.Token"  # noqa: S105
MIGRATION_MODULES = {"knox": None}  # its own table is replaced by ours
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 7 * 24 * 3600  # seconds from login, used or not
SESSION_IDLE = dt.timedelta(hours=env.int("LSG_SESSION_IDLE_HOURS", default=12))
INVITATION_LIFE = dt.timedelta(days=7)
LSG_CHECKPOINT_PUBLIC_KEYS = env.list(
    "LSG_CHECKPOINT_PUBLIC_KEYS", default=[]
)  # all that ever signed (base64)
LSG_CHECKPOINT_KEY = env.str(
    "LSG_CHECKPOINT_KEY", default=""
)  # signs the journal's checkpoints (Ed25519, base64)
CSRF_FAILURE_VIEW = "lsg_portal.web.errors.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "country"
LOGOUT_REDIRECT_URL = "country"

LANGUAGE_CODE = "ky"
LANGUAGES = [("ky", _("Kyrgyz")), ("ru", _("Russian")), ("en", _("English"))]
# "frameworks" corrects and completes what Django and its libraries say themselves
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "frameworks"]
FORMAT_MODULE_PATH = ["lsg_portal.web.formats"]
MODELTRANSLATION_DEFAULT_LANGUAGE = "ky"
MIGRATION_LINTER_OPTIONS = {
    "exclude_apps": ["account", "mfa", "knox", "auth", "admin", "sessions", "contenttypes"]
}
MODELTRANSLATION_LANGUAGES = ("ky", "ru", "en")
MODELTRANSLATION_FALLBACK_LANGUAGES = {"default": ("ky", "ru"), "en": ("ru", "ky"), "ru": ("ky",)}
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Bishkek"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [
    "br",
    "gif",
    "gz",
    "jpg",
    "map",
    "png",
    "svg.br",
    "webp",
    "woff",
    "woff2",
    "zip",
]
WHITENOISE_AUTOREFRESH = TESTING
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "lsg_portal.rest.authentication.TokenAuthentication",
        "lsg_portal.rest.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": [
        "lsg_portal.rest.renderers.OrjsonRenderer",
        "lsg_portal.rest.renderers.CsvRenderer",
        "lsg_portal.rest.renderers.XlsxRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": ["lsg_portal.rest.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "lsg_portal.rest.negotiation.Negotiation",
    "DEFAULT_SCHEMA_CLASS": "lsg_portal.rest.schema.AutoSchema",
    "EXCEPTION_HANDLER": "lsg_portal.rest.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "URL_FORMAT_OVERRIDE": "format",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
REST_KNOX = {"TOKEN_TTL": dt.timedelta(days=30), "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Register of local self-government of the Kyrgyz Republic",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "RoleKindEnum": "accounts.models.RoleKind.values",
        "SessionKindEnum": "councils.models.SessionKind.values",
        "PostKindEnum": "ayil_okmotu.models.PostKind.values",
        "PowerStatusEnum": "delegation.models.PowerStatus.values",
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_BEHIND_TLS = not (DEMO or TESTING)
SESSION_COOKIE_SECURE = SECURE_BEHIND_TLS
CSRF_COOKIE_SECURE = SECURE_BEHIND_TLS
SECURE_SSL_REDIRECT = SECURE_BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31536000 if SECURE_BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_BEHIND_TLS
SECURE_HSTS_PRELOAD = SECURE_BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_BEHIND_TLS else None

FILE_UPLOAD_HANDLERS = [
    "lsg_portal.data.uploads.receiving.CountingHandler",  # stops a file that is too large while it arrives
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
LOGGING = logs.configuration(
    level=env.str("LSG_LOG_LEVEL", default="WARNING" if TESTING else "INFO"),
    kind=env.str("LSG_LOG_FORMAT", default="console" if DEMO or TESTING else "json"),
    quiet=not TESTING,
)
SILENCED_SYSTEM_CHECKS: list[str] = []
