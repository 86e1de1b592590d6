"""Directories of both members and of the platform; none of them answers."""

from typing import Any

from gis_core.models import Member, SignInMethod

PAGES = ("membres/<slug:slug>/connexion/annuaire/", "plateforme/connexion/annuaire/")
SIGN_IN = "compte/connexion/annuaire/<int:number>/"
FORM = {
    "name": "Annuaire",
    "domains": "",
    "product": "other",
    "servers": "ldaps://127.0.0.1:9",
    "authority": "",
    "bind_dn": "cn=lecteur",
    "secret": "secret",
    "base": "ou=personnes",
    "group_base": "",
    "nested": "on",
}
OPTIONS = {"servers": ["ldaps://127.0.0.1:9"], "bind_dn": "cn=lecteur", "base": "ou=personnes"}


def rows(ours: Member, theirs: Member) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for whose, member in (("own", ours), ("other", theirs), ("platform", None)):
        method = SignInMethod(member=member, kind="directory", name="Annuaire", options=OPTIONS)
        method.secret = "secret"
        method.save()
        made[f"directory {whose}"] = method.pk
    return made


def arguments(route: str, whose: str, made: dict[str, Any], missing: int) -> dict[str, Any]:
    if "connexion/annuaire/" not in route:
        return {}
    if route.startswith("plateforme/"):
        whose = "platform" if whose == "own" else "none"
    return {"number": made.get(f"directory {whose}", missing)}


def form(route: str, method: str) -> dict[str, Any] | None:
    if method != "POST" or "connexion/annuaire/" not in route:
        return None
    if route in (*PAGES, *(f"{page}<int:number>/" for page in PAGES)):
        return FORM
    return {"list": "0"}
