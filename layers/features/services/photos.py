"""Photos that people attach: decoded with limits, turned upright, made smaller, written anew without what they tell."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import IO

from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from gis_core.errors import Invalid

LONGEST_SIDE, SMALL_SIDE = 2560, 320
MOST_BYTES = 25 * 1_048_576
# A JPEG is decoded at a fraction of its size; the other formats are decoded whole.
MOST_PIXELS = {"JPEG": 150_000_000, "PNG": 30_000_000, "WEBP": 30_000_000}
EXIF_PART, TAKEN_AT, CHANGED_AT = 0x8769, 0x9003, 0x0132
EXIF_TIME = "%Y:%m:%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo made anew: JPEG bytes, the same small, its size in pixels, and when it was taken."""

    content: bytes
    small: bytes
    width: int
    height: int
    taken_at: datetime | None


def picture_of(file: IO[bytes], size: int) -> Picture:
    """Raises Invalid for what is no photo, or one too large."""
    if size > MOST_BYTES:
        raise Invalid(_("The photo is larger than %(most)s MB.") % {"most": MOST_BYTES // 1_048_576}, parameter="file")
    with image_within(file) as image:
        return decoded(image)


@contextmanager
def image_within(file: IO[bytes]) -> Iterator[Image.Image]:
    """An image whose decoding stays within limits. Raises Invalid, for what its decoding meets as well."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=tuple(MOST_PIXELS)) as image:
                if image.width * image.height > MOST_PIXELS[str(image.format)]:
                    raise Invalid(_("The photo has too many pixels: send a smaller one."), parameter="file")
                yield image
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise not_a_photo() from error
    except (OSError, ValueError, SyntaxError, OverflowError, MemoryError) as error:
        raise Invalid(_("The photo is damaged: it cannot be read to its end."), parameter="file") from error


def not_a_photo() -> Invalid:
    return Invalid(_("Send a photo as JPEG, PNG or WebP."), parameter="file")


def decoded(image: Image.Image) -> Picture:
    taken_at = taken(image)
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = opaque(ImageOps.exif_transpose(image))
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    small = upright.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return Picture(jpeg(upright, taken_at), jpeg(small, None), upright.width, upright.height, made_aware(taken_at))


def opaque(image: Image.Image) -> Image.Image:
    """Without transparency, on white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return image.convert("RGB")


def taken(image: Image.Image) -> datetime | None:
    """When the camera says that the photo was taken, in its own time; None where it does not say so."""
    exif = image.getexif()
    text = exif.get_ifd(EXIF_PART).get(TAKEN_AT) or exif.get(CHANGED_AT)
    try:
        return datetime.strptime(str(text).strip("\0 "), EXIF_TIME)
    except ValueError:
        return None


def made_aware(taken_at: datetime | None) -> datetime | None:
    return make_aware(taken_at) if taken_at and 1900 <= taken_at.year <= 2200 else None


def jpeg(image: Image.Image, taken_at: datetime | None) -> bytes:
    """JPEG bytes that tell nothing but when the photo was taken."""
    exif = Image.Exif()
    if taken_at:
        exif[CHANGED_AT] = taken_at.strftime(EXIF_TIME)
    kept = BytesIO()
    image.save(kept, "JPEG", quality=85, optimize=True, exif=exif)
    return kept.getvalue()
