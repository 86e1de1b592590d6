"""What an import would take away, and whether it may: one rule for every source, in pages and on the command line.

An importer compares what it was given with what is there, scope by scope (a commune's parcels, a year's holdings, a
layer), inside the transaction that writes, and calls `check_loss` before it ends. A difference that takes away more
than a vintage ever does is refused, with the number of objects that would go; only that very number lets it pass.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from gis_core.errors import Conflict, Invalid
from layers.intake.messages import format_param
from layers.intake.params import Param

LOSS_SHARE: Final = 0.05
"""Of what a scope holds, the most that goes without anybody being asked: 95 % of the known keys must come again."""
LOSS_COUNT: Final = 5
"""As many objects may always go: of a small scope, one object alone is more than the share."""
MOST_SCOPES: Final = 50
MOST_NAMES: Final = 5
MOST_COMMUNES: Final = 400
COUNTS: Final = ("known", "new", "changed", "gone")
ALL: Final = {"label": gettext_noop("All together")}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeDifference:
    """What an import changes of one scope, in objects: `known` are there before, of which `gone` come no more.

    `scope` is its name, worded when somebody reads it (`layers.intake.params`); `commune` the INSEE code of the one
    commune that it lies in, "" where it lies in several or nobody knows; of several, `parts` are the same objects by
    commune.
    """

    scope: str | Param
    known: int
    new: int = 0
    changed: int = 0
    gone: int = 0
    commune: str = ""
    parts: tuple[ScopeDifference, ...] = ()

    def as_json(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in COUNTS}
        return {"scope": self.scope, **counts, "commune": self.commune, "beyond": self.is_loss}

    @property
    def is_loss(self) -> bool:
        """Whether more would go than may without being asked."""
        return self.gone > LOSS_COUNT and self.gone > LOSS_SHARE * self.known


class LossRefused(Conflict):
    """More would go than may go unasked; `extra["loss"]` is `describe_difference` of what would."""

    @property
    def loss(self) -> dict[str, Any]:
        loss: dict[str, Any] = self.extra["loss"]
        return loss


def compare_counts(scope: str | Param, *, before: int, after: int, commune: str = "") -> ScopeDifference:
    """A scope whose objects have no lasting key: only their numbers can be compared."""
    new, gone = max(0, after - before), max(0, before - after)
    return ScopeDifference(scope=scope, known=before, new=new, gone=gone, commune=commune)


def total_of(differences: Iterable[ScopeDifference], scope: str | Param = "") -> ScopeDifference:
    """All scopes as one."""
    held = list(differences)
    counts = {name: sum(getattr(one, name) for one in held) for name in COUNTS}
    return ScopeDifference(scope=scope, **counts)


def check_loss(differences: Sequence[ScopeDifference], accepted: int | None) -> None:
    """Raises LossRefused where a scope, or all of them together, would lose more than may go unasked.

    `accepted` is the number of objects, in all scopes, that somebody said may go: it must be what goes now, neither
    less nor more, so that a number left in a schedule opens nothing else.
    """
    lossy = losses_among(differences)
    gone = total_of(differences).gone
    if lossy and accepted != gone:
        loss = describe_difference(differences) | {"accepted": accepted}
        del loss["communes"], loss["more_communes"]
        raise LossRefused(describe_loss(loss), loss=loss)


def losses_among(differences: Sequence[ScopeDifference]) -> list[ScopeDifference]:
    """The scopes that would lose too much, the worst first; all as one where only their sum would."""
    losses = sorted((one for one in differences if one.is_loss), key=lambda one: -one.gone)
    whole = total_of(differences, ALL)
    return losses or ([whole] if whole.is_loss else [])


def describe_difference(differences: Sequence[ScopeDifference]) -> dict[str, Any]:
    """The difference as JSON, as it is kept (`word_scopes` words it): totals, the scopes with the greatest losses first
    (at most MOST_SCOPES), and likewise the communes that are known of them (at most MOST_COMMUNES).
    """
    whole = total_of(differences)
    ordered = sorted(differences, key=lambda one: (not one.is_loss, -one.gone, json.dumps(one.scope)))
    lossy, communes = losses_among(differences), by_commune(differences)
    return {
        **{name: getattr(whole, name) for name in COUNTS},
        "beyond": bool(lossy),
        "lossy": [one.scope for one in lossy[:MOST_SCOPES]],
        "scopes": [one.as_json() for one in ordered[:MOST_SCOPES]],
        "more_scopes": max(0, len(ordered) - MOST_SCOPES),
        "communes": communes[:MOST_COMMUNES],
        "more_communes": max(0, len(communes) - MOST_COMMUNES),
    }


def by_commune(differences: Iterable[ScopeDifference]) -> list[dict[str, Any]]:
    """What changes in each commune (its INSEE code), all its scopes together; `beyond` where one of them would lose
    more than may go unasked. The greatest losses first.
    """
    grouped: defaultdict[str, list[ScopeDifference]] = defaultdict(list)
    for one in chain.from_iterable(one.parts or (one,) for one in differences):
        if one.commune:
            grouped[one.commune].append(one)
    communes = []
    for insee, scopes in grouped.items():
        whole = total_of(scopes)
        counts = {name: getattr(whole, name) for name in COUNTS}
        communes.append({"commune": insee, **counts, "beyond": any(one.is_loss for one in scopes)})
    return sorted(communes, key=lambda one: (not one["beyond"], -one["gone"], one["commune"]))


def word_scopes(compared: Mapping[str, Any]) -> dict[str, Any]:
    """A difference that was kept, its scopes named in the current language."""
    scopes = [one | {"scope": format_param(one["scope"])} for one in compared["scopes"]]
    return {**compared, "scopes": scopes, "lossy": list(map(format_param, compared["lossy"]))}


def word_differences(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A plan or a report that was kept, its difference and what was refused of it in the current language."""
    read = dict(kept)
    if compared := kept.get("compared"):
        read["compared"] = word_scopes(compared)
    if loss := kept.get("loss"):
        # Reports of before have their message in the language of who read the files.
        read["loss"] = word_scopes(loss) | {"message": loss.get("message") or describe_loss(loss)}
    return read


