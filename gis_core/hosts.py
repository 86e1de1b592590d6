"""What Django's SecurityMiddleware and `get_host` ask, for what is answered before them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host


def trusted(environ: Mapping[str, Any]) -> bool:
    """A host that we know, over the scheme that we want."""
    return known_host(environ.get("HTTP_HOST", "")) and (not settings.SECURE_SSL_REDIRECT or is_secure(environ))


@lru_cache(maxsize=256)
def known_host(host: str) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def is_secure(environ: Mapping[str, Any]) -> bool:
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        return bool(environ.get(name, "").split(",", 1)[0].strip() == value)
    return bool(environ["wsgi.url_scheme"] == "https")
