"""The hub's settings: one place, read from the environment, each with a default that is safe on one's own machine."""

import logging
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from rempart.hub.database import embedded_url
from rempart.hub.file_storage import file_storage
from rempart.hub.operations.logs import configure, logging_settings
from rempart.hub.place import data_folder
from rempart.hub.secret import secret_key

env = environ.Env()

HUB = Path(__file__).parent
DATA_FOLDER = data_folder()
SITE_URL = env("REMPART_HUB_URL", default="http://localhost:8000").rstrip("/")
DEMO = env.bool("REMPART_HUB_DEMO", default=False)
"""The site shows simulated files, and says so on every page."""

PUBLISHER = env("REMPART_HUB_PUBLISHER", default="")
CONTACT = env("REMPART_HUB_CONTACT", default="")
"""Who runs this site and where to write to them: the legal notice and the accessibility statement say it."""

GALLERY = env.bool("REMPART_HUB_GALLERY", default=False)
"""Open `/theme/`, the page that shows every component in every state, to those who work on the look."""

DEBUG = False
SECRET_KEY = env("REMPART_HUB_SECRET_KEY", default="") or secret_key(DATA_FOLDER)
ALLOWED_HOSTS = env.list("REMPART_HUB_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "rempart.hub.theme",
    "rempart.hub.common",
    "rempart.hub.territory",
    "rempart.hub.accounts",
    "rempart.hub.funding.calls",
    "rempart.hub.funding.applications",
    "rempart.hub.funding.proofs",
    "rempart.hub.funding.ledger",
    "rempart.hub.funding.decisions",
    "rempart.hub.journal",
    "rempart.hub.exports",
    "rempart.hub.dashboards",
    "rempart.hub.pages.public",
    "rempart.hub.pages.account",
    "rempart.hub.pages.candidate",
    "rempart.hub.pages.instruction",
    "rempart.hub.pages.steering",
    "rempart.hub.pages.administration",
    "rempart.hub.api",
    "rempart.hub.demo",
    "rempart.hub.operations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_cotton",
    "django_htmx",
    "django_structlog",
    "csp",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "rules",
]

MIDDLEWARE = [
    "rempart.hub.operations.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "rempart.hub.api.middleware.ApiMiddleware",
    "rempart.hub.accounts.middleware.SecondFactorMiddleware",
    "rempart.hub.common.readonly.ReadOnlyGetMiddleware",
]

ROOT_URLCONF = "rempart.hub.urls"
WSGI_APPLICATION = "rempart.hub.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HUB / "theme" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "rempart.hub.theme.context.house",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "rempart.hub.theme.templatetags.rempart",
            ],
        },
    }
]
COTTON_DIR = "components"

DATABASES = {
    "default": {
        **env.db_url_config(env("DATABASE_URL", default=embedded_url(DATA_FOLDER / "postgresql"))),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "hub_cache"},
    "public": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "public", "TIMEOUT": 60},
}
"""The first is in the database, so that all processes count failed sign-ins together. The second, in each process,
keeps for a minute what is the same for everybody, and nothing that depends on who asks."""

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
OIDC_PROVIDERS = {
    code: tuple(
        env(f"REMPART_HUB_{code.upper()}_{name}", default="") for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")
    )
    for code in ("psc", "proconnect")
}
"""Issuer, client id and client secret of each identity provider; one without all three is not offered."""
PROCONNECT_ACR = env.list("REMPART_HUB_PROCONNECT_ACR", default=["eidas2", "eidas3"])
"""The levels of ProConnect that let in: those with a second factor. Empty: any, and none is asked for."""
ACCOUNT_ADAPTER = "rempart.hub.accounts.adapters.AccountAdapter"
_FORMS = "rempart.hub.pages.account.allauth_forms"
ACCOUNT_FORMS = {
    "login": f"{_FORMS}.Login",
    "add_email": f"{_FORMS}.ChangeEmail",
    "change_password": f"{_FORMS}.ChangePassword",
    "set_password": f"{_FORMS}.SetPassword",
    "reset_password": f"{_FORMS}.ResetPassword",
    "reset_password_from_key": f"{_FORMS}.NewPassword",
    "confirm_password_reset_code": f"{_FORMS}.ResetCode",
    "confirm_email_verification_code": f"{_FORMS}.EmailCode",
    "reauthenticate": f"{_FORMS}.Reauthenticate",
}
MFA_FORMS = {
    "authenticate": f"{_FORMS}.FactorCode",
    "reauthenticate": f"{_FORMS}.FactorCodeAgain",
    "activate_totp": f"{_FORMS}.ActivateApp",
    "add_webauthn": f"{_FORMS}.AddKey",
    "edit_webauthn": f"{_FORMS}.EditKey",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("REMPART_HUB_PROXY", default=False) else 0
MFA_ADAPTER = "rempart.hub.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SIGN_OUT_ORIGINS = (
    ["/".join(OIDC_PROVIDERS["proconnect"][0].split("/")[:3])] if all(OIDC_PROVIDERS["proconnect"]) else []
)
"""Where signing out of Rempart goes on to: ProConnect ends its own session too."""
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("REMPART_HUB_PROXY", default=False) else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *SIGN_OUT_ORIGINS],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_SECURE = HTTPS
USE_TZ = True
TIME_ZONE = "Europe/Paris"

