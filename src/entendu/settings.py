"""The settings of an installation: environment variables ENTENDU_*, nothing else.

`docs/en/settings.md` and `docs/fr/reglages.md` describe each of them; a test holds both against this file.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

from entendu.kit import home

env = Env()
with env.prefixed("ENTENDU_"):
    HOME: Path = home.folder(env.str("HOME", ""))
    BASE_URL: str = env.str("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
    EXTRA_HOSTS: list[str] = env.list("EXTRA_HOSTS", [])
    DATABASE_URL: str = env.str("DATABASE_URL", "")
    TIME_ZONE: str = env.str("TIME_ZONE", "UTC")
    LANGUAGE_CODE: str = env.str("LANGUAGE", "en")
    IMPORT_FOLDERS: list[str] = env.list("IMPORT_FOLDERS", [str(HOME / "import")])
    HTTP_ALLOW: list[str] = env.list("HTTP_ALLOW", [])
    EMAIL_URL: str = env.str("EMAIL_URL", "")
    MAIL_FROM: str = env.str("MAIL_FROM", "entendu@localhost")
    READER: str = env.str("READER", "student")
    UNDO_SECONDS: int = env.int("UNDO_SECONDS", 5)
    REOPEN_DAYS: int = env.int("REOPEN_DAYS", 30)
    QUIET_DAYS: int = env.int("QUIET_DAYS", 14)
    DEBUG: bool = env.bool("DEBUG", False)

READERS = (
    "linear",
    "student",
    "teacher",
    "cascade",
)  # those of entendu.reading.read, which settings must not load
BASE_DIR = Path(__file__).parent
SECRET_KEY = home.secret(HOME, "django")
SECRET_KEYS_FILE = HOME / "keys" / "channels.key"

_base = urlsplit(BASE_URL)
if _base.scheme not in {"http", "https"} or not _base.hostname:
    raise ImproperlyConfigured(f"ENTENDU_BASE_URL is not an address: {BASE_URL!r}")
if not all(Path(folder).is_absolute() for folder in IMPORT_FOLDERS):
    raise ImproperlyConfigured(f"ENTENDU_IMPORT_FOLDERS must hold absolute paths: {IMPORT_FOLDERS}")
if READER not in READERS:
    raise ImproperlyConfigured(f"ENTENDU_READER is {READER!r}, and must be one of: {', '.join(READERS)}")
HTTPS = _base.scheme == "https"
ALLOWED_HOSTS = [_base.hostname, *EXTRA_HOSTS]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "entendu.web.errors.expired_form"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "lucide",
    "entendu.accounts",
    "entendu.channels",
    "entendu.mentions",
    "entendu.analysis",
    "entendu.people",
    "entendu.conversations",
    "entendu.measures",
    "entendu.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "entendu.web.plain.PlainTextMiddleware",
    "entendu.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "entendu.web.middleware.ActorMiddleware",
]

ROOT_URLCONF = "entendu.urls"
ASGI_APPLICATION = "entendu.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "entendu.web.context.shell",
            ]
        },
    }
]

DATABASES = {"default": home.database(HOME, DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or "pytest" in sys.modules
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
FILES_DIR = HOME / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Sign-in: by e-mail and password, second factor offered to all; nobody signs up by himself.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "entendu.web.signin.NoSignUpAdapter"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_NOTIFICATIONS = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "entendu.web.signin.SealedMFAAdapter"
MFA_TOTP_ISSUER = "Entendu"
USERSESSIONS_TRACK_ACTIVITY = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Cookies carry the __Host- prefix where there is HTTPS; browsers refuse it without.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
LANGUAGE_COOKIE_NAME = "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
vars().update(home.mail(EMAIL_URL))

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"entendu": {"level": "INFO"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
