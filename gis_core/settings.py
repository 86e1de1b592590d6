"""Settings. Everything that differs between installations is an ARPENT_* variable; see docs/reference/reglages.md."""

import importlib.util
import os
import shlex
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from gis_core.http.addresses import SMTP_BACKEND, host_names, mail_options, site_ports, split_commas
from gis_core.operations import configuration
from gis_core.operations.failure import OperationFailedError
from gis_core.version import VERSION as VERSION

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("ARPENT_DATA", BASE_DIR / "var"))
try:
    configuration.load(DATA_DIR)
except OperationFailedError as _failure:
    raise ImproperlyConfigured(_failure.message) from None
FILES_DIR = DATA_DIR / "files"
CACHE_DIR = DATA_DIR / "cache"
INBOX_DIR = FILES_DIR / "inbox"
PRINTS_DIR = FILES_DIR / "prints"
EXPORTS_DIR = FILES_DIR / "exports"
# For so many days after a file is erased the database can be returned to a second at which a row named it.
RECOVERY_DAYS = int(os.environ.get("ARPENT_ARCHIVE_DAYS", "35")) if os.environ.get("ARPENT_ARCHIVE") else 0
# Where deliveries of aerial photos are put by hand, in one folder per member.
DELIVERIES_DIR = Path(os.environ.get("ARPENT_DELIVERIES", DATA_DIR / "deliveries"))

DEBUG = os.environ.get("ARPENT_DEBUG") == "1"
DEMO = os.environ.get("ARPENT_DEMO") == "1"
HTTPS = os.environ.get("ARPENT_HTTPS") == "1"
_hosts = split_commas(os.environ.get("ARPENT_ALLOWED_HOSTS", "")) or ["localhost", "127.0.0.1", "[::1]"]
_port = os.environ.get("ARPENT_PORT", "8045")
ALLOWED_HOSTS = host_names(_hosts)
# Where mails lead that no request makes.
SITE_URL = os.environ.get("ARPENT_SITE_URL", "").rstrip("/") or (
    f"https://{_hosts[0]}" if HTTPS else f"http://{ALLOWED_HOSTS[0]}:{_port}"
)
# A link made of the `Host` of a request leads to these ports alone (gis_core.http.hosts).
ALLOWED_PORTS = site_ports(_hosts, SITE_URL, _port)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in _hosts if HTTPS and host[0].isalnum()]


def secret_key() -> str:
    """ARPENT_SECRET_KEY, or the file `<data>/secret-key` that `./arpent` makes once."""
    if key := os.environ.get("ARPENT_SECRET_KEY"):
        return key
    path = DATA_DIR / "secret-key"
    if path.exists():
        return path.read_text().strip()
    raise ImproperlyConfigured(f"No secret key: set ARPENT_SECRET_KEY, or run ./arpent, which creates {path}.")


SECRET_KEY = secret_key()

# Django's GDAL and GEOS are those inside the rasterio and shapely wheels: one GDAL for the whole web process.
_SITE = Path(importlib.util.find_spec("rasterio").origin).parent.parent  # type: ignore[union-attr, arg-type]


def _library(pattern: str) -> str:
    (file,) = _SITE.glob(pattern)
    return str(file)


GDAL_LIBRARY_PATH = _library("rasterio.libs/libgdal-*.so*")
GEOS_LIBRARY_PATH = _library("shapely.libs/libgeos_c-*.so*")
PROJ_DATA = _SITE / "rasterio" / "proj_data"
GDAL_DATA = _SITE / "rasterio" / "gdal_data"

INSTALLED_APPS = [
    "gis_core",
    "layers.catalogue",
    "layers.intake",
    "layers.printing",
    "layers.external",
    "layers.heights",
    "layers.settings",
    "layers.cadastre",
    "layers.parcels",
    "layers.owners",
    "layers.planning",
    "layers.features",
    "layers.exports",
    "layers.ogc",
    "orthophoto",
    "tiles",
    "permits",
    "networks.notifications",
    "networks.water",
    "networks.roads",
    "networks.roadworks",
    "simulation",
    "demo",
    "benchmarks",
    # Apps that this site adds, after ours.
    *split_commas(os.environ.get("ARPENT_APPS", "")),
    "gis_core.administration.config.ArpentAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "rest_framework",
    "rest_framework_gis",
    "drf_spectacular",
    "gis_core.jobs.queue_app.QueueConfig",
]
# The worker declares the tasks of our manifests (gis_core.tasks.declare_tasks): other processes need none of them.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""

