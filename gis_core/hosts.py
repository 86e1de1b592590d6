"""Which `Host` a request may name: links are made of it. Django looks at the name alone, we at the port too."""

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
    """A name of the site, with no port (the scheme's usual one) or with one under which the site is reached."""
    domain, port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS) and known_port(port)


def known_port(port: str) -> bool:
    return not port or port in settings.ALLOWED_PORTS


def is_secure(environ: Mapping[str, Any]) -> bool:
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        return bool(environ.get(name, "").split(",", 1)[0].strip() == value)
    return bool(environ["wsgi.url_scheme"] == "https")
