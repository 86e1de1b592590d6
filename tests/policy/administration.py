"""A valid body for every form of the administration that takes one, and what it must have done."""

from collections.abc import Callable
from typing import Any

from gis_core.models import Member, User
from layers.catalogue.models import Background, Layer, Theme
from tests import factories

Form = dict[str, Any]
MEMBER = "administration/gis_core/member/"
USER = "administration/gis_core/user/"
THEME = "administration/catalogue/theme/"
LAYER = "administration/catalogue/layer/"
BACKGROUND = "administration/catalogue/background/"
CHANGE, DELETE = "<path:object_id>/change/", "<path:object_id>/delete/"
# What has no form here is refused whatever is sent; a confirmed deletion is the same body for all.
CONFIRMED = {"post": "yes"}


def form(route: str, rows: dict[str, Any]) -> Form | None:
    """The body of one page of the administration; `rows` are the keys of the rows that its addresses name."""
    made = {
        MEMBER + "add/": lambda: member("membre-neuf", factories.siren()),
        MEMBER + CHANGE: lambda: member("membre-renomme", Member.objects.get(pk=rows["member"]).siren),
        USER + CHANGE: lambda: person(User.objects.get(pk=rows["user"])),
        THEME: lambda: themes_in_order(),
        THEME + "add/": lambda: theme("theme-neuf"),
        THEME + CHANGE: lambda: theme("theme-renomme"),
        LAYER + CHANGE: lambda: layer(rows),
        BACKGROUND: lambda: {"action": "delete_selected", "_selected_action": rows["background"], **CONFIRMED},
        BACKGROUND + "add/": lambda: background("fond-neuf"),
        BACKGROUND + CHANGE: lambda: background("fond-renomme"),
    }
    if route in made:
        return made[route]()
    return CONFIRMED if route.startswith("administration/") and route.endswith("/delete/") else None


# Whether what the form asks for stands in the database.
EFFECTS: dict[tuple[str, str], Callable[[dict[str, Any]], bool]] = {
    (MEMBER + "add/", "-"): lambda rows: Member.objects.filter(
        slug="membre-neuf", territories__commune="45901"
    ).exists(),
    (MEMBER + CHANGE, "own"): lambda rows: Member.objects.get(pk=rows["member"]).slug == "membre-renomme",
    (MEMBER + DELETE, "unused"): lambda rows: not Member.objects.filter(pk=rows["unused member"]).exists(),
    (USER + CHANGE, "own"): lambda rows: User.objects.get(pk=rows["user"]).last_name == "Renommée",
    (THEME, "-"): lambda rows: set(Theme.objects.values_list("order", flat=True)) == {7},
    (THEME + "add/", "-"): lambda rows: Theme.objects.filter(slug="theme-neuf").exists(),
    (THEME + CHANGE, "own"): lambda rows: Theme.objects.get(pk=rows["theme"]).slug == "theme-renomme",
    (THEME + DELETE, "unused"): lambda rows: not Theme.objects.filter(pk=rows["unused theme"]).exists(),
    (LAYER + CHANGE, "own"): lambda rows: Layer.objects.get(pk=rows["layer"]).title == "Couche renommée",
    (BACKGROUND, "-"): lambda rows: not Background.objects.filter(pk=rows["background"]).exists(),
    (BACKGROUND + "add/", "-"): lambda rows: Background.objects.filter(slug="fond-neuf").exists(),
    (BACKGROUND + CHANGE, "own"): lambda rows: Background.objects.get(pk=rows["background"]).slug == "fond-renomme",
    (BACKGROUND + DELETE, "own"): lambda rows: not Background.objects.filter(pk=rows["background"]).exists(),
}


def member(slug: str, siren: str) -> Form:
    no_retention = set_of_forms("retention_times", [])
    return {"name": slug, "slug": slug, "siren": siren, "kind": "petr", "insee_codes": "45901", **no_retention}


def person(user: User) -> Form:
    """An account with its roles, which are only shown, and its tokens, which stay."""
    names = {"username": user.username, "email": user.email, "first_name": "Ève", "last_name": "Renommée"}
    below = {
        prefix: set_of_forms(prefix, [{"id": pk, "user": user.pk} for pk in rows.values_list("pk", flat=True)])
        for prefix, rows in (("memberships", user.memberships), ("api_tokens", user.api_tokens))
    }
    return {**names, "language": "fr", "is_active": "on", **below["memberships"], **below["api_tokens"]}


def set_of_forms(prefix: str, rows: list[Form]) -> Form:
    """Django's way of sending several rows, all of which exist."""
    counts = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
    return counts | {f"{prefix}-{rank}-{name}": row[name] for rank, row in enumerate(rows) for name in row}


def theme(slug: str) -> Form:
    return {"slug": slug, "title": slug, "title_en": "", "order": 5}


def themes_in_order() -> Form:
    """The list's own form: the order of every theme."""
    keys = Theme.objects.values_list("pk", flat=True)
    return {**set_of_forms("form", [{"id": pk, "order": 7} for pk in keys]), "_save": "1"}


def layer(rows: dict[str, Any]) -> Form:
    texts = {"title": "Couche renommée", "title_en": "", "abstract": "", "attribution": "", "licence": ""}
    rights = {"owner": rows["member"], "visibility": "owner", "shared_with": "", "editor_roles": "gis_administrator"}
    look = {"order": 1, "min_zoom": 12, "max_zoom": 18, "source_date": "01/02/2026", "visible_at_first": "on"}
    legend = '[{"label": "Aire", "symbol": {"kind": "fill", "fill": "#a0b0c0"}}]'
    return {**texts, **rights, **look, "theme": rows["theme"], "legend": legend}


def background(slug: str) -> Form:
    address = {"kind": "xyz", "url": "https://fond.example.org/{z}/{x}/{y}.png", "format": "image/png"}
    return {"slug": slug, "title": slug, **address, "attribution": "Essai", "min_zoom": 0, "max_zoom": 19, "order": 1}
