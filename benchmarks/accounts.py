"""Who asks in the benchmark: a reader of a member of 300 communes, by session and by token; and the private layer."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from benchmarks.database import PRIVATE_TABLE
from benchmarks.territory import insee_of
from gis_core.members.rights import Role
from gis_core.models import Commune, Member, Membership, Territory, User
from gis_core.tokens.authentication import create_token
from layers.catalogue.models import Layer

SEEN_COMMUNES = 300
PRIVATE_SLUG = "private-parcels"


@dataclass(frozen=True)
class Asker:
    """The user and the two ways in."""

    user: User
    cookie: str
    token: str


def asker() -> Asker:
    """The reader, made at the first run, with a new session and a new token."""
    member, _made = Member.objects.get_or_create(
        slug="mesure", defaults={"name": "Mesure", "siren": "200000008", "kind": Member.Kind.EPCI}
    )
    seen = Commune.objects.filter(insee__in=[insee_of(rank) for rank in range(SEEN_COMMUNES)])
    Territory.objects.bulk_create((Territory(member=member, commune=one) for one in seen), ignore_conflicts=True)
    user, _made = User.objects.get_or_create(username="mesure", defaults={"email": "mesure@example.org"})
    Membership.objects.get_or_create(user=user, member=member, defaults={"role": Role.READER})
    _token, secret = create_token(user=user, name="mesure")
    return Asker(user, f"{settings.SESSION_COOKIE_NAME}={session_of(user)}", secret)


def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def private_layer() -> Layer:
    """The layer of the private table: the parcels' columns, for all signed in, rows by commune."""
    public = Layer.objects.get(slug="parcels")
    columns = [column for column in public.columns if column.get("in_tiles")]
    layer, _made = Layer.objects.get_or_create(
        slug=PRIVATE_SLUG,
        defaults={
            "title": "Parcelles privées",
            "theme": public.theme,
            "table": PRIVATE_TABLE,
            "rows": Layer.Rows.INSEE,
            "visibility": Layer.Visibility.SIGNED_IN,
            "geometry_type": Layer.Geometry.POLYGON,
            "columns": columns,
            "title_field": "label",
            "min_zoom": public.min_zoom,
            "max_zoom": public.max_zoom,
        },
    )
    return layer
