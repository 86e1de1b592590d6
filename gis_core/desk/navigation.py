"""Where pages and the map lead to, by who looks: the links that apps give to `BAR` and to `MAP_LINKS`."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override

from gis_core.members.rights import Rights
from gis_core.points import BAR, MAP_LINKS, BarLink

type IsVisible = Callable[[HttpRequest], bool]
type Address = Callable[[HttpRequest], str | None]


def to_everybody(_request: HttpRequest) -> bool:
    return True


def to_signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated


def to_visitors(request: HttpRequest) -> bool:
    return not to_signed_in(request)


def to_security_officers(request: HttpRequest) -> bool:
    return getattr(getattr(request, "user", None), "kind", "") == "security"


def to_those_who(may: Callable[[Rights], bool]) -> IsVisible:
    """To people with such rights."""
    return lambda request: may(getattr(request, "rights", Rights()))


to_administrators = to_those_who(lambda rights: rights.administers)
to_agency = to_those_who(lambda rights: rights.agency)


def page_address(name: str, is_visible: IsVisible = to_everybody) -> Address:
    """The address of the page that is called so, for those to whom it `is_visible`."""
    return lambda request: reverse(name) if is_visible(request) else None


def address_for_all(address: str) -> Address:
    """An address that is no page's, for everybody."""
    return lambda _request: address


def bar(request: HttpRequest) -> list[BarLink]:
    """The links of the bar for who asks."""
    if to_security_officers(request):
        return [link for link in BAR.all() if link.section == "journal"]
    return [link for link in BAR.all() if link.is_visible(request)]


def bar_of_map(request: HttpRequest) -> list[dict[str, Any]]:
    """The same links for the menu of the map: the name of each, its address, its label by language; the map apart."""
    return [
        {"name": link.url, "url": reverse(link.url), "labels": labels_of(link)}
        for link in bar(request)
        if link.url != "map"
    ]


def labels_of(link: BarLink) -> dict[str, str]:
    """The label of a link in every language: the map changes its own without asking again."""
    labels = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            labels[code] = str(link.label)
    return labels


def map_addresses(request: HttpRequest) -> dict[str, str | None]:
    """What the web map may lead to or ask, by the name by which it knows it; none for who may not go there."""
    return {link.name: link.address(request) for link in MAP_LINKS.all()}