REMPART_API_RATE = env.int("REMPART_HUB_API_RATE", default=300)
"""Calls one token may make in a minute."""

STATIC_URL = "static/"
STATIC_ROOT = DATA_FOLDER / "static"
STATICFILES_DIRS = [
    ("kernel", HUB.parent / "measurement" / "render" / "static"),
    ("fonts", HUB.parent / "measurement" / "render" / "fonts"),
]
STORAGES = {
    "default": file_storage(env, DATA_FOLDER),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DOCUMENT_MAX_BYTES = env.int("REMPART_HUB_DOCUMENT_MAX_MB", default=25) * 1_000_000
CLAMD = env("REMPART_HUB_CLAMD", default="")
"""The antivirus: `tcp://host:port` or `unix:///path`. Empty: none, and the hub says so."""
RECEIPT_KEY = env("REMPART_HUB_RECEIPT_KEY", default="")
"""The hub's private key (PEM) for receipts. Empty: one is made in the data folder."""
CHALLENGE_DAYS = env.int("REMPART_HUB_CHALLENGE_DAYS", default=14)
ATTESTATION_DAYS = env.int("REMPART_HUB_ATTESTATION_DAYS", default=120)
"""How old a measure may be when it is deposited; a call's rule may ask for a fresher one."""
UNKNOWN_CATALOGUE_TO_REVIEW = env.bool("REMPART_HUB_UNKNOWN_CATALOGUE_TO_REVIEW", default=False)

EMAIL_CONFIG = env.email_url("REMPART_HUB_EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env("REMPART_HUB_EMAIL_FROM", default="Rempart <ne-pas-repondre@localhost>")
RETENTION_DRAFT_MONTHS = env.int("REMPART_HUB_RETENTION_DRAFT_MONTHS", default=3)
"""How long an idle draft is kept; its applicant is warned two weeks before."""
RETENTION_ENDED_MONTHS = min(env.int("REMPART_HUB_RETENTION_ENDED_MONTHS", default=12), 60)
"""How long the content of an ended file is kept, 60 months at most; a file under instruction is never erased."""

LOGGING = logging_settings(env("REMPART_HUB_LOG_LEVEL", default="INFO"))
configure()
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line a request: its end says all
METRICS_TOKEN = env("REMPART_HUB_METRICS_TOKEN", default="")
METRICS_FROM = env.list("REMPART_HUB_METRICS_FROM", default=["127.0.0.0/8", "::1/128"])
"""Who may read `/metrics`: the holder of the token, or an address of these networks that no proxy stands before."""
WORKER_PATIENCE = env.int("REMPART_HUB_WORKER_PATIENCE", default=30)
"""Seconds without a sign of life after which a worker is taken for dead, and its jobs are done again."""
WORKER_GRACE = env.int("REMPART_HUB_WORKER_GRACE", default=25)
"""Seconds a job has to end when the hub is asked to stop; then it is done again at the next start."""
