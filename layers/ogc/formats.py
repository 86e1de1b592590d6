"""The forms in which answers come, chosen by `f` or by the Accept header."""

from collections.abc import Container
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gis_core.errors import Invalid, NotOffered


@dataclass(frozen=True, slots=True)
class Format:
    """A media type, what `f` calls it, and other types under which it is accepted."""

    name: str
    media_type: str
    also: tuple[str, ...] = ()


JSON = Format("json", "application/json")
GEOJSON = Format("json", "application/geo+json", ("application/json", "application/vnd.geo+json"))
SCHEMA = Format("json", "application/schema+json", ("application/json",))
OPENAPI = Format(
    "json",
    "application/vnd.oai.openapi+json;version=3.0",
    ("application/vnd.oai.openapi+json", "application/openapi+json", "application/json"),
)
HTML = Format("html", "text/html")


def choose_format(request: HttpRequest, *offered: Format, parameters: Container[str] = ("f",)) -> Format:
    """The form that the request wants; `parameters` are those that the address takes. Raises Invalid, NotOffered."""
    for name in request.GET:
        if name not in parameters:
            raise Invalid(_("There is no parameter “%(name)s” here.") % {"name": name[:60]}, parameter=name[:60])
    if format_name := request.GET.get("f", ""):
        return format_by_name(format_name, offered)
    if not request.headers.get("Accept"):
        return offered[0]
    types = {media_type: one for one in offered for media_type in (one.media_type, *one.also)}
    wanted = request.get_preferred_type(list(types))
    if wanted is None:
        message = _("This comes as %(known)s.")
        raise NotOffered(message % {"known": ", ".join(one.media_type for one in offered)})
    return types[wanted]


def format_by_name(name: str, offered: tuple[Format, ...]) -> Format:
    """The one of this name among the forms that are offered. Raises Invalid."""
    for one in offered:
        if one.name == name:
            return one
    known = ", ".join(one.name for one in offered)
    raise Invalid(_("“f” must be one of %(known)s.") % {"known": known}, parameter="f")
