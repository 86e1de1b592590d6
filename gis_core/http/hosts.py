"""Which `Host` a request may name: links are made of it. Django looks at the name alone, we at the port too."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host


def is_trusted(environ: Mapping[str, Any]) -> bool:
    """A host that we know, over the scheme that we want."""
    return is_known_host(environ.get("HTTP_HOST", "")) and (not settings.SECURE_SSL_REDIRECT or is_secure(environ))


def is_known_host(host: str) -> bool:
    """A name of the site, with no port (the scheme's usual one) or with one under which the site is reached."""
    return is_known(host, tuple(settings.ALLOWED_HOSTS), settings.ALLOWED_PORTS)


@lru_cache(maxsize=256)
def is_known(host: str, names: tuple[str, ...], ports: frozenset[str]) -> bool:
    domain, port = split_domain_port(host)
    return bool(domain) and validate_host(domain, names) and (not port or port in ports)


def is_secure(environ: Mapping[str, Any]) -> bool:
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        return bool(environ.get(name, "").split(",", 1)[0].strip() == value)
    return bool(environ["wsgi.url_scheme"] == "https")
