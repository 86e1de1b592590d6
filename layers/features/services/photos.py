"""Photos that people attach: decoded by the restricted reader within limits, turned upright, made smaller, written anew
without what they tell."""

from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.files.reader import Limits, PictureRecipe, Pictures, ReadRefused, RestrictedReader

LONGEST_SIDE, SMALL_SIDE = 2560, 320
MOST_BYTES = 25 * 1_048_576
# A JPEG is decoded at a fraction of its size; the other formats are decoded whole.
MOST_PIXELS = {"JPEG": 150_000_000, "PNG": 30_000_000, "WEBP": 30_000_000}
RECIPE = PictureRecipe(
    pixels=MOST_PIXELS,
    form="JPEG",
    boxes=((LONGEST_SIDE, LONGEST_SIDE), (SMALL_SIDE, SMALL_SIDE)),
    dated=True,
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo made anew: JPEG bytes, the same small, its size in pixels, and when it was taken."""

    content: bytes
    small: bytes
    width: int
    height: int
    taken_at: datetime | None


def picture_of(file: IO[bytes], size: int) -> Picture:
    """A photo and its small copy, made anew by the locked reader, with the instant it was taken.

    Raises Invalid for what is no photo, or one too large.
    """
    if size > MOST_BYTES:
        raise Invalid(_("The photo is larger than %(most)s MB.") % {"most": MOST_BYTES // 1_048_576}, parameter="file")
    with RestrictedReader(Limits.for_pictures(MOST_BYTES)) as reader:
        pictures = remake(reader, reader.admit_stream(file), RECIPE)
    photo, small = pictures.made
    return Picture(photo.content, small.content, photo.width, photo.height, to_aware(pictures.taken_at))


def remake(reader: RestrictedReader, name: str, recipe: PictureRecipe) -> Pictures:
    """An admitted photo made anew. Raises Invalid, in the words of a photo."""
    try:
        return reader.picture(name, recipe)
    except ReadRefused as refused:
        raise Invalid(refusal(refused.problem.code), parameter="file") from refused


def refusal(code: str) -> str:
    """Why a photo is not taken, in words."""
    if code == "not_a_picture":
        return _("Send a photo as JPEG, PNG or WebP.")
    if code in ("picture_pixels", "too_much_memory"):
        return _("The photo has too many pixels: send a smaller one.")
    return _("The photo is damaged: it cannot be read to its end.")


def to_aware(taken_at: datetime | None) -> datetime | None:
    return make_aware(taken_at) if taken_at and 1900 <= taken_at.year <= 2200 else None