MIDDLEWARE = [
    "gis_core.http.middleware.request_of_journal",
    "gis_core.operations.metrics.time_routes",
    "gis_core.http.middleware.browser_policies",
    "gis_core.http.middleware.refuse_strange_hosts",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "layers.ogc.qgis.refusals_for_qgis",
    "gis_core.http.middleware.problem_pages",
    "gis_core.http.maintenance.refuse_in_maintenance",
    "gis_core.database.outage_refusals.refuse_in_outage",
    "gis_core.http.middleware.refuse_absurd_requests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gis_core.http.middleware.who_asks",
    "gis_core.http.middleware.PagesInTransaction",
    "gis_core.http.middleware.their_language",
    "gis_core.http.middleware.refused_method_page",
    "gis_core.database.lock_waits.limit_lock_waits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gis_core.accounts.factor.middleware.second_factor",
]

ROOT_URLCONF = "gis_core.urls"
WSGI_APPLICATION = "gis_core.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "gis_core" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "gis_core.templatetags.form_keys",
                "gis_core.templatetags.job_stop",
                "gis_core.templatetags.long_date",
                "gis_core.templatetags.small_map",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gis_core.pages.navigation",
            ],
        },
    }
]

# Whoever asks the web server while the database is away is told so within this time; jobs have more of it.
DATABASE_WAIT_S = 0.75 if os.environ.get("ARPENT_DB_USER", "arpent_web") == "arpent_web" else 10.0
# The pool's connections are given back at each request's end (CONN_MAX_AGE 0); rights are set per transaction.
DATABASES = {
    "default": {
        "ENGINE": "gis_core.database.backend",
        "NAME": os.environ.get("ARPENT_DB_NAME", "arpent"),
        "USER": os.environ.get("ARPENT_DB_USER", "arpent_web"),
        "PASSWORD": os.environ.get("ARPENT_DB_PASSWORD", ""),
        "HOST": os.environ.get("ARPENT_DB_HOST", ""),
        "PORT": os.environ.get("ARPENT_DB_PORT", "5432"),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "connect_timeout": 3,
            # One for each thread from the start. A pool that has given up looks again when somebody asks.
            "pool": {"min_size": 4, "max_size": 8, "timeout": DATABASE_WAIT_S, "reconnect_timeout": DATABASE_WAIT_S},
        },
        "TEST": {"TEMPLATE": "arpent_template"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "gis_core_cache",
        # It counts wrong passwords: whoever invents names must not push the counts of others out.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}

AUTH_USER_MODEL = "gis_core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "gis_core.accounts.passwords.FrenchCommonPasswordValidator"},
    {"NAME": "gis_core.accounts.passwords.PatternValidator"},
    {"NAME": "gis_core.accounts.passwords.NamesValidator"},
    {"NAME": "gis_core.accounts.passwords.FormerPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "gis_core.accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "gis_core.accounts.providers.social.SocialAdapter"
ACCOUNT_FORMS = {
    "login": "gis_core.desk.forms.SignInForm",
    "change_password": "gis_core.desk.forms.ChangePasswordForm",
    "reset_password": "gis_core.desk.forms.AskForPasswordForm",
    "reset_password_from_key": "gis_core.desk.forms.NewPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# A town hall of twenty people has one public address. What guards a password is in gis_core.accounts.adapter.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# A second factor: gis_core.accounts.factor, which also asks again before what is dangerous.
MFA_ADAPTER = "gis_core.accounts.factor.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
# By a key alone, as many as by a password: an office comes by one address.
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_REAUTHENTICATION_REQUIRED = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("ARPENT_TRUSTED_PROXIES", "0"))

# Under HTTPS no other host of the domain can set these (a browser takes them only with Secure, for / and this host).
_host_only = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_host_only}arpent_session"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_NAME = f"{_host_only}arpent_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "gis_core.pages.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Backgrounds that an administrator declares add their hosts to img-src on the map page (gis_core.pages).
SECURE_CSP = {
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:", "blob:"],
    "worker-src": ["'self'", "blob:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "gis_core" / "locale"]
LANGUAGE_COOKIE_NAME = "arpent_language"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
# WhiteNoise serves from the apps and from the build: nothing to collect.
STATIC_ROOT = None
STATICFILES_DIRS = [("webmap", BASE_DIR / "webmap" / "dist")] if (BASE_DIR / "webmap" / "dist").exists() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/webmap/assets/"

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
# The page of a layer with two hundred fields sends about twenty for each of them, with what each began with.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
UPLOAD_MAX_BYTES = int(os.environ.get("ARPENT_UPLOAD_MAX_MB", "500")) * 1_048_576
# One piece of a planning application; four times as much in one sending.
# What the layers of each member may take (0: no limit).
QUOTA_LAYERS = int(os.environ.get("ARPENT_QUOTA_LAYERS", "0"))
QUOTA_ROWS = int(os.environ.get("ARPENT_QUOTA_ROWS", "0"))
QUOTA_BYTES = int(os.environ.get("ARPENT_QUOTA_MB", "0")) * 1_048_576
PIECE_MAX_BYTES = int(os.environ.get("ARPENT_PIECE_MAX_MB", "50")) * 1_048_576
# A command that reads a file on its standard input and ends with 1 where it is infected: `clamdscan --no-summary -`.
ANTIVIRUS = shlex.split(os.environ.get("ARPENT_ANTIVIRUS", ""))
# Who asked for works on roads is forgotten so many years after they ended.
ROAD_REQUEST_YEARS = int(os.environ.get("ARPENT_ROAD_REQUEST_YEARS", "5"))
TILE_CACHE_BYTES = int(os.environ.get("ARPENT_TILE_CACHE_MB", "2048")) * 1_048_576
PHOTO_CACHE_BYTES = int(os.environ.get("ARPENT_PHOTO_CACHE_MB", "10240")) * 1_048_576

# What Prometheus sends as a Bearer token to read /metrics; without it an agency administrator's token is needed.
METRICS_TOKEN = os.environ.get("ARPENT_METRICS_TOKEN", "")
# Days that the security journal is kept.
# Days by kind of line, where they are other than SECURITY_LOG_DAYS: `refusal=90 sign_in=180`.
SECURITY_LOG_DAYS_BY_KIND = {
    kind: int(days)
    for kind, _equals, days in (one.partition("=") for one in os.environ.get("ARPENT_SECURITY_LOG_BY_KIND", "").split())
}
# Where the journal is sent on: `udp://host:514`, `tcp://host:601`, `tls://host:6514`, `file:///path`.
SYSLOG = os.environ.get("ARPENT_SYSLOG", "")
SECURITY_LOG_DAYS = int(os.environ.get("ARPENT_SECURITY_LOG_DAYS", "365"))

# Servers of others that may lie in a private network: `host` or `host:port`, separated by commas.
EXTERNAL_PRIVATE_HOSTS = frozenset(split_commas(os.environ.get("ARPENT_PRIVATE_HOSTS", "")))

# The folder below which layers are refreshed from files; without it they are refreshed from addresses alone.
_refresh = os.environ.get("ARPENT_REFRESH_DIR", "").strip()
REFRESH_DIR = Path(_refresh) if _refresh else None

_mail = os.environ.get("ARPENT_EMAIL_URL", "").strip()
MAILERS = {
    "default": {"BACKEND": SMTP_BACKEND, "OPTIONS": mail_options(_mail)}
    if _mail
    else {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {"file_path": DATA_DIR / "mail"}}
}
# The provider of text messages; without an address they are written to files under FILES_DIR/warning.
SMS_URL = os.environ.get("ARPENT_SMS_URL", "")
SMS_TOKEN = os.environ.get("ARPENT_SMS_TOKEN", "")
SMS_SENDER = os.environ.get("ARPENT_SMS_SENDER", "ARPENT")
SMS_TIMEOUT_S = float(os.environ.get("ARPENT_SMS_TIMEOUT_S", "10"))
SMS_KNOWS_KEYS = os.environ.get("ARPENT_SMS_KNOWS_KEYS", "1") == "1"
# Part of the address to which the provider reports; without it there is no such address.
SMS_REPORT_SECRET = os.environ.get("ARPENT_SMS_REPORT_SECRET", "")
DEFAULT_FROM_EMAIL = os.environ.get("ARPENT_EMAIL_FROM", "arpent@localhost")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["gis_core.api.authentication.WhoAsksAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["gis_core.api.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "gis_core.http.problem.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_METADATA_CLASS": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Arpent",
    "VERSION": VERSION,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "gis_core.api.schema.add_problem_responses",
    ],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "ENUM_NAME_OVERRIDES": {
        "JobStateEnum": "gis_core.models.Job.State",
        "RoleEnum": "gis_core.members.rights.Role",
        "CampaignStateEnum": "orthophoto.models.Campaign.State",
        "SheetStateEnum": "orthophoto.models.Sheet.State",
        "MemberKindEnum": "gis_core.models.Member.Kind",
        "PermitKindEnum": "permits.models.Permit.Kind",
        "PhotoKindEnum": "layers.catalogue.models.Photo.Kind",
        "PermitStateEnum": "permits.procedure.State",
        "EditSystemEnum": ["EPSG:2154", "CRS84"],
        "VerdictStatusEnum": ["broken", "to_judge", "respected", "not_applicable"],
        "PointSystemEnum": "networks.water.api.serializers.SYSTEMS",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "gis_core.operations.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("ARPENT_LOG_LEVEL", "WARNING")},
    "loggers": {"arpent": {"level": "INFO"}, "django.security.DisallowedHost": {"level": "CRITICAL"}},
}
PROCRASTINATE_ON_APP_READY = None
# Beside each app's `tasks`.
