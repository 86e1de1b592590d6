"""A member's logo: decoded by the restricted reader within limits, made smaller, written anew."""

from typing import IO

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.files.reader import Limits, PictureRecipe, ReadRefused, RestrictedReader

MOST_BYTES = 1_048_576
MOST_PIXELS = 16_000_000
LARGEST = (900, 480)
RECIPE = PictureRecipe(pixels={"PNG": MOST_PIXELS, "JPEG": MOST_PIXELS}, form="PNG", boxes=(LARGEST,), clear=True)


def logo_of(file: IO[bytes], size: int) -> bytes:
    """PNG bytes. Raises Invalid for what is no PNG or JPEG picture, or one too large."""
    if size > MOST_BYTES:
        raise Invalid(_("The logo is larger than 1 MB."), parameter="logo")
    with RestrictedReader(Limits.for_pictures(MOST_BYTES)) as reader:
        try:
            return reader.picture(reader.admit_stream(file), RECIPE).made[0].content
        except ReadRefused as refused:
            raise Invalid(refusal(refused.problem.code), parameter="logo") from refused


def refusal(code: str) -> str:
    """Why a logo is not taken, in words."""
    if code == "not_a_picture":
        return _("Send a logo as PNG or JPEG.")
    if code in ("picture_pixels", "too_much_memory"):
        return _("The logo has too many pixels: send a smaller one.")
    return _("The logo is damaged: it cannot be read to its end.")
