"""Pictograms of road signs, drawn here from simple shapes: one look for each family, and a drawing or a text inside for
the signs met most. They help to recognise a sign on a screen; they are not patterns to make signs from.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from networks.roads.iisr import base_of, family_of, is_known, normal

RED, BLUE, YELLOW, BLACK, WHITE, GREY, GREEN = (
    "#c1121f", "#1351a8", "#ffd400", "#1d1d1b", "#ffffff", "#8d8d8d", "#1b7f3b",
)  # fmt: skip
FRAME: Final = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100">{}</svg>'
TRIANGLE: Final = "M50 8 96 88H4Z"
TURNED: Final = "M50 92 4 12H96Z"
OCTAGON: Final = "M31 4H69L96 31V69L69 96H31L4 69V31Z"
DIAMOND: Final = "M50 3 97 50 50 97 3 50Z"
SHORT: Final = 7
ARROW_UP: Final = "M50 24V76M50 24 34 42M50 24 66 42"
ARROW_RIGHT: Final = "M24 50H76M76 50 58 34M76 50 58 66"
ARROW_LEFT: Final = "M76 50H24M24 50 42 34M24 50 42 66"
TURN_RIGHT: Final = "M38 78V46H68M68 46 56 34M68 46 56 58"
TURN_LEFT: Final = "M62 78V46H32M32 46 44 34M32 46 44 58"
DOWN_RIGHT: Final = "M30 30 68 68M68 68V46M68 68H46"
DOWN_LEFT: Final = "M70 30 32 68M32 68V46M32 68H54"
CYCLE: Final = "M30 62a11 11 0 1 0 .1 0M70 62a11 11 0 1 0 .1 0M30 73 44 46H62L70 73M44 46 54 73 62 46"
WALKER: Final = "M51 26a6 6 0 1 0 .1 0M51 40 47 60 38 80M47 60 58 80M51 42 38 54M51 42 62 54"
CAR: Final = "M28 64V54L34 44H66L72 54V64ZM36 64V70M64 64V70"
LORRY: Final = "M24 64V40H56V64ZM56 48H68L76 56V64H56M34 64V70M66 64V70"
STROKES: Final = {
    # In triangles; the others are drawn in the middle.
    "A1a": "M42 76V62Q42 52 52 48L60 42M60 42 50 42M60 42V52",
    "A1b": "M58 76V62Q58 52 48 48L40 42M40 42H50M40 42V52",
    "A1c": "M44 78Q44 68 52 64T56 50 46 40",
    "A1d": "M56 78Q56 68 48 64T44 50 54 40",
    "A2a": "M30 76H38Q42 62 46 76H54Q58 62 62 76H70",
    "A2b": "M28 76H38Q50 56 62 76H72",
    "A3": "M40 78V64L46 54V40M60 78V64L54 54V40",
    "A3a": "M40 78V40M62 78V64L54 54V40",
    "A3b": "M60 78V40M38 78V64L46 54V40",
    "A4": "M42 78Q50 68 42 58M58 78Q66 68 58 58M42 50H58V42H42Z",
    "A13a": (
        "M42 46a4 4 0 1 0 .1 0M42 55V66L37 78M42 66 47 78M58 52a3 3 0 1 0 .1 0M58 60V68L54 78M58 68 62 78M47 62H54"
    ),
    "A13b": "M50 44a4 4 0 1 0 .1 0M50 53 48 66 43 78M48 66 55 78M30 78H70",
    "A14": "M50 42V66M50 74V78",
    "A15b": "M34 72 42 60H58L64 52M42 60V76M58 60V76M64 52 62 44M64 52 70 46",
    "A16": "M30 52 70 76H30Z",
    "A17": "M50 42V80M46 42H54V74H46Z",
    "A18": "M42 50V78M42 78 37 70M42 78 47 70M58 78V48M58 48 53 56M58 48 63 56",
    "A21": "M39 66a7 7 0 1 0 .1 0M61 66a7 7 0 1 0 .1 0M39 73 47 58H57L61 73",
    "A24": "M34 46V78M34 48 66 54V62L34 66",
    "AB1": "M38 48 62 76M62 48 38 76",
    "AB2": "M50 44V80M38 62H62",
    "AB25": "M50 48a14 14 0 1 1-.1 0M50 42 58 48 50 54",
    "AK5": "M44 46a4 4 0 1 0 .1 0M44 54 48 66 42 78M48 66 56 72M60 78 66 64 72 78Z",
    "AK3": "M40 78V64L46 54V40M60 78V64L54 54V40",
    "B2a": TURN_LEFT,
    "B2b": TURN_RIGHT,
    "B2c": "M64 76V46Q64 32 50 32T36 46V62M36 62 28 52M36 62 44 52",
    "B7a": CAR,
    "B7b": CAR,
    "B8": LORRY,
    "B9a": WALKER,
    "B9b": CYCLE,
    "B15": "M38 74V28M38 28 30 40M38 28 46 40M62 26V72",
    "B21-1": ARROW_RIGHT,
    "B21-2": ARROW_LEFT,
    "B21a1": DOWN_RIGHT,
    "B21a2": DOWN_LEFT,
    "B21b": ARROW_UP,
    "B21c1": TURN_RIGHT,
    "B21c2": TURN_LEFT,
    "B21d1": "M42 78V26M42 26 34 38M42 26 50 38M42 60H70M70 60 60 50M70 60 60 70",
    "B21d2": "M58 78V26M58 26 50 38M58 26 66 38M58 60H30M30 60 40 50M30 60 40 70",
    "B21e": "M50 78V50M22 50H78M22 50 32 40M22 50 32 60M78 50 68 40M78 50 68 60",
    "B22a": CYCLE,
    "B22b": WALKER,
    "B40": CYCLE,
    "B41": WALKER,
    "C12": ARROW_UP,
    "C13a": "M50 84V36M30 36H70",
    "C18": "M38 74V28M38 28 30 40M38 28 46 40M62 26V72",
    "C20a": WALKER,
    "C27": "M20 66H34L42 54H58L66 66H80",
    "C113": CYCLE,
    "C114": CYCLE,
    "C115": CYCLE,
    "C116": CYCLE,
    "B54": WALKER,
    "B55": WALKER,
    "B52": WALKER,
    "B53": WALKER,
}
TEXTS: Final = {
    "AB4": "STOP", "B14": "50", "B33": "50", "B25": "30", "B30": "30", "B51": "30", "B13": "t", "B12": "m", "B11": "m",
    "B10a": "m", "B5a": "STOP", "C1a": "P", "C1b": "P", "C1c": "P", "C5": "TAXI", "C6": "BUS", "B27a": "BUS",
    "CE3a": "i",
    "B6b1": "ZONE", "B6b3": "ZONE", "B6b4": "ZONE", "B58": "ZONE", "B56": "ZFE", "CE14": "♿", "C107": "auto",
    "C207": "auto", "C4a": "50", "E42": "N", "E43": "D", "E44": "C", "E53": "PR", "E52": "PR", "E57": "PR", "B19": "!",
}  # fmt: skip
PLAIN: Final = frozenset({"B0", "B31", "B39"})
"""Without anything inside."""
STRUCK: Final = frozenset({"B2a", "B2b", "B2c", "B9b", "B9a"})
ENDED: Final = frozenset({"B51", "B53", "B55", "B57", "B59", "EB20", "C108", "C109", "C114", "C116", "C208", "C4b"})


def pictogram(text: str, inscription: str = "") -> str:
    """The SVG of a sign, of any code: one that is not known is a grey square with its code."""
    code = normal(text)
    known = base_of(code) if is_known(code) else code
    label = text_on(inscription) or TEXTS.get(known, "")
    return FRAME.format(shape(known, code) + inside(known, code, label))


def pictogram_on_paper(properties: Mapping[str, Any]) -> str:
    """Of a sign; what has no code is drawn as the legend says."""
    code = str(properties.get("code") or "").strip()
    if not code or properties.get("kind") != "sign":
        return ""
    return pictogram(code, str(properties.get("inscription") or ""))


def text_on(inscription: str) -> str:
    """What is short enough to be read: “50 km/h” is 50."""
    plain = re.sub(r"\s*km\s*/?\s*h\.?$", "", inscription.strip(), flags=re.IGNORECASE)
    return plain if len(plain) <= SHORT else ""


def path(d: str, fill: str, stroke: str = "none", width: float = 0) -> str:
    return f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{width}" stroke-linejoin="round"/>'


def circle(fill: str, stroke: str, width: float = 10, radius: float = 42) -> str:
    return f'<circle cx="50" cy="50" r="{radius}" fill="{fill}" stroke="{stroke}" stroke-width="{width}"/>'


def square(fill: str, stroke: str = WHITE, box: tuple[int, int, int, int] = (6, 6, 88, 88)) -> str:
    x, y, width, height = box
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" fill="{fill}" stroke="{stroke}" '
        f'stroke-width="4"/>'
    )


def shape(code: str, wanted: str) -> str:
    """What a sign looks like from afar."""
    if special := SPECIAL.get(code):
        return special
    family = family_of(wanted)
    if code.startswith("C115") or code.startswith("C116"):
        return square(BLUE)
    plain = {
        "danger": path(TRIANGLE, YELLOW if wanted.startswith("AK") else WHITE, RED, 9),
        "priority": path(TRIANGLE, WHITE, RED, 9),
        "prohibition": circle(WHITE, RED),
        "obligation": circle(BLUE, WHITE, 3, 46),
        "end": circle(BLUE if code in ("B40", "B41", "B42", "B43", "B44", "B45a", "B49") else WHITE, BLACK, 3, 46),
        "zone": square(WHITE, BLACK)
        + '<circle cx="50" cy="44" r="30" fill="#ffffff" stroke="#c1121f" stroke-width="7"/>',
        "information": square(BLUE),
        "service": square(BLUE) + '<rect x="20" y="20" width="60" height="60" fill="#ffffff"/>',
        "direction": path("M4 28H74L96 50 74 72H4Z", WHITE, BLACK, 4),
        "place": square(WHITE, BLACK, (4, 26, 92, 48)),
        "panel": square(WHITE, BLACK, (8, 28, 84, 44)),
        "marker": square(WHITE, BLACK, (34, 4, 32, 92)) + path("M34 24H66V40H34ZM34 60H66V76H34Z", RED),
        "works": square(YELLOW, BLACK, (4, 22, 92, 56)),
        "crossing": path("M14 22 22 14 86 78 78 86ZM78 14 86 22 22 86 14 78Z", WHITE, RED, 5),
        "light": square(BLACK, BLACK, (30, 4, 40, 92)),
        "unknown": square("#e6e6e6", GREY),
    }
    return plain[family]


BARRED: Final = path("M16 74 74 16 84 26 26 84Z", BLACK)
CHEVRONS: Final = "M14 30H34L52 50 34 70H14L32 50ZM52 30H72L90 50 72 70H52L70 50Z"
SPECIAL: Final = {
    "AB3a": path(TURNED, WHITE, RED, 9),
    "AB3b": path(TURNED, WHITE, RED, 9),
    "AB4": path(OCTAGON, RED, WHITE, 3),
    "AB5": path(TURNED, WHITE, RED, 9),
    "AB6": path(DIAMOND, WHITE, BLACK, 2) + path("M50 19 81 50 50 81 19 50Z", YELLOW),
    "AB7": path(DIAMOND, WHITE, BLACK, 2) + path("M50 19 81 50 50 81 19 50Z", YELLOW) + BARRED,
    "B1": circle(RED, WHITE, 3, 46) + '<rect x="18" y="41" width="64" height="18" fill="#ffffff"/>',
    "B3": circle(WHITE, RED) + path("M24 60V52L29 44H41L46 52V60Z", RED) + path("M54 60V52L59 44H71L76 52V60Z", BLACK),
    "B6a1": circle(BLUE, RED) + path("M22 30 30 22 78 70 70 78Z", RED),
    "B6a2": circle(BLUE, RED) + path("M22 30 30 22 78 70 70 78Z", RED),
    "B6a3": circle(BLUE, RED) + path("M22 30 30 22 78 70 70 78Z", RED),
    "B6d": circle(BLUE, RED) + path("M22 30 30 22 78 70 70 78ZM70 22 78 30 30 78 22 70Z", RED),
    "B6b1": square(WHITE, BLACK) + '<circle cx="50" cy="40" r="24" fill="#1351a8" stroke="#c1121f" stroke-width="7"/>',
    "B6b3": square(WHITE, BLACK) + '<circle cx="50" cy="40" r="24" fill="#1351a8" stroke="#c1121f" stroke-width="7"/>',
    "B6b4": square(WHITE, BLACK) + '<circle cx="50" cy="40" r="24" fill="#1351a8" stroke="#c1121f" stroke-width="7"/>',
    "B52": square(BLUE), "B53": square(BLUE), "B54": square(BLUE), "B55": square(BLUE),
    "C13a": square(BLUE) + '<rect x="28" y="22" width="44" height="14" fill="#c1121f"/>',
    "C207": square(BLUE), "EB10": square(WHITE, RED, (4, 26, 92, 48)), "EB20": square(WHITE, RED, (4, 26, 92, 48)),
    "J4": square(WHITE, BLACK, (4, 24, 92, 52)) + path(CHEVRONS, BLUE),
    "J5": square(BLUE, WHITE, (22, 4, 56, 92)) + path("M32 40 62 70V50H70V84H36V76H56L28 48Z", WHITE),
    "J10": square(WHITE, BLACK, (28, 4, 44, 92)) + path("M28 40 72 24V36L28 52ZM28 66 72 50V62L28 78Z", RED),
    "R11v": square(BLACK, BLACK, (30, 4, 40, 92)) + "".join(
        f'<circle cx="50" cy="{y}" r="12" fill="{fill}"/>' for y, fill in ((20, RED), (50, YELLOW), (80, GREEN))
    ),
}  # fmt: skip


def inside(code: str, wanted: str, text: str) -> str:
    """The drawing or the text of a sign, and the bar of what ends."""
    family = family_of(wanted)
    ink = (
        WHITE
        if family in ("obligation", "information") or code in ("AB4", "B52", "B53", "B54", "B55", "B40", "B41")
        else BLACK
    )
    result = ""
    if text:
        result = draw_text(text, RED if code == "B19" else ink, family, code)
    elif strokes := STROKES.get(code):
        colour = WHITE if ink == WHITE else BLACK
        result = (
            f'<path d="{strokes}" fill="none" stroke="{colour}" stroke-width="6" stroke-linecap="round" '
            f'stroke-linejoin="round"/>'
        )
    elif code not in SPECIAL and code not in PLAIN and family not in ("crossing", "light", "marker"):
        result = draw_text(wanted[:SHORT], ink, family, code)
    if code in STRUCK:
        result += path("M22 28 28 22 78 72 72 78Z", RED)
    if code in ENDED or family == "end":
        result += path("M14 78 78 14 86 22 22 86Z", RED if ink == WHITE or family == "place" else BLACK)
    return result


def draw_text(text: str, ink: str, family: str, code: str) -> str:
    display = "".join(letter for letter in text if letter.isprintable())
    size = {1: 56, 2: 44, 3: 32, 4: 27}.get(len(text), 19)
    middle = 50.0
    if family in ("danger", "priority") and code != "AB4":
        middle, size = 66.0, min(size, 26)
    if family == "zone":
        middle, size = (44.0, min(size, 32)) if code not in ("B6b1", "B6b3", "B6b4") else (82.0, 18)
    if family in ("place", "panel", "direction", "works"):
        size = min(size, 30)
    if code in ("B1", "B6d", "B6a1"):
        size = 0
    return (
        f'<text x="50" y="{middle + size * 0.36:.1f}" text-anchor="middle" font-family="sans-serif" font-weight="700" '
        f'font-size="{size}" fill="{ink}">{escape(display)}</text>'
        if size
        else ""
    )
