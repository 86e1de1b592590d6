"""Nobody gets another's tile: from PostgreSQL, from the files, or by lasting rights."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gis_core.accounts.factor.requirement import DUE
from gis_core.models import ApiToken, Membership, User
from gis_core.tokens.authentication import create_token
from layers.catalogue.models import Layer
from layers.catalogue.services import announce_changed
from tests import factories
from tests.tiles.conftest import ThinLayer, address_of, decoded, kept_files, url_of
from tiles import asking

X, Y = 617_010.0, 6_717_010.0
TILE = url_of("prive", address_of(X, Y, 15))
SignIn = Callable[[Any], Client]


@pytest.fixture
def private(db: None) -> Layer:
    """A layer that all signed in see, whose rows belong to members: two squares, one each."""
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("""
            create table essai_prive (id bigint primary key, version integer not null default 1, owner_id integer,
                shared_with integer[] not null default '{}', geom geometry(MultiPolygon, 2154),
                geom_3857 geometry generated always as (st_transform(geom, 3857)) stored)
        """)
        cursor.execute("select arpent.secure_table('essai_prive', 'owner')")
    return factories.layer(
        slug="prive", table="essai_prive", rows=Layer.Rows.OWNER, visibility=Layer.Visibility.SIGNED_IN, columns=[]
    )


def row(pk: int, owner: int) -> None:
    with factories.as_owner(), connection.cursor() as cursor:
        geom = factories.square(X, Y, 20 + pk)
        cursor.execute("insert into essai_prive (id, owner_id, geom) values (%s, %s, %s)", [pk, owner, geom.ewkb])


def test_a_private_tile_made_for_one_member_is_never_given_to_another(private: Layer, signed_in: SignIn) -> None:
    ours, theirs = factories.member(), factories.member()
    row(1, ours.pk)
    row(2, theirs.pk)
    for asker, seen in ((ours, 1), (theirs, 2), (ours, 1)):
        (feature,) = decoded(signed_in(factories.user(asker)).get(TILE), "prive")
        assert feature["id"] == seen
    assert len(kept_files()) == 2


def test_two_readers_of_one_member_share_the_file(private: Layer, signed_in: SignIn) -> None:
    ours = factories.member()
    row(1, ours.pk)
    for _ in range(2):
        assert signed_in(factories.user(ours)).get(TILE).status_code == 200
    assert len(kept_files()) == 1


def test_the_thin_layer_gives_each_member_their_own_tile(private: Layer, thin: ThinLayer) -> None:
    ours, theirs = factories.member(), factories.member()
    row(1, ours.pk)
    row(2, theirs.pk)
    found = [decoded(thin.get(TILE, **bearer(factories.user(member))), "prive")[0]["id"] for member in (ours, theirs)]
    assert found == [1, 2]


def bearer(user: User) -> dict[str, str]:
    _token, secret = create_token(user=user, name="essai")
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def session(client: Client) -> dict[str, str]:
    return {"HTTP_COOKIE": f"autre=1; arpent_session={client.cookies['arpent_session'].value}"}


def test_the_thin_layer_answers_what_django_answers(private: Layer, thin: ThinLayer, signed_in: SignIn) -> None:
    ours = factories.member()
    row(1, ours.pk)
    browser = signed_in(factories.user(ours))
    slow, quick = browser.get(TILE, headers={"accept-encoding": "gzip"}), thin.get(TILE, **session(browser))
    assert quick.content == slow.content
    for name in ("ETag", "Cache-Control", "Content-Type", "Content-Encoding", "Content-Length"):
        assert quick.headers[name] == slow[name]
    assert {"Cookie", "Authorization"} <= set(quick.headers["Vary"].split(", "))


def test_the_thin_layer_leaves_errors_to_django(thin: ThinLayer, private: Layer) -> None:
    for path in (TILE, "/tiles/inconnue/15/1/1.mvt", "/tiles/prive/99/1/1.mvt", "/tiles/prive.json", TILE + "?x=1"):
        assert thin.get(path).status_code == 404
    assert thin.passed_on == 5


def test_the_thin_layer_refuses_a_host_it_does_not_know(thin: ThinLayer, db: None) -> None:
    factories.layer(slug="essai")
    thin.get(url_of("essai", address_of(X, Y, 15)), HTTP_HOST="evil.example")
    assert thin.passed_on == 1


def test_the_thin_layer_says_that_nothing_changed(thin: ThinLayer, db: None) -> None:
    factories.layer(slug="essai")
    address = url_of("essai", address_of(X, Y, 15))
    tag = thin.get(address).headers["ETag"]
    assert thin.get(address, HTTP_IF_NONE_MATCH=tag).status_code == 304


def test_an_announced_change_changes_the_tile(thin: ThinLayer, db: None) -> None:
    layer = factories.layer(slug="essai")
    address = url_of("essai", address_of(X, Y, 15))
    assert thin.get(address).status_code == 204
    factories.parcel()
    with factories.as_worker():
        announce_changed(layer)
    asking.forget_everybody()
    assert len(decoded(thin.get(address), "essai")) == 1


def test_who_knows_a_later_version_than_the_thin_layer_asks_django(thin: ThinLayer, db: None) -> None:
    """An object that one has just saved is drawn at once, not when what is kept is read again."""
    layer = factories.layer(slug="essai")
    address = url_of("essai", address_of(X, Y, 15))
    assert thin.get(f"{address}?v={layer.version}").status_code == 204
    thin.get(f"{address}?v={layer.version + 1}")
    assert thin.passed_on == 1


def test_people_who_may_see_the_same_share_one_reading_of_the_catalogue(db: None) -> None:
    factories.layer(slug="public")
    ours = factories.member()
    known = [asking.who_asks(bearer(factories.user(member))) for member in (ours, ours, factories.member())]
    layers = [one.layers for one in known if one]
    assert (layers[0] is layers[1], layers[0] is layers[2]) == (True, False)


def revoke_token(user: User, layer: Layer) -> None:
    ApiToken.objects.filter(user=user).update(revoked_at="2026-01-01T00:00:00Z")


def close_account(user: User, layer: Layer) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def leave_member(user: User, layer: Layer) -> None:
    with factories.as_owner():
        Membership.objects.filter(user=user).delete()


def make_private(user: User, layer: Layer) -> None:
    other = factories.member()
    with factories.as_owner():
        Layer.objects.filter(pk=layer.pk).update(visibility="owner", owner=other)


def change_password(user: User, layer: Layer) -> None:
    user.set_unusable_password()
    user.save()


@pytest.mark.parametrize("take_away", [revoke_token, close_account, leave_member, make_private])
def test_a_right_taken_away_is_gone_within_five_seconds(
    thin: ThinLayer, db: None, five_seconds_later: Callable[[], None], take_away: Any
) -> None:
    ours = factories.member()
    layer = factories.layer(slug="liste", visibility="members", shared_with=[ours.pk], owner=factories.member())
    user = factories.user(ours)
    credentials, address = bearer(user), url_of("liste", address_of(X, Y, 15))
    assert thin.get(address, **credentials).status_code == 204
    take_away(user, layer)
    five_seconds_later()
    assert thin.get(address, **credentials).status_code == 404


@pytest.mark.parametrize("take_away", [close_account, change_password, leave_member])
def test_a_session_loses_its_tiles_within_five_seconds(
    thin: ThinLayer, signed_in: SignIn, db: None, five_seconds_later: Callable[[], None], take_away: Any
) -> None:
    ours = factories.member()
    layer = factories.layer(slug="liste", visibility="members", shared_with=[ours.pk], owner=factories.member())
    user = factories.user(ours)
    credentials, address = session(signed_in(user)), url_of("liste", address_of(X, Y, 15))
    assert thin.get(address, **credentials).status_code == 204
    take_away(user, layer)
    five_seconds_later()
    assert thin.get(address, **credentials).status_code == 404


def test_a_session_whose_second_factor_is_missing_is_left_to_django(
    thin: ThinLayer, signed_in: SignIn, private: Layer
) -> None:
    browser = signed_in(factories.user(factories.member()))
    stored = browser.session
    stored[DUE] = True
    stored.save()
    thin.get(TILE, **session(browser))
    assert thin.passed_on == 1


def test_invented_session_keys_share_what_an_anonymous_asker_sees(db: None) -> None:
    factories.layer(slug="public")
    nobody = asking.who_asks({})
    assert asking.who_asks({"HTTP_COOKIE": "arpent_session=inventee"}) is nobody


def test_invented_headers_do_not_push_out_people(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asking.forget_everybody()
    monkeypatch.setattr(asking, "MOST_ASKERS", 5)
    with factories.as_owner():
        _token, secret = create_token(user=factories.user(factories.member()), name="qgis")
    real = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    assert asking.who_asks(real) is not None
    for rank in range(20):
        assert asking.who_asks({"HTTP_AUTHORIZATION": f"Bearer arpent_{rank}"}) is None
    assert asking.credentials_of(real) in asking._entries
    assert len(asking._entries) == 5
