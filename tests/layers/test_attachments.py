"""Photos of features: made anew, seen by those who see the feature, changed by those who edit it."""

import zlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from gis_core.members.rights import Rights, acting_as, rights_of
from gis_core.models import User
from layers.catalogue.models import Layer
from layers.features.models import Attachment
from layers.features.services.origin import Origin
from layers.features.services.reshape import merge
from tests import factories

pytestmark = pytest.mark.django_db
TAKEN = "2024:06:12 14:05:33"


@pytest.fixture
def layer() -> Layer:
    return factories.editable_layer(slug="lampes", visibility="members")


@pytest.fixture
def pk(layer: Layer) -> int:
    return factories.feature(layer)


@pytest.fixture
def session(client: Client, layer: Layer) -> Client:
    client.force_login(factories.user(layer.owner, "network_technician"))
    return client


def photo(size: tuple[int, int] = (60, 40), kind: str = "JPEG", mode: str = "RGB", **more: Any) -> bytes:
    kept = BytesIO()
    Image.new(mode, size, "green").save(kept, kind, **more)
    return kept.getvalue()


def camera_photo(size: tuple[int, int] = (60, 40)) -> bytes:
    """As a camera writes it: lying on its side, with the place and the camera's name."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of Ada"
    exif.get_ifd(0x8769)[0x9003] = TAKEN
    exif.get_ifd(0x8825)[1] = "N"
    return photo(size, exif=exif)


def url(pk: int, attachment: int | None = None) -> str:
    here = f"/api/v1/layers/lampes/features/{pk}/attachments/"
    return here if attachment is None else f"{here}{attachment}/"


def send(client: Client, pk: int, content: bytes, name: str = "photo.jpg") -> Any:
    return client.post(url(pk), {"file": SimpleUploadedFile(name, content)})


def opened(answer: Any) -> Image.Image:
    return Image.open(BytesIO(b"".join(answer.streaming_content)))


def test_a_photo_is_kept_upright_and_tells_nothing_but_its_date(session: Client, pk: int) -> None:
    made = send(session, pk, camera_photo(), "C:\\photos\\été 1.JPG").json()
    kept = opened(session.get(made["url"]))
    assert (made["title"], made["width"], made["height"], kept.size) == ("été 1.JPG", 40, 60, (40, 60))
    assert datetime.fromisoformat(made["taken_at"]) == datetime(2024, 6, 12, 12, 5, 33, tzinfo=UTC)
    assert dict(kept.getexif()) == {0x0132: TAKEN}
    assert "Ada" not in str(kept.info)


def test_a_photo_counts_no_row_of_its_member(session: Client, pk: int, settings: Any) -> None:
    settings.QUOTA_ROWS, settings.QUOTA_BYTES = 1, 100 * 1_048_576
    with CaptureQueriesContext(connection) as asked:
        assert send(session, pk, photo()).status_code == 201
    assert not [query for query in asked.captured_queries if 'count(*) from "layer_' in query["sql"]]


def test_a_large_photo_is_made_smaller(session: Client, pk: int) -> None:
    made = send(session, pk, photo((5000, 2500))).json()
    assert (made["width"], made["height"]) == (2560, 1280)
    assert opened(session.get(made["thumbnail"])).size == (320, 160)


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("WEBP", "RGB"), ("JPEG", "CMYK")]
)
def test_other_formats_become_jpeg(session: Client, pk: int, kind: str, mode: str) -> None:
    kept = BytesIO()
    Image.new(mode, (8, 8)).save(kept, kind)
    made = send(session, pk, kept.getvalue()).json()
    assert opened(session.get(made["url"])).format == "JPEG"


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge."""

    def part(name: bytes, content: bytes) -> bytes:
        return pack(">I", len(content)) + name + content + pack(">I", zlib.crc32(name + content))

    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0" * 100)) + part(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        photo(kind="GIF"),
        photo(kind="TIFF"),
        photo(kind="BMP"),
        photo()[:300],
        photo(kind="PNG")[:60],
        bomb(6000, 6000),
        bomb(100_000, 100_000),
        bomb(0, 5),
    ],
    ids=range(11),
)
def test_what_is_no_photo_is_refused_and_nothing_is_kept(session: Client, pk: int, content: bytes) -> None:
    answer = send(session, pk, content)
    assert answer.status_code == 400, answer.content
    assert session.get(url(pk)).json()["results"] == []


