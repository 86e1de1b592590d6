"""Who sees which photo, and where: by the catalogue's own question, and what is not seen does not exist."""

import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.test import Client
from lxml import etree

from gis_core.members.rights import Role
from gis_core.models import ApiToken, Member, Membership, Territory, User
from layers.catalogue.models import Photo
from layers.catalogue.services import delete_photo
from tests import factories
from tests.tiles.conftest import Answer, ThinLayer, signed_in  # noqa: F401
from tests.tiles.ortho import campaign
from tests.tiles.ortho.conftest import bearer, forget, kept_files, kvp, lambert_tile, mercator_tile, pixels
from tiles.ortho import files

INSIDE, OUTSIDE = (campaign.WEST + 20, campaign.NORTH - 20), (campaign.WEST + 80, campaign.NORTH - 20)
BORDER = campaign.WEST + 51.3
PHOTO_MAP = {
    "SERVICE": "WMS",
    "VERSION": "1.3.0",
    "REQUEST": "GetMap",
    "STYLES": "",
    "FORMAT": "image/png",
    "CRS": "EPSG:2154",
    "BBOX": "617010,6717230,617030,6717250",
    "WIDTH": "100",
    "HEIGHT": "100",
    "TRANSPARENT": "true",
}
CAPABILITIES = [
    "/ortho/wmts/1.0.0/WMTSCapabilities.xml",
    "/ortho/service?SERVICE=WMTS&REQUEST=GetCapabilities",
    "/ortho/service?SERVICE=WMS&REQUEST=GetCapabilities&VERSION=1.3.0",
    "/ortho/service?SERVICE=WMS&REQUEST=GetCapabilities&VERSION=1.1.1",
]


def tile(
    thin: ThinLayer, slug: str = "essai", place: tuple[float, float] = INSIDE, zoom: int = 21, **more: Any
) -> Answer:
    return thin.get(f"/ortho/wmts/{slug}/{lambert_tile(*place, zoom)}", **more)


class People:
    """One asker of each kind: nobody, somebody of the owner, of a member it is shared with, of another, the agency."""

    def __init__(self) -> None:
        west = MultiPolygon(Polygon.from_bbox((BORDER - 5000, 6_710_000, BORDER, 6_720_000)), srid=2154)
        self.owner, self.friend, self.other = (
            factories.member(),
            factories.member(factories.commune(geom=west)),
            factories.member(),
        )
        self.credentials = {
            "nobody": {},
            "owner": bearer(factories.user(self.owner)),
            "friend": bearer(factories.user(self.friend)),
            "other": bearer(factories.user(self.other)),
            "agency": bearer(factories.user(factories.member(kind="agency"), Role.AGENCY_ADMINISTRATOR)),
        }


@pytest.fixture
def people(db: None) -> People:
    return People()


# MapProxy's own ways: an argument that shapely calls old, files that it leaves for Python to close.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The 'resolution' argument is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]

SEEN = {
    "public": {"nobody", "owner", "friend", "other", "agency"},
    "signed_in": {"owner", "friend", "other", "agency"},
    "members": {"owner", "friend", "agency"},
    "owner": {"owner", "agency"},
}


@pytest.mark.parametrize("visibility", SEEN)
def test_each_asker_gets_what_they_see_and_nothing_else_exists(
    thin: ThinLayer, people: People, visibility: str
) -> None:
    campaign.publish(visibility=visibility, owner=people.owner, shared_with=[people.friend.pk])
    for who, credentials in people.credentials.items():
        seen = who in SEEN[visibility]
        for answers in (
            [tile(thin, slug, **credentials) for slug in ("essai", "secret")],
            [kvp(thin, PHOTO_MAP | {"LAYERS": slug}, **credentials) for slug in ("essai", "secret")],
            [thin.get(f"/ortho/wmts/{slug}/PM/2/9/9.png", **credentials) for slug in ("essai", "secret")],
        ):
            ours, unknown = answers
            if not seen:
                assert ours.status_code == unknown.status_code == 400
                assert ours.content.replace(b"essai", b"secret") == unknown.content
                assert {**ours.headers, "Content-Length": ""} == {**unknown.headers, "Content-Length": ""}
            elif answers[0].status_code != 400:
                assert ours.status_code == 200
        for address in CAPABILITIES:
            text = thin.get(address, **credentials).content.decode()
            etree.fromstring(text.encode())
            assert ("essai" in text) == seen, (who, address)
            assert ("617220" in text or "1.8993" in text) == seen, (who, address)
    assert thin.passed_on == 0


