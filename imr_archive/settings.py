"""Settings of the archive: environment in, typed defaults, safe by default. The README explains each variable."""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from environs import env

BASE_DIR = Path(__file__).resolve().parent.parent

# -- Environment ------------------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# Without a key of its own each process makes one up: safe, but nobody stays signed in after a restart.
SECRET_KEY = env.str("SECRET_KEY", default="") or get_random_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# True behind a proxy that ends TLS and sets X-Forwarded-Proto: cookies are for https alone, and http is redirected.
HTTPS = env.bool("HTTPS", default=False)
# How many proxies in front append to X-Forwarded-For; the login's lock-out goes by the address of the client.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if HTTPS else 0)
# The path below which a proxy serves the site, as "/imr"; gunicorn reads the same variable.
FORCE_SCRIPT_NAME = env.str("SCRIPT_NAME", default="") or None
# Of one upload with all its files.
UPLOAD_MAX_MEGABYTES = env.int("UPLOAD_MAX_MEGABYTES", default=1024)
UPLOAD_MAX_FILES = env.int("UPLOAD_MAX_FILES", default=100)
# Where uploads wait until they are read; no address serves it.
MEDIA_ROOT = env.path("UPLOAD_ROOT", default=BASE_DIR / "var" / "uploads")
PREVIEW_DAYS = env.int("PREVIEW_DAYS", default=14)
# True where `manage.py db_worker` runs; without it, the request that asks for work does it.
TASK_WORKER = env.bool("TASK_WORKER", default=False)
STATEMENT_TIMEOUT_SECONDS = env.float("STATEMENT_TIMEOUT_SECONDS", default=10)

# -- Database ---------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.dj_db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
DATABASE_OPTIONS: dict[str, dict[str, object]] = {
    "django.db.backends.sqlite3": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON",
    },
    "django.db.backends.postgresql": {
        # A page waits this long for a connection, in seconds, before it answers 503. A pool that gave up connecting
        # tries again with the next request, so pages are back as soon as the server is.
        # As many connections as gunicorn.conf.py gives a process threads.
        "pool": {"min_size": 1, "max_size": 16, "timeout": 1.5, "reconnect_timeout": 1.0},
        "connect_timeout": 2,
    },
}
DATABASES["default"]["OPTIONS"] = DATABASE_OPTIONS[DATABASES["default"]["ENGINE"]] | DATABASES["default"].get(
    "OPTIONS", {}
)
DATABASES["default"]["CONN_MAX_AGE"] = 0
# A connection may have died in the pool, as when the server was restarted.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Application ------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "imr_archive",
    "imr_archive.apps.ArchiveAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_tasks",
    "django_tasks_db",
]
# The developers' commands; a production image does not contain them.
INSTALLED_APPS += ["devtools"] if find_spec("devtools") else []
MIDDLEWARE = [
    "imr_archive.web.request_id.RequestIdMiddleware",
    "imr_archive.web.health.HealthMiddleware",
    "imr_archive.web.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "imr_archive.admin.body_limit.BodyLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "imr_archive.web.middleware.DeadlineMiddleware",
    "imr_archive.web.middleware.TombstoneMiddleware",
    "imr_archive.web.caching.EntityTagMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "imr_archive.urls"
WSGI_APPLICATION = "imr_archive.wsgi.application"
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
            ],
            "libraries": {"archive": "imr_archive.web.templatetags.archive"},
        },
    },
]
# The review of a letter of forty items has about 4,000 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# Of a body without its files; BodyLimitMiddleware limits the whole.
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = UPLOAD_MAX_FILES
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend"
        if TASK_WORKER
        else "django_tasks.backends.immediate.ImmediateBackend"
    }
}

# -- Language and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/Los_Angeles"
USE_I18N = False
USE_TZ = True

# -- Static files -----------------------------------------------------------------------------------------------------

STATIC_URL = f"{FORCE_SCRIPT_NAME or ''}/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.str("STATIC_ROOT", default=None)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    # Static files are served from where they lie, so a clone needs no collectstatic; the container names a STATIC_ROOT,
    # where they are compressed and named by their content.
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATIC_ROOT

# -- Security ---------------------------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Whether the domain's other sites are served by https alone is not for this one to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # Strict would ask for a login at every link from a mail
SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True  # forms carry the token; no script reads the cookie
CSRF_COOKIE_SAMESITE = "Lax"

# -- Login ------------------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# An account is locked for one network address: a stranger who knows its name can't lock its owner out. Where all
# clients seem to have one address (a proxy that is not counted in TRUSTED_PROXIES), it is locked for all of them.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # so that the time that the page names is kept
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "imr_archive.admin.people.client.client_address"
AXES_LOCKOUT_CALLABLE = "imr_archive.admin.people.login.locked_out_response"
AXES_DISABLE_ACCESS_LOG = True  # LoginEvent records logins
AXES_ENABLE_ADMIN = False
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "IMR Archive"

# -- Sight ------------------------------------------------------------------------------------------------------------

# The bearer token with which Prometheus reads /metrics; without one there are no metrics.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# The address to which unexpected errors are sent, without query strings, bodies and variables.
SENTRY_DSN = env.str("SENTRY_DSN", default="")

# -- Logging ----------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {request_id} {message}", "style": "{"},
        "json": {"()": "imr_archive.logs.JsonFormatter"},
    },
    "filters": {"request_id": {"()": "imr_archive.logs.RequestIdFilter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.str("LOG_FORMAT", default="line"),
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    # What it warns of, a lost connection, whoever used the connection meets and tells.
    # What axes says of a failed login, LoginEvent's own line says too.
    "loggers": {"psycopg.pool": {"level": "ERROR"}, "axes": {"level": "ERROR"}},
}
