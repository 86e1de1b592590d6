"""Sign-in methods of both members and of the platform; nothing is fetched from their providers: they lie in a private
network."""

from typing import Any

from gis_core.models import AccessRule, Member, SignInMethod

FORM = {
    "name": "Annuaire",
    "issuer": "https://127.0.0.1:1/realm",
    "client_id": "arpent",
    "secret": "secret",
    "domains": "",
    "scopes": "openid",
    "groups_claim": "groups",
    "claims": "",
}
OPTIONS = {"issuer": FORM["issuer"], "client_id": "arpent", "scopes": "openid", "groups_claim": "groups"}


def rows(ours: Member, theirs: Member) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for whose, member in (("own", ours), ("other", theirs), ("platform", None)):
        method = SignInMethod(member=member, kind="openid_connect", name="Annuaire", options=OPTIONS)
        method.secret = "secret"
        method.save()
        rule = AccessRule.objects.create(method=method, group="ADS", member=member or ours, role="reader")
        made |= {f"sign-in method {whose}": method.pk, f"access rule {whose}": rule.pk}
    return made


def arguments(route: str, whose: str, made: dict[str, Any], missing: int) -> dict[str, Any]:
    """The method of the address; the platform has one, which is everybody's on the sign-in page."""
    if "connexion/" not in route:
        return {}
    if not route.startswith("membres/"):
        whose = "platform" if whose == "own" else "none"
    return {
        "number": made.get(f"sign-in method {whose}", missing),
        "rule": made.get(f"access rule {whose}", missing),
        "kind": "openid_connect",
        "key": "faux",
    }


def form(route: str, method: str, given: dict[str, Any]) -> dict[str, Any] | None:
    if method != "POST" or not route.startswith(("membres/<slug:slug>/connexion/", "plateforme/connexion/")):
        return None
    match route.rpartition("connexion/")[2]:
        case "":
            return {"passwords_open": "on", "emergency": ""}
        case "ajouter/<slug:kind>/" | "<int:number>/":
            return FORM
        case "<int:number>/etat/":
            return {"active": "1"}
        case "<int:number>/regles/":
            return {"group": "SIG", "member": given["member"], "role": "reader", "communes": ""}
    return {"sent": "1"}