def test_a_refused_request_draws_nothing(thin: ThinLayer, people: People) -> None:
    campaign.publish(visibility="owner", owner=people.owner)
    for who in ("nobody", "friend"):
        assert tile(thin, **people.credentials[who]).status_code == 400
    assert kept_files() == []


def test_a_protected_tile_is_private(thin: ThinLayer, people: People) -> None:
    edition = campaign.publish(visibility="signed_in").edition
    for _time in range(2):
        answer = thin.get(f"/ortho/v{edition}/wmts/essai/{lambert_tile(*INSIDE, 20)}", **people.credentials["other"])
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Vary"] == "Cookie, Authorization"
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_credentials_that_name_nobody_are_djangos_to_refuse(thin: ThinLayer, db: None) -> None:
    campaign.publish()
    tile(thin, HTTP_AUTHORIZATION="Bearer arpent_faux")
    tile(thin, HTTP_AUTHORIZATION="Basic ZmF1eDpmYXV4")
    assert thin.passed_on == 2


def test_wrong_credentials_get_401_and_a_challenge(client: Client, db: None) -> None:
    answer = client.get("/ortho/service", headers={"authorization": "Basic ZmF1eDpmYXV4"})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="Arpent"')


def test_a_session_opens_photos(thin: ThinLayer, people: People, signed_in: Callable[[Any], Client]) -> None:  # noqa: F811
    campaign.publish(visibility="signed_in")
    session = signed_in(factories.user(people.other)).cookies["arpent_session"].value
    assert tile(thin, HTTP_COOKIE=f"arpent_session={session}").status_code == 200


# Shared on the communes of a member only.


@pytest.fixture
def limited(people: People) -> Photo:
    return campaign.publish(
        visibility="members", owner=people.owner, shared_with=[people.friend.pk], within_communes=True
    )


def test_inside_its_communes_a_member_gets_the_very_tile(thin: ThinLayer, people: People, limited: Photo) -> None:
    whole = tile(thin, **people.credentials["owner"])
    for _time in range(2):
        part = tile(thin, **people.credentials["friend"])
        assert part.content == whole.content
        assert part.headers["Content-Type"] == "image/jpeg"
        assert part.headers["Cache-Control"] == "private, no-cache"


def test_outside_there_is_nothing(thin: ThinLayer, people: People, limited: Photo) -> None:
    assert pixels(tile(thin, place=OUTSIDE, **people.credentials["owner"]))[..., 3].all()
    answer = tile(thin, place=OUTSIDE, **people.credentials["friend"])
    assert answer.headers["Content-Type"] == "image/png"
    assert not pixels(answer)[..., 3].any()


@pytest.mark.parametrize("grid", ["LAMB93", "PM"])
@pytest.mark.parametrize("zoom", [17, 19])
def test_a_tile_across_the_border_is_cut_there(
    thin: ThinLayer, people: People, limited: Photo, grid: str, zoom: int
) -> None:
    path = lambert_tile(BORDER, INSIDE[1], zoom) if grid == "LAMB93" else mercator_tile(1.89712, 47.55070, zoom)
    address = f"/ortho/wmts/essai/{path}"
    whole, part = (pixels(thin.get(address, **people.credentials[who])) for who in ("owner", "friend"))
    again = thin.get(address, **people.credentials["friend"])
    assert again.headers["Content-Type"] == "image/png"
    assert (pixels(again) == part).all()
    kept = part[..., 3] == 255
    assert kept.any()
    assert (kept < (whole[..., 3] == 255)).any()
    assert (part[kept] == whole[kept]).all()
    assert np.isin(part[~kept], (0, 255)).all(), "what is cut off is still in the file"
    row = 128
    columns = np.flatnonzero(whole[row, :, 3] == 255)
    cut = np.flatnonzero(kept[row])
    if grid == "LAMB93" and columns.size:
        side = 209_715.2 * 256 / 2**zoom
        border_px = (BORDER % side) / side * 256
        assert abs(cut.max() + 1 - border_px) <= 1


def test_a_map_is_cut_at_the_border(thin: ThinLayer, people: People, limited: Photo) -> None:
    asked = PHOTO_MAP | {
        "LAYERS": "essai",
        "BBOX": "617031.3,6717230,617071.3,6717270",
        "WIDTH": "200",
        "HEIGHT": "200",
    }
    part = pixels(kvp(thin, asked, **people.credentials["friend"]))
    assert part[:, :99, 3].all()
    assert np.isin(part[:, 101:], (0, 255)).all()
    jpeg = pixels(kvp(thin, asked | {"FORMAT": "image/jpeg"}, **people.credentials["friend"]))
    assert (jpeg[:, 120:, :3] >= 250).all()


