"""Pictures that somebody sent: decoded by the locked child alone, made anew, refused in words."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from gis_core.files.content import JPEG, PHOTO, read_content
from gis_core.files.reader import Limits, PictureRecipe, ReadRefused, RestrictedReader
from gis_core.letters.logo import logo_of

PIXELS = {"JPEG": 1_000_000, "PNG": 1_000_000}


@pytest.fixture(scope="module")
def reader() -> Iterator[RestrictedReader]:
    with RestrictedReader(Limits.for_pictures(1 << 20)) as opened:
        yield opened


def sent(form: str = "JPEG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: Any) -> bytes:
    kept = BytesIO()
    Image.new(mode, size, "teal").save(kept, form, **options)
    return kept.getvalue()


def described(**fields: Any) -> Image.Exif:
    """Turned by a quarter, taken one morning, at a place."""
    exif = Image.Exif()
    exif[0x0112], exif[0x0132] = 6, "2026:02:03 08:15:00"
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def test_a_photo_is_upright_in_two_sizes_and_tells_nothing_but_its_time(reader: RestrictedReader) -> None:
    recipe = PictureRecipe(pixels=PIXELS, form="JPEG", boxes=((30, 30), (10, 10)), dated=True)
    found = reader.picture(reader.admit_stream(BytesIO(sent(exif=described()))), recipe)
    assert [(one.width, one.height) for one in found.made] == [(15, 30), (5, 10)]
    assert found.taken_at == datetime(2026, 2, 3, 8, 15)
    exif = opened(found.made[0].content).getexif()
    assert dict(exif) == {0x0132: "2026:02:03 08:15:00"}
    assert not dict(opened(found.made[1].content).getexif())


def test_what_follows_a_picture_is_not_kept(reader: RestrictedReader) -> None:
    recipe = PictureRecipe(pixels=PIXELS, form="PNG", clear=True)
    (made,) = reader.picture(reader.admit_stream(BytesIO(sent("PNG") + b"<?php secret")), recipe).made
    assert b"secret" not in made.content
    assert opened(made.content).size == (40, 20)


def test_bare_pixels_are_as_many_as_the_size_says(reader: RestrictedReader) -> None:
    (made,) = reader.picture(reader.admit_stream(BytesIO(sent())), PictureRecipe(pixels=PIXELS, form="RGBA")).made
    assert len(made.content) == 4 * made.width * made.height


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"GIF89a", "not_a_picture"),
        (b"<svg/>", "not_a_picture"),
        (sent("PNG")[:60], "picture_damaged"),
        (sent("PNG", (1_001, 1_000)), "picture_pixels"),
        (sent("PNG", (1, 70_000)), "picture_pixels"),
    ],
)
def test_what_cannot_be_read_is_refused_and_the_next_one_is_read(
    reader: RestrictedReader, content: bytes, code: str
) -> None:
    recipe = PictureRecipe(pixels=PIXELS, form="JPEG")
    with pytest.raises(ReadRefused) as refused:
        reader.picture(reader.admit_stream(BytesIO(content)), recipe)
    assert refused.value.problem.code == code
    assert reader.picture(reader.admit_stream(BytesIO(sent())), recipe).made[0].width == 40


def test_the_servers_process_decodes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    logo, photo = sent("PNG"), sent("JPEG")

    def decode(*_args: Any, **_options: Any) -> None:
        raise AssertionError("a picture is decoded in this process")

    monkeypatch.setattr(Image, "open", decode)
    assert logo_of(BytesIO(logo), len(logo)).startswith(b"\x89PNG")
    with RestrictedReader(Limits.for_pictures(1 << 20)) as other:
        content = read_content(SimpleUploadedFile("a.jpg", photo), other, accepted=(JPEG,), picture=PHOTO)
    assert content
    assert content.made[0].width == 40
