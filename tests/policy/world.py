"""The world of the policy table: two members with everything twice, and the requests that its lines make."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from math import floor
from pathlib import Path
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from gis_core.members.rights import rights_of
from gis_core.models import ApiToken, Job, Letter, Member, Membership, TownHall, User
from gis_core.tokens.authentication import create_token
from layers.catalogue.models import Background, Layer, Theme
from layers.exports.services import files as export_files
from layers.exports.services.ordering import mark_of
from layers.features.crs import epsg
from layers.features.models import Attachment, Notice
from layers.features.services.attachments import path_of
from layers.intake.models import FileImport
from layers.owners.models import Level
from layers.parcels.models import FrozenSheet
from layers.printing.services.prints import FILES
from orthophoto.models import Campaign
from permits.models import Authority, Permit, Team
from tests import factories
from tests.module_rows import check_references
from tests.owners.deliveries import give, owned
from tests.photos import photo
from tests.policy import (
    administration,
    directories,
    layer_forms,
    network_anomalies,
    network_assets,
    network_exchange,
    network_hydrants,
    network_import,
    network_orders,
    network_profile,
    network_referential,
    network_studies,
    network_trace,
    network_warning,
    network_works,
    permit_forms,
    sign_in_methods,
    simulations,
)
from tests.policy import people as people_rows
from tests.policy.table import ROLES

SECRET = "un mot de passe assez long"
MISSING = 999_999_999
PAGES = (
    *(
        "compte/",
        "exploitation/",
        "journal/",
        "mise-en-route/",
        "membres/",
        "depart/",
        "donnees-personnelles/",
        "couches/",
        "couches-externes/",
        "imports/",
        "campagnes/",
        "proprietaires/",
    ),
    *("fiches/", "permis/", "courriers/", "regles/", "simulations/", "reseaux/avis/", "avis/"),
    *("fiches/", "permis/", "courriers/", "reseaux/", "voirie/"),
    *("administration/", "langue/", "taches/", "plateforme/"),
)
FEATURE = "api/v1/layers/<slug:slug>/features/<int:feature_id>/"
PARCELS = Path(__file__).parents[1] / "data" / "etalab" / "parcels.json"


# -- what is asked for ------------------------------------------------------------------------------------------------


@dataclass
class Editable:
    """A private layer with a table of its own, and two features of it side by side."""

    layer: Layer
    features: tuple[int, int]


@dataclass
class World:
    """Two members with everything twice, and one asker for each role."""

    ours: Member
    theirs: Member
    people: dict[str, User]
    tokens: dict[str, ApiToken]
    persons: dict[str, Membership]
    invitations: dict[str, Membership]
    jobs: dict[str, Job]
    layers: dict[str, Layer]
    edited: dict[str, Editable]
    notices: dict[str, Notice]
    attachments: dict[str, Attachment]
    campaigns: dict[str, Campaign]
    prints: dict[str, Job]
    exports: dict[str, Job]
    imports: dict[str, FileImport]
    sheets: dict[str, FrozenSheet]
    permits: dict[str, Permit]
    teams: dict[str, Team]
    authorities: dict[str, Authority]
    letters: dict[str, Letter]
    parcel_id: int
    parcel_idu: str
    tile: tuple[int, int, int]
    rows: dict[str, Any]
    signed_in: dict[str, dict[str, str]] = field(default_factory=dict)
    communes: dict[str, str] = field(default_factory=dict)


def make_world() -> World:
    commune = factories.commune(insee="45901")
    ours, theirs = (
        factories.member(commune, slug="membre-notre"),
        factories.member(factories.commune(), slug="membre-autre"),
    )
    password = make_password(SECRET)
    people = {role: factories.user(ours, role, username=role) for role in ROLES[1:]}
    stranger = factories.user(theirs, "gis_administrator", username="inconnue")
    persons = {
        "own": factories.user(ours, "reader").memberships.get(),
        "other": factories.user(theirs, "reader").memberships.get(),
    }
    unused_member = factories.member(slug="membre-inutile")
    with factories.as_owner():
        User.objects.update(password=password)
        TownHall.objects.create(membership=people["town_hall"].memberships.get(), commune=commune)
        tokens = {role: create_token(user=person, name="essai")[0] for role, person in people.items()}
        tokens["other"] = create_token(user=stranger, name="essai")[0]
        background = Background.objects.create(
            slug="plan", title="Plan", kind="xyz", url="https://tuiles.example.org/{z}/{x}/{y}.png", attribution="Essai"
        )
        unused_theme = Theme.objects.create(slug="theme-inutile", title="Inutile")
        with connection.cursor() as cursor:
            cursor.execute("insert into procrastinate_jobs (queue_name, task_name) values ('q', 'essai') returning id")
            (queued,) = cursor.fetchone()
    for person in people.values():
        person.refresh_from_db()
    host = factories.member(slug="membre-invitant")
    invitations = {role: factories.invitation(host, person) for role, person in people.items()}
    invitations["other"] = factories.invitation(host, stranger)
    owner = Layer.Visibility.OWNER
    photo("couche-ouverte")
    photo("couche-notre", visibility=owner, owner=ours)
    photo("couche-autre", visibility=owner, owner=theirs)
    layers = {
        "public": factories.layer("couche-ouverte"),
        "own": factories.layer("couche-notre", visibility=owner, owner=ours),
        "other": factories.layer("couche-autre", visibility=owner, owner=theirs),
    }
    host = layer_forms.make_externals(ours, theirs)
    for member in (ours, theirs):
        give(member, "permit_instructor", Level.NAMES)
        give(member, "gis_administrator", Level.ALL)
    edited = {"own": editable(ours, "surfaces-notres"), "other": editable(theirs, "surfaces-autres")}
    with factories.as_owner():
        notices = {
            whose: Notice.objects.create(
                person=person, layer=layers["public"], feature=1, action="update", fields=["label"], at=timezone.now()
            )
            for whose, person in {**people, "other": stranger}.items()
        }
    for member in (ours, theirs):
        Path(settings.DELIVERIES_DIR, member.slug, "livraison").mkdir(parents=True, exist_ok=True)
    campaigns = {
        whose: factories.campaign(member, slug=slug, delivery=str(Path(settings.DELIVERIES_DIR, member.slug)))
        for whose, member, slug in (("own", ours, "campagne-notre"), ("other", theirs, "campagne-autre"))
    }
    jobs = {
        "own": factories.job(ours, kind="import", report={"files": []}),
        "other": factories.job(theirs, kind="import", report={"files": []}),
    }
    for job in jobs.values():
        being_done(job)
    imports = {whose: factories.layer_import(edited[whose].layer) for whose in edited}
    prints = {whose: printed_for(person) for whose, person in {**people, "other": stranger}.items()}
    exports = {whose: exported_for(person) for whose, person in {**people, "other": stranger}.items()}
    rows = {
        "member": ours.pk,
        "user": people["reader"].pk,
        "commune": commune.pk,
        "job": jobs["own"].pk,
        "theme": Theme.objects.get(slug="essai").pk,
        "layer": layers["own"].pk,
        "background": background.pk,
        "procrastinatejob": queued,
        "host": host.pk,
        "campaign": campaigns["own"].pk,
        "unused member": unused_member.pk,
        "unused theme": unused_theme.pk,
    }
    sheets = {"own": frozen_for(ours, people["reader"]), "other": frozen_for(theirs, stranger)}
    permits = {
        "own": permit_forms.permit(ours, people["permit_instructor"]),
        "other": permit_forms.permit(theirs, stranger),
    }
    teams = {"own": permit_forms.team(ours), "other": permit_forms.team(theirs)}
    letters = {
        "own": permit_forms.letter(permits["own"], people["permit_instructor"]),
        "other": permit_forms.letter(permits["other"], stranger),
    }
    authorities = {"own": permit_forms.authority(ours), "other": permit_forms.authority(theirs)}
    with factories.as_owner():
        rows["officer"] = User.objects.create_user("rssi", "rssi@example.org", kind=User.Kind.SECURITY).pk
        for whose, member in (("own", ours), ("other", theirs)):
            program = factories.user(member, username=f"programme-{whose}", email="", kind=User.Kind.PROGRAM)
            rows[f"program {whose}"] = program.memberships.get().pk
            rows[f"program token {whose}"] = create_token(user=program, name="essai")[0].pk
    rows["register own"] = permit_forms.register(ours, people["permit_instructor"]).pk
    rows["register other"] = permit_forms.register(theirs, stranger).pk
    rows |= network_trace.rows("own", ours, people["network_technician"])
    rows |= network_trace.rows("other", theirs, stranger)
    for whose, member in (("own", ours), ("other", theirs)):
        rows[f"anomaly {whose}"] = network_anomalies.anomaly(member).pk
        rows[f"study {whose}"] = network_studies.study(member).pk
    rows["fire own"], rows["fire other"] = network_hydrants.made(ours), network_hydrants.made(theirs)
    rows |= network_warning.things(ours, theirs, people["network_technician"], stranger)
    rows |= people_rows.rows(persons)
    rows |= network_works.rows("own", ours, people["network_technician"])
    rows |= network_works.rows("other", theirs, stranger)
    rows |= network_orders.things(ours, theirs, people["network_technician"], stranger)
    network_profile.sewer(ours, network_profile.PIPES["own"])
    network_profile.sewer(theirs, network_profile.PIPES["other"])
    network_exchange.network(ours)
    network_exchange.network(theirs)
    rows |= directories.rows(ours, theirs)
    rows |= network_assets.made(ours, "own") | network_assets.made(theirs, "other")
    rows["network import own"] = network_import.network_import(ours).pk
    rows["network import other"] = network_import.network_import(theirs).pk
    rows["road import own"] = network_referential.road_import(ours)
    rows["road import other"] = network_referential.road_import(theirs)
    rows |= sign_in_methods.rows(ours, theirs)
    simulations.zone_of(factories.planning_document())
    rows["simulation own"] = simulations.project_of(ours, "45901")
    rows["simulation other"] = simulations.project_of(theirs, theirs.communes.get().insee)
    parcel = factories.parcel()
    owned("45901000AB0001")
    if parcel.idu != "45901000AB0001":
        factories.parcel(number="0001")
    place = sheets, permits, teams, authorities, letters, parcel.pk, parcel.idu, tile_of_the_parcel()
    attachments = {whose: attached(one) for whose, one in edited.items()}
    private = layers, edited, notices, attachments, campaigns, prints, exports, imports
    return World(ours, theirs, people, tokens, persons, invitations, jobs, *private, *place, rows)


def attached(one: Editable) -> Attachment:
    """A photo of the first feature, with its files."""
    with factories.as_owner():
        size = {"width": 1, "height": 1, "size_bytes": 4}
        made = Attachment.objects.create(
            layer=one.layer, feature=one.features[0], owner=one.layer.owner, title="Photo", **size
        )
    for path in (path_of(made), path_of(made, small=True)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"JPEG")
    return made


def being_done(job: Job) -> None:
    """A worker is at it."""
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args, status)"
            " values ('default', %s, jsonb_build_object('job_id', %s::bigint), 'doing')",
            [job.kind, job.pk],
        )


def printed_for(person: User) -> Job:
    """A finished print and its file."""
    job = factories.job(None, kind="print", started_by=person, state=Job.State.DONE, ended_at=timezone.now())
    FILES.file_of(job).parent.mkdir(exist_ok=True)
    FILES.file_of(job).write_bytes(b"%PDF-1.7")
    return job


def frozen_for(owner: Member, person: User) -> FrozenSheet:
    """A frozen parcel sheet of a member."""
    with factories.as_owner():
        return FrozenSheet.objects.create(
            number=f"FP-1999-{owner.pk:06d}", title="Parcelle", owner=owner, started_by=person, made_at=timezone.now(),
            day=timezone.localdate(), content={}, content_sha256="", pdf=b"%PDF-1.7",
        )  # fmt: skip


def exported_for(person: User) -> Job:
    """A finished export of the open layer and its file."""
    order = {"format": "gpkg", "layers": [{"layer": "couche-ouverte"}]}
    kept = {"order": order, "rights": mark_of(rights_of(person))}
    done = {"state": Job.State.DONE, "ended_at": timezone.now(), "parameters": kept}
    job = factories.job(None, kind="export", started_by=person, **done)
    export_files.FILES.file_of(job).parent.mkdir(exist_ok=True)
    export_files.FILES.file_of(job).write_bytes(b"SQLite format 3")
    return job


def editable(owner: Member, slug: str) -> Editable:
    layer = factories.editable_layer(owner, "polygon", slug=slug, visibility=Layer.Visibility.OWNER)
    x, y = factories.ORIGIN
    return Editable(layer, (factories.feature(layer), factories.feature(layer, factories.square(x + 100, y)[0])))


def tile_of_the_parcel(z: int = 16) -> tuple[int, int, int]:
    place = Point(factories.ORIGIN[0] + 50, factories.ORIGIN[1] + 50, srid=2154)
    place.transform(3857)
    half = 20_037_508.342789244
    return z, floor((place.x + half) / (2 * half) * 2**z), floor((half - place.y) / (2 * half) * 2**z)


@contextmanager
def world_in_a_transaction() -> Iterator[World]:
    """Made once; what a test changes is undone after it."""
    with transaction.atomic():
        made = make_world()
        made.signed_in = {role: signed_in(person) for role, person in made.people.items()}
        made.communes = {
            whose: str(member.territories.get().commune_id)
            for whose, member in (("own", made.ours), ("other", made.theirs))
        }
        check_references()
        yield made
        transaction.set_rollback(True)


def signed_in(person: User) -> dict[str, str]:
    """The cookies of somebody who has just signed in, for as long as these tests take."""
    client = browser()
    client.cookies.clear()
    client.force_login(person)
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] += 86_400
    session.save()
    return {name: one.value for name, one in client.cookies.items()}


EDITED = re.compile(
    r"/(champs|regles|tile-columns|edits|merge|split|restore|history|deleted|events|schema|attachments|issues|rules)/|v1/snap/|ogc/.+/items"
)
"""Routes whose layer is one that people edit."""


def arguments(world: World, route: str, role: str, scope: str) -> dict[str, Any]:
    """What stands in the address for this scope."""
    whose = "own" if scope in ("-", "remote", "public", "unused") else scope
    model = route.split("/")[2] if route.count("/") > 2 else ""
    member = {"own": "membre-notre", "mixed": "membre-notre", "other": "membre-autre", "none": "nulle-part"}[whose]
    foreign = "other" if whose == "mixed" else whose
    token = world.tokens.get(role) if whose == "own" else world.tokens.get(whose)
    layer = world.layers.get(scope if scope == "public" else whose)
    invitation = world.invitations.get(role if whose == "own" else whose)
    person = invitation if route.endswith("/accepter/") else world.persons.get(foreign)
    z, x, y = world.tile
    campaign = world.campaigns.get(whose)
    edited = world.edited.get(whose) if EDITED.search(route) and scope != "public" else None
    notice = world.notices.get(role if whose == "own" else whose)
    printed = world.prints.get(role if whose == "own" else whose)
    made = world.imports.get(whose)
    exported = world.exports.get(role if whose == "own" else whose)
    job = printed if "/prints/" in route else exported if "/exports/" in route else world.jobs.get(foreign)
    named = {
        "embers/": member,
        "membres/": member,
        "depart/": member,
        "registre/<slug": member,
        "acces/": member,
        "reglages/": member,
        "courriers/": member,
        "regles/<": member,
        "campa": campaign.slug if campaign else "nulle-part",
    }
    if EDITED.search(route) and scope != "public":
        layer = edited.layer if edited else None
    return {
        "slug": next((slug for part, slug in named.items() if part in route), layer.slug if layer else "nulle-part"),
        "member": member,
        "layer": layer.slug if layer else "nulle-part",
        "membership_id": person.pk if person else MISSING,
        "job_id": job.pk if job else MISSING,
        "import_id": made.pk if made else MISSING,
        "delivery_id": made.files_of_id if made else MISSING,
        "number": 1,
        "rule": MISSING,
        "sheet": world.sheets[whose].number if whose in world.sheets else "FP-2026-999999",
        "permit": world.permits[whose].number if whose in world.permits else permit_forms.MISSING,
        **permit_forms.arguments(world.permits.get(whose), member, f"{commune_of(world, whose)}000AB0001"),
        **network_trace.arguments(world.rows, whose),
        **network_hydrants.arguments(world.rows.get(f"fire {whose}")),
        "study": world.rows.get(f"study {whose}", MISSING),
        **people_rows.arguments(route, world.rows, foreign, MISSING),
        "road": network_assets.ROADS.get(whose, "D9999"),
        "team_id": world.teams[foreign].pk if foreign in world.teams else MISSING,
        **permit_forms.authority_arguments(world.authorities.get(foreign)),
        "letter_id": world.letters[whose].pk if whose in world.letters else MISSING,
        **network_anomalies.arguments(route, whose, world.rows, MISSING),
        **network_import.arguments(route, world.rows.get(f"network import {whose}", MISSING)),
        **(network_assets.arguments(world.rows, whose, MISSING) if route.startswith("voirie/pa") else {}),
        **(network_referential.arguments(whose, world.rows, MISSING) if route.startswith("voirie/importer/") else {}),
        **(simulations.arguments() if route.startswith("regles/") else {}),
        **(simulations.project_arguments(world.rows, whose, MISSING) if "simulations/" in route else {}),
        "part": "liste",
        "state": "normale",
        "kind": "permit-receipt",
        "form": "pdf",
        "suffix": "csv",
        "retention": "nulle-part" if whose == "none" else "shared_links",
        **({"import_id": world.rows.get(f"register {whose}", MISSING)} if route.startswith("permis/importer/") else {}),
        "idu": "450010000A0099" if whose == "none" else world.parcel_idu,
        "token_id": token.pk if token else MISSING,
        **program_arguments(world, route, whose),
        "user_id": world.rows["officer"] if whose == "own" else MISSING,
        "feature_id": edited.features[0] if edited else world.parcel_id,
        "features": edited.features if edited else (MISSING, MISSING + 1),
        "parcel": f"{commune_of(world, whose)}000AB0001",
        "network_pipe": network_profile.PIPES[foreign],
        "folder": factories.PIECES,
        "name": "absente.pdf" if scope == "none" else "reglement.pdf",
        "host_id": world.rows["host"] if whose == "own" else MISSING,
        "notice_id": notice.pk if notice else MISSING,
        "attachment_id": world.attachments[whose].pk if whose in world.attachments else MISSING,
        "object_id": world.rows.get(f"unused {model}" if scope == "unused" else model, MISSING)
        if whose == "own"
        else MISSING,
        "app_label": "gis_core",
        "content_type_id": MISSING,
        "uidb36": "1",
        "key": "faux-jeton",
        "pk": MISSING,
        "rest": "collections",
        **{"z": z, "x": x, "y": y},
        "pyramid": "WebMercatorQuad",
        **network_warning.arguments(world.rows, whose, route),
        **network_works.arguments(world.rows, whose, route),
        **network_orders.arguments(world.rows, whose, route),
        **sign_in_methods.arguments(route, foreign, world.rows, MISSING),
        **(help_arguments(route, scope) if route.startswith("aide/") else {}),
        **directories.arguments(route, foreign, world.rows, MISSING),
    }


def program_arguments(world: World, route: str, whose: str) -> dict[str, int]:
    """A service account of the member whose address it is, and a token of it."""
    if "/programmes/" not in route:
        return {}
    foreign = "other" if whose == "mixed" else whose
    return {
        "membership_id": world.rows.get(f"program {foreign}", MISSING),
        "token_id": world.rows.get(f"program token {foreign}", MISSING),
    }


def help_arguments(route: str, scope: str) -> dict[str, str]:
    """A guide and a picture of the release, else those that it does not have."""
    if scope == "none":
        return {"folder": "how-to", "name": "absent.png" if "images" in route else "absent"}
    return {"folder": "how-to", "name": "map.png" if "images" in route else "rechercher"}


def commune_of(world: World, whose: str) -> str:
    """The INSEE code of a commune of ours, of another member, of nobody."""
    return {"other": world.communes["other"], "none": "45000"}.get(whose, world.communes["own"])


def address(route: str, given: dict[str, Any]) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda name: str(given[name[1]]), route)


def body(world: World, route: str, method: str, given: dict[str, Any]) -> dict[str, Any]:
    """A valid body, as the keywords of the test client."""
    if form := directories.form(route, method):
        return {"data": form}
    if method == "POST" and (form := administration.form(route, world.rows)):
        return {"data": form}
    if form := sign_in_methods.form(route, method, given):
        return {"data": form}
    if form := layer_forms.form(route, method, given["slug"]):
        return {"data": form}
    if form := network_anomalies.form(route, method, given["member"]):
        return {"data": form}
    if found := network_anomalies.body(route, method, given["member"]):
        return found
    if form := network_profile.form(route, method, given["network_pipe"]):
        return {"data": form}
    if form := network_exchange.form(route, method, given):
        return {"data": form}
    if form := network_assets.form(route, method, given["member"]):
        return {"data": form}
    if form := network_import.form(route, method, given["member"]):
        return {"data": form}
    if form := network_referential.form(route, method, given["member"]):
        return {"data": form}
    if form := simulations.form(route, method):
        return {"data": form}
    if found := simulations.body(route, method, given):
        return found
    if form := permit_forms.form(route, method, given):
        return {"data": form}
    if form := network_hydrants.form(route, method, given):
        return {"data": form}
    if form := network_studies.form(route, method, given["member"]):
        return {"data": form}
    if found := permit_forms.body(route, method, given):
        return found
    if found := network_trace.body(route, method, given):
        return found
    if form := network_works.form(route, method, given):
        return {"data": form}
    if found := network_works.body(route, method):
        return found
    if found := network_orders.body(route, method, given):
        return found
    if form := network_orders.form(route, method, given):
        return {"data": form}
    if found := network_warning.body(route, method):
        return found
    if form := network_warning.form(route, method, given):
        return {"data": form}
    upload = {
        "source": "etalab",
        "member": given["member"],
        "file": SimpleUploadedFile("parcels.json", parcels_file()),
    }
    invitation = {"email": "nouvelle@example.org", "role": "reader"}
    words = {"title": "Ortho neuve", "slug": "ortho-neuve", "acquired": "2024-06", "member": given["member"]}
    made = {"visibility": "signed_in", "codec": "jpeg", "display": "natural", "crs": "2154"}
    order = {"delivery": f"{given['member']}/livraison", **words, **made}
    forms: dict[tuple[str, str], dict[str, Any]] = {
        (f"{FEATURE}attachments/", "POST"): {"file": SimpleUploadedFile("photo.jpg", small_jpeg())},
        ("compte/connexion/", "POST"): {"login": "reader", "password": SECRET},
        ("compte/mot-de-passe/", "POST"): {
            "oldpassword": SECRET,
            "password1": SECRET + " !",
            "password2": SECRET + " !",
        },
        ("compte/mot-de-passe/oublie/", "POST"): {"email": "personne@example.org"},
        ("compte/jetons/", "POST"): {"name": "qgis"},
        ("membres/<slug:slug>/programmes/", "POST"): {"name": "QGIS Server", "role": "reader"},
        ("membres/<slug:slug>/programmes/<int:membership_id>/jetons/", "POST"): {"name": "qgis"},
        ("journal/lecteurs/", "POST"): {"email": "rssi-2@example.org"},
        ("donnees-personnelles/demandes/", "POST"): {"name": "Lefèvre", "reference": "2026-14"},
        ("donnees-personnelles/conservation/<slug:retention>/", "POST"): {
            "step": "try",
            "days": "365",
            "source": "Délibération du 3 mars",
            "starts_date": "2099-01-01",
        },
        ("langue/", "POST"): {"language": "fr", "next": "/"},
        ("membres/<slug:slug>/", "POST"): invitation,
        ("membres/<slug:slug>/<int:membership_id>/", "POST"): {"role": "reader"},
        **people_rows.FORMS,
        ("membres/<slug:slug>/liste/", "POST"): {
            "action": "try",
            "rows": '[{"row": 2, "email": "liste@example.org", "role": "reader", "first_name": "", "last_name": "", '
            '"communes": []}]',
        },
        ("imports/", "POST"): upload,
        ("imports/fichiers/", "POST"): upload,
        ("imports/fichiers/<int:delivery_id>/<int:number>/nouvelle/", "POST"): {
            "title": "Couche neuve",
            "theme": "essai",
            "visibility": "signed_in",
            "title_field": "nom",
            "field-0-keep": "on",
        },
        ("proprietaires/acces/<slug:slug>/", "POST"): dict.fromkeys(ROLES[1:], "names"),
        ("proprietaires/consulter/", "POST"): {"parcels": given["parcel"], "purpose": "permit"},
        ("proprietaires/rechercher/", "POST"): {"name": "FICTIF", "purpose": "permit"},
        ("proprietaires/tiers/", "POST"): {"parcels": given["parcel"], "name": "Jeanne Fictive"},
        ("campagnes/nouvelle/", "POST"): order,
        ("campagnes/<slug:slug>/recommencer/", "POST"): order | {"delivery": "="},
        ("campagnes/<slug:slug>/modifier/", "POST"): order,
        ("api/v1/imports/", "POST"): upload,
        ("api/v1/here/", "GET"): {"lon": "1.9", "lat": "47.5", "zoom": "16", "layers": given["layer"]},
        ("api/v1/search/", "GET"): {"q": "AB 1"},
        ("api/v1/snap/", "GET"): {"bbox": "617000,6717000,617100,6717100", "layers": given["layer"]},
        ("administration/autocomplete/", "GET"): {
            "app_label": "gis_core",
            "model_name": "territory",
            "field_name": "commune",
        },
    }
    json_bodies: dict[tuple[str, str], dict[str, Any]] = {
        ("api/v1/layers/<slug:slug>/tile-columns/", "POST"): {"column": "kind"},
        ("api/v1/me/", "PATCH"): {"language": "fr"},
        ("api/v1/tokens/", "POST"): {"name": "qgis"},
        ("api/v1/campaigns/", "POST"): order,
        ("api/v1/campaigns/<slug:slug>/", "PATCH"): {"title": "Autre titre"},
        ("api/v1/members/<slug:slug>/people/", "POST"): invitation,
        ("api/v1/members/<slug:slug>/people/<int:membership_id>/", "PATCH"): {"role": "permit_instructor"},
        ("api/v1/measure/", "POST"): {"geometry": {"type": "LineString", "coordinates": [[1.9, 47.5], [1.91, 47.5]]}},
    }
    x, y = factories.ORIGIN
    sheet = {"paper": "A4", "orientation": "portrait", "scale": 1000, "center": [x, y]}
    json_bodies["api/v1/prints/", "POST"] = {"title": "Plan", "layers": [{"layer": given["layer"]}], **sheet}
    json_bodies["api/v1/parcels/select/", "POST"] = {"references": [given["idu"]]}
    json_bodies["api/v1/parcels/select.csv", "POST"] = {"references": [given["idu"]]}
    json_bodies["api/v1/parcels/sheet/", "POST"] = {"parcels": [given["idu"]]}
    json_bodies["api/v1/parcels/sheet.pdf", "POST"] = {"parcels": [given["idu"]]}
    json_bodies["api/v1/parcels/sheets/", "POST"] = {"parcels": [given["idu"]]}
    json_bodies["api/v1/parcels/<slug:idu>/sides/", "POST"] = {"point": [x, y], "kind": "rear"}
    project = simulations.project([given["idu"]])
    json_bodies["api/v1/simulations/check", "POST"] = json_bodies["api/v1/simulations/check/", "POST"] = project
    nearby = {name: project[name] for name in ("parcels", "volumes")}
    json_bodies["api/v1/simulations/nearby", "POST"] = nearby
    shadow = {"volumes": project["volumes"], "at": "2026-06-21T15:00:00+02:00"}
    json_bodies["api/v1/simulations/shadow", "POST"] = json_bodies["api/v1/simulations/shadow/", "POST"] = shadow
    for address in ("scene", "sun"):
        json_bodies[f"api/v1/simulations/{address}", "POST"] = {"volumes": project["volumes"]}
    parcels = {"parcels": [given["parcel"]]}
    for consulted in ("consultations/", "consultations/export/", "units/"):
        json_bodies[f"api/v1/owners/{consulted}", "POST"] = parcels | {"purpose": "permit"}
    json_bodies["api/v1/owners/search/", "POST"] = {"name": "FICTIF", "purpose": "permit"}
    json_bodies["api/v1/owners/requests/", "POST"] = parcels | {"requester": {"name": "Jeanne Fictive"}}
    json_bodies["api/v1/exports/", "POST"] = {"format": "gpkg", "layers": [{"layer": given["layer"]}]}
    first, second = given["features"]
    cut = {"type": "LineString", "coordinates": [[x + 30, y - 1], [x + 30, y + 101]]}
    change = {"action": "update", "id": first, "version": 1, "properties": {"lamps": 3}}
    both = [{"id": first, "version": 1}, {"id": second, "version": 1}]
    json_bodies |= {
        ("api/v1/layers/<slug:slug>/edits/", "POST"): {"edits": [change]},
        ("api/v1/layers/<slug:slug>/rules/", "PUT"): {"rules": [{"kind": "valid"}]},
        ("api/v1/layers/<slug:slug>/merge/", "POST"): {"features": both},
        (f"{FEATURE}split/", "POST"): {"crs": "EPSG:2154", "version": 1, "line": cut},
        (f"{FEATURE}restore/", "POST"): {"version": 1, "current": 1},
    }
    if "/items" in route and route.startswith("ogc/"):
        return ogc_body(method)
    asked = (route, "GET" if method == "HEAD" else method)
    if asked in json_bodies:
        said = {"HTTP_IF_MATCH": "*"} if method == "PUT" else {}
        return {"data": json_bodies[asked], "content_type": "application/json"} | said
    return {"data": forms[asked]} if asked in forms else {}


@cache
def parcels_file() -> bytes:
    """Read once for the twenty thousand requests."""
    return PARCELS.read_bytes()


@cache
def small_jpeg() -> bytes:
    jpeg = BytesIO()
    Image.new("RGB", (4, 4)).save(jpeg, "JPEG")
    return jpeg.getvalue()


def ogc_body(method: str) -> dict[str, Any]:
    """A new feature, one that replaces another, or a patch; with the version that a session owes."""
    place = factories.square(factories.ORIGIN[0] + 300).geojson
    feature = {"type": "Feature", "properties": {"name": "Neuf"}, "geometry": json.loads(place)}
    sent = {"PATCH": {"properties": {"lamps": 3}}, "POST": feature, "PUT": feature}.get(method)
    said = {"HTTP_CONTENT_CRS": epsg(2154), "HTTP_IF_MATCH": '"v1"'}
    kind = "merge-patch" if method == "PATCH" else "geo"
    return said | ({"data": json.dumps(sent), "content_type": f"application/{kind}+json"} if sent else {})


@cache
def browser() -> Client:
    """One for all cells: making a client loads the whole middleware, which lists every static file."""
    return Client(raise_request_exception=False)


def ask(world: World, method: str, scope: str, role: str, route: str) -> Any:
    """Send the request of one cell."""
    client = browser()
    client.cookies.clear()
    if role != "anonymous":
        client.cookies.load(world.signed_in[role])
    accept = "text/html" if route.startswith(PAGES) or route == "" else "application/json"
    remote = {"REMOTE_ADDR": "192.0.2.7"} if scope == "remote" else {}
    given = arguments(world, route, role, scope)
    request = getattr(client, method.lower())
    answer = request(address(route, given), headers={"accept": accept}, **body(world, route, method, given), **remote)
    if answer.streaming:
        # To its end: a stream holds a transaction.
        answer.streaming_content = [b"".join(answer.streaming_content)]
    return answer