def test_a_body_that_is_too_large_is_refused_before_it_is_read(session: Client, pk: int) -> None:
    form = "multipart/form-data; boundary=x"
    answer = session.generic("POST", url(pk), b"", content_type=form, CONTENT_LENGTH="99999999")
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [{}, {"file": "text"}, {"other": SimpleUploadedFile("a.jpg", b"x")}])
def test_a_request_without_a_photo_is_refused(session: Client, pk: int, body: dict[str, Any]) -> None:
    assert session.post(url(pk), body).status_code == 400


def test_photos_are_seen_with_the_feature(session: Client, layer: Layer, pk: int) -> None:
    made = send(session, pk, photo()).json()
    assert [one["id"] for one in session.get(url(pk)).json()["results"]] == [made["id"]]
    reader, stranger = Client(), Client()
    reader.force_login(factories.user(layer.owner, "reader"))
    stranger.force_login(factories.user(factories.member(), "gis_administrator"))
    assert opened(reader.get(made["url"])).format == "JPEG"
    for client in (stranger, Client()):
        assert (client.get(url(pk)).status_code, client.get(made["url"]).status_code) == (404, 404)


def test_a_photo_is_found_at_its_own_feature_alone(session: Client, layer: Layer, pk: int) -> None:
    made = send(session, pk, photo()).json()
    assert session.get(url(factories.feature(layer), made["id"])).status_code == 404


@pytest.mark.parametrize("role", ["reader", "town_hall", "permit_instructor"])
def test_only_editors_add_and_remove(session: Client, layer: Layer, pk: int, role: str) -> None:
    made = send(session, pk, photo()).json()
    other = Client()
    other.force_login(factories.user(layer.owner, role))
    assert send(other, pk, photo()).status_code == 403
    assert other.delete(made["url"]).status_code == 403


def test_a_removed_photo_is_gone_and_its_file_stays(session: Client, pk: int) -> None:
    made = send(session, pk, photo()).json()
    folder = Path(settings.FILES_DIR, "attachments")
    before = sorted(folder.rglob("*.jpg"))
    assert session.delete(made["url"]).status_code == 204
    assert session.get(made["url"]).status_code == 404
    assert sorted(folder.rglob("*.jpg")) == before


def test_an_object_has_fifty_photos_at_most(session: Client, layer: Layer, pk: int) -> None:
    with factories.as_owner():
        Attachment.objects.bulk_create(
            Attachment(layer=layer, feature=pk, owner=layer.owner, title="x", width=1, height=1, size_bytes=1)
            for _ in range(50)
        )
    assert send(session, pk, photo()).status_code == 400


def test_a_photo_is_sent_once_to_who_keeps_it_and_may_see_it(session: Client, pk: int) -> None:
    made = send(session, pk, photo()).json()
    whole, small = (session.get(made[name]) for name in ("url", "thumbnail"))
    opened(whole)
    opened(small)
    assert whole["ETag"] != small["ETag"]
    known = {"If-None-Match": whole["ETag"]}
    assert session.get(made["url"], headers=known).status_code == 304
    assert opened(session.get(made["thumbnail"], headers=known)).size == (60, 40)
    assert Client().get(made["url"], headers=known).status_code == 404


def test_a_full_disk_keeps_nothing(session: Client, pk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert send(session, pk, photo()).status_code == 503
    assert session.get(url(pk)).json()["results"] == []


def test_photos_of_merged_features_go_to_the_one_that_stays(session: Client) -> None:
    areas = factories.editable_layer(geometry="polygon", slug="espaces")
    x, y = factories.ORIGIN
    first, second = factories.feature(areas), factories.feature(areas, factories.square(x + 100, y)[0])
    by = factories.user(areas.owner, "network_technician")
    session.force_login(by)
    there = "/api/v1/layers/espaces/features/{}/attachments/"
    session.post(there.format(second), {"file": SimpleUploadedFile("a.jpg", photo())})
    rights = rights_of(by)
    with acting_as(rights):
        merge(areas, [(first, 1), (second, 1)], rights=rights, origin=Origin("web"))
    assert len(session.get(there.format(first)).json()["results"]) == 1


def test_the_wall_hides_photos_of_another_members_rows() -> None:
    layer, ours, theirs = factories.editable_layer(rows="owner"), factories.member(), factories.member()
    with factories.as_owner():
        Attachment.objects.create(
            layer=layer, feature=1, owner=theirs, private=True, title="x", width=1, height=1, size_bytes=1
        )

    def seen(person: User | None) -> int:
        with acting_as(rights_of(person) if person else Rights()):
            return Attachment.objects.count()

    assert [seen(factories.user(one, "reader")) for one in (ours, theirs)] + [seen(None)] == [0, 1, 0]