def test_tags_differ_by_what_is_seen(thin: ThinLayer, people: People, limited: Photo) -> None:
    whole, part = (tile(thin, **people.credentials[who]).headers["ETag"] for who in ("owner", "friend"))
    assert whole != part
    assert tile(thin, HTTP_IF_NONE_MATCH=whole, **people.credentials["friend"]).status_code == 200
    assert tile(thin, HTTP_IF_NONE_MATCH=part, **people.credentials["friend"]).status_code == 304


def test_a_member_without_communes_sees_nothing(thin: ThinLayer, people: People) -> None:
    campaign.publish(visibility="members", owner=people.owner, shared_with=[people.other.pk], within_communes=True)
    assert tile(thin, **people.credentials["other"]).status_code == 400


def test_only_communes_of_members_it_is_shared_with_count(thin: ThinLayer, people: People, limited: Photo) -> None:
    everywhere = MultiPolygon(Polygon.from_bbox((616_000, 6_716_000, 618_000, 6_718_000)), srid=2154)
    both = factories.user(factories.member(factories.commune(geom=everywhere)))
    with factories.as_owner():
        Membership.objects.create(user=both, member=people.friend, role=Role.READER)
    assert not pixels(tile(thin, place=OUTSIDE, **bearer(both)))[..., 3].any()


def test_a_town_hall_sees_it_on_its_own_communes(thin: ThinLayer, people: People) -> None:
    east = MultiPolygon(Polygon.from_bbox((BORDER, 6_710_000, BORDER + 5000, 6_720_000)), srid=2154)
    town = factories.commune(geom=east)
    friend = factories.member(*people.friend.communes.all(), town)
    campaign.publish(visibility="members", owner=people.owner, shared_with=[friend.pk], within_communes=True)
    hall = bearer(factories.user(friend, Role.TOWN_HALL, communes=(town,)))
    assert pixels(tile(thin, place=OUTSIDE, **hall))[..., 3].all()
    assert not pixels(tile(thin, place=INSIDE, **hall))[..., 3].any()


def test_a_public_photo_is_whole_for_everybody(thin: ThinLayer, people: People) -> None:
    campaign.publish(visibility="public", owner=people.owner, shared_with=[people.friend.pk], within_communes=True)
    assert pixels(tile(thin, place=OUTSIDE, **people.credentials["friend"]))[..., 3].all()


# What is taken away is gone within five seconds.


def revoke_token(user: User, member: Member) -> None:
    ApiToken.objects.filter(user=user).update(revoked_at="2026-01-01T00:00:00Z")


def leave_member(user: User, member: Member) -> None:
    with factories.as_owner():
        Membership.objects.filter(user=user).delete()


def take_back(user: User, member: Member) -> None:
    with factories.as_owner():
        delete_photo("essai")


def share_no_more(user: User, member: Member) -> None:
    with factories.as_owner():
        Photo.objects.update(shared_with=[])


def lose_territory(user: User, member: Member) -> None:
    with factories.as_owner():
        Territory.objects.filter(member=member).delete()


@pytest.mark.parametrize("take_away", [revoke_token, leave_member, take_back, share_no_more, lose_territory])
def test_what_is_taken_away_is_gone_within_five_seconds(
    thin: ThinLayer, people: People, five_seconds_later: Callable[[], None], take_away: Any
) -> None:
    campaign.publish(visibility="members", owner=people.owner, shared_with=[people.friend.pk], within_communes=True)
    user = factories.user(people.friend)
    credentials = bearer(user)
    assert tile(thin, **credentials).status_code == 200
    take_away(user, people.friend)
    five_seconds_later()
    assert tile(thin, **credentials).status_code != 200


def test_a_tile_kept_for_one_is_not_given_to_another(thin: ThinLayer, people: People) -> None:
    campaign.publish(visibility="owner", owner=people.owner)
    assert tile(thin, **people.credentials["owner"]).status_code == 200
    assert len(kept_files()) == 1
    assert tile(thin, **people.credentials["other"]).status_code == 400
    assert tile(thin).status_code == 400
    shutil.rmtree(files.root())
    forget()
