"""Telephone numbers: French ones as people write them, and others with their country, as E.164. Pure."""

import re
from dataclasses import dataclass

SEPARATORS = re.compile(r"[\s.\-/_()\u00a0\u202f]+")
FRENCH = re.compile(r"[1-79]\d{8}")
WORLD = re.compile(r"[1-9]\d{6,14}")
NOTHING_BUT = re.compile(r"\+?\d+")
OVERSEAS = {"262": "262", "263": "262", "590": "590", "594": "594", "596": "596"}
"""The country code of fixed lines overseas, by the digits after the zero."""
OVERSEAS_MOBILE = {"690": "590", "691": "590", "692": "262", "693": "262", "694": "594", "696": "596", "697": "596"}
MAYOTTE = re.compile(r"639[0-7]\d{5}")
MOBILE = re.compile(r"33[67]\d{8}|(262|590|594|596)(6[39]\d|709)\d{6}")
OURS = re.compile(r"(33|262|590|594|596)")


class NotAPhoneError(ValueError):
    """What was written is no telephone number that somebody could be warned on."""


@dataclass(frozen=True, slots=True)
class Phone:
    """`number` is E.164 (`+33639980001`); `mobile` says whether text messages reach it.

    Of a number abroad nobody can tell by its digits: it is taken for a mobile.
    """

    number: str
    mobile: bool


def phone_of(text: str) -> Phone:
    """The number in the international form (E.164), French if it has no prefix; whether text messages reach it.

    Raises NotAPhoneError.
    """
    bare = SEPARATORS.sub("", text.replace("(0)", ""))
    if not NOTHING_BUT.fullmatch(bare) or len(bare) > 20:
        raise NotAPhoneError(text)
    if bare.startswith("+"):
        digits = international(bare[1:])
    elif bare.startswith("00"):
        digits = international(bare[2:])
    elif bare.startswith("0"):
        digits = national(bare[1:])
    elif len(bare) == 11 and bare.startswith("33"):
        digits = international(bare)
    elif len(bare) == 9 and FRENCH.fullmatch(bare):
        # A spreadsheet took the zero away.
        digits = national(bare)
    else:
        raise NotAPhoneError(text)
    return Phone(f"+{digits}", bool(MOBILE.fullmatch(digits)) or not OURS.match(digits))


def national(rest: str) -> str:
    """The digits after the zero of a French number, with their country code. Premium numbers (08) are nobody's."""
    if not FRENCH.fullmatch(rest):
        raise NotAPhoneError(rest)
    if MAYOTTE.fullmatch(rest):
        return f"262{rest}"
    return (OVERSEAS | OVERSEAS_MOBILE).get(rest[:3], "33") + rest


def international(digits: str) -> str:
    """The digits after the plus sign. The zero that some leave after the country code goes (+33 06…)."""
    match = OURS.match(digits)
    if match:
        rest = digits[match.end() :].removeprefix("0")
        if not FRENCH.fullmatch(rest):
            raise NotAPhoneError(digits)
        return national(rest) if match[0] == "33" else match[0] + rest
    if not WORLD.fullmatch(digits):
        raise NotAPhoneError(digits)
    return digits


def format_phone(number: str) -> str:
    """A French number as people read it: 06 39 98 00 01."""
    if re.fullmatch(r"\+33\d{9}", number):
        digits = f"0{number[3:]}"
        return " ".join(digits[place : place + 2] for place in range(0, 10, 2))
    return number
