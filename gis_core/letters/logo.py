"""A member's logo: decoded with limits, made smaller, written anew."""

import warnings
from io import BytesIO
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from gis_core.errors import Invalid

MOST_BYTES = 1_048_576
MOST_PIXELS = 16_000_000
LARGEST = (900, 480)


def logo_of(file: IO[bytes], size: int) -> bytes:
    """PNG bytes. Raises Invalid for what is no PNG or JPEG picture, or one too large."""
    if size > MOST_BYTES:
        raise Invalid(_("The logo is larger than 1 MB."), parameter="logo")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return decoded(file)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid(_("Send a logo as PNG or JPEG."), parameter="logo") from error
    except (OSError, ValueError, SyntaxError, OverflowError, MemoryError) as error:
        raise Invalid(_("The logo is damaged: it cannot be read to its end."), parameter="logo") from error


def decoded(file: IO[bytes]) -> bytes:
    with Image.open(file, formats=("PNG", "JPEG")) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Invalid(_("The logo has too many pixels: send a smaller one."), parameter="logo")
        picture = image.convert("RGBA")
    picture.thumbnail(LARGEST)
    kept = BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()
