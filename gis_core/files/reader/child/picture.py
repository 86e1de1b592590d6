"""A picture that somebody sent, decoded within limits and made anew: upright, smaller, without what it tells."""

import warnings
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from .files import regular
from .trouble import Trouble

EXIF_PART, TAKEN_AT, CHANGED_AT = 0x8769, 0x9003, 0x0132


def picture(name: str, recipe: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """The picture once for each of the recipe's `boxes`, and what is known of it.

    The recipe is that of `gis_core.files.reader.pictures`. Raises Trouble.
    """
    try:
        with warnings.catch_warnings(), regular(name) as opened:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(opened, formats=tuple(recipe["pixels"])) as image:
                return make_pictures(image, recipe)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Trouble("not_a_picture") from error
    except (OSError, ValueError, SyntaxError, OverflowError) as error:
        raise Trouble("picture_damaged") from error


def make_pictures(image: Image.Image, recipe: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    width, height = image.size
    if width * height > recipe["pixels"][str(image.format)] or max(width, height) > recipe["longest"]:
        raise Trouble("picture_pixels", width=width, height=height)
    form, taken = str(recipe["form"]), read_taken_at(image) if recipe["dated"] else None
    boxes: list[tuple[int, int]] = [(int(across), int(down)) for across, down in recipe["boxes"]]
    if form == "JPEG" and boxes:
        image.draft("RGB", boxes[0])
    upright = convert_mode(ImageOps.exif_transpose(image), form, clear=bool(recipe["clear"]))
    sizes: list[list[int]] = []
    blobs: list[bytes] = []
    for box in boxes or [upright.size]:
        if upright.width > box[0] or upright.height > box[1]:
            upright = upright.convert("RGB") if upright.mode == "1" else upright
            upright.thumbnail(box)
        blobs.append(encode(upright, form, int(recipe["quality"]), taken if not blobs else None))
        sizes.append([upright.width, upright.height, len(blobs[-1])])
    return {"sizes": sizes, "taken": taken}, blobs


def convert_mode(image: Image.Image, form: str, *, clear: bool) -> Image.Image:
    """In a mode that the form has; without transparency, on white, unless it may stay `clear`."""
    if form == "RGBA" or clear:
        return image.convert("RGBA")
    if form == "PNG" and image.mode in ("1", "L", "RGB") and "transparency" not in image.info:
        return image.copy()
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return image.convert("RGB")


def encode(image: Image.Image, form: str, quality: int, taken: str | None) -> bytes:
    """Its bytes, which tell nothing but when it was taken, where that is kept."""
    if form == "RGBA":
        return image.tobytes()
    image.info = {}
    kept = BytesIO()
    exif = Image.Exif()
    if taken:
        exif[CHANGED_AT] = taken
    image.save(kept, form, quality=quality, optimize=True, exif=exif)
    return kept.getvalue()


def read_taken_at(image: Image.Image) -> str | None:
    """When the camera says that the photo was taken, as it writes it; None where it does not say so."""
    exif = image.getexif()
    text = exif.get_ifd(EXIF_PART).get(TAKEN_AT) or exif.get(CHANGED_AT)
    return str(text).strip("\0 ")[:19] if text else None