def describe_loss(loss: Mapping[str, Any]) -> str:
    """Why nothing was written, or not all, what would go, and what to do."""
    if code := loss.get("code"):
        return str(format_param({"code": code, "params": {name: loss[name] for name in ("gone", "known", "sheets")}}))
    gone, known = int(loss["gone"]), int(loss["known"])
    sentence = ngettext(
        "%(gone)s object of %(known)s would go: nothing was written.",
        "%(gone)s objects of %(known)s would go: nothing was written.",
        gone,
    )
    parts = [sentence % {"gone": gone, "known": known}]
    if loss.get("accepted") is not None:
        parts.append(_("You accepted that %(accepted)s go.") % {"accepted": loss["accepted"]})
    if scopes := ", ".join(str(format_param(one)) for one in loss["lossy"][:MOST_NAMES]):
        more = "…" if len(loss["lossy"]) > MOST_NAMES else ""
        parts.append(_("Most of all: %(scopes)s%(more)s.") % {"scopes": scopes, "more": more})
    parts.append(_("Check that the file is whole and the right one; if these objects must go, confirm their number."))
    return " ".join(parts)


def describe_scopes(compared: Mapping[str, Any]) -> Iterable[str]:
    """The lines of a difference for a terminal: the whole, then each scope that changes."""
    line = _("%(new)s new, %(changed)s changed, %(gone)s gone, of %(known)s known")
    yield _("Difference: %(counts)s") % {"counts": line % compared}
    for one in compared["scopes"]:
        if one["new"] or one["changed"] or one["gone"]:
            yield f"{'!' if one['beyond'] else ' '} {format_param(one['scope'])} : {line % one}"
    if compared["more_scopes"]:
        yield f"  … {_('and %(count)s more') % {'count': compared['more_scopes']}}"


def parse_accepted_loss(text: str) -> int:
    """The number that somebody typed. Raises Invalid."""
    digits = "".join(text.split()).replace("\u202f", "").replace("\u00a0", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 12):
        raise Invalid(_("Type the number of objects that go, in digits."), parameter="accepted")
    return int(digits)


def add_loss_argument(parser: ArgumentParser) -> None:
    """The option of every command that imports what may take away."""
    parser.add_argument(
        "--accept-loss",
        type=int,
        metavar="N",
        help=_("let exactly N objects go, where more than 5 %% and more than 5 of a scope would"),
    )


def command_hint(loss: Mapping[str, Any]) -> str:
    """What to type to let the objects go."""
    return _("If they must go: --accept-loss %(gone)s") % loss
