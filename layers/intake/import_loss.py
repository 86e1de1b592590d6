"""What an import would take away, and whether it may: one rule for every source, in pages and on the command line.

An importer compares what it was given with what is there, scope by scope (a commune's parcels, a year's holdings, a
layer), inside the transaction that writes, and calls `check_loss` before it ends. A difference that takes away more
than a vintage ever does is refused, with the number of objects that would go; only that very number lets it pass.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.errors import Conflict, Invalid

LOSS_SHARE: Final = 0.05
"""Of what a scope holds, the most that goes without anybody being asked: 95 % of the known keys must come again."""
LOSS_COUNT: Final = 5
"""As many objects may always go: of a small scope, one object alone is more than the share."""
MOST_SCOPES: Final = 50
MOST_NAMES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeDifference:
    """What an import changes of one scope, in objects: `known` are there before, of which `gone` come no more.

    `scope` is its name as people read it.
    """

    scope: str
    known: int
    new: int = 0
    changed: int = 0
    gone: int = 0

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


def compare_counts(scope: str, *, before: int, after: int) -> ScopeDifference:
    """A scope whose objects have no lasting key: only their numbers can be compared."""
    return ScopeDifference(scope=scope, known=before, new=max(0, after - before), gone=max(0, before - after))


def total_of(differences: Iterable[ScopeDifference], scope: str = "") -> ScopeDifference:
    """All scopes as one."""
    held = list(differences)
    counts = {name: sum(getattr(one, name) for one in held) for name in ("known", "new", "changed", "gone")}
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
        raise LossRefused(describe_loss(loss), loss=loss)


def check_planned_loss(description: Mapping[str, Any] | None, accepted: int | None) -> None:
    """The same of a trial, from what `describe_difference` told of it: it ends as the import would."""
    if description and description["beyond"] and accepted != description["gone"]:
        loss = dict(description) | {"accepted": accepted}
        raise LossRefused(describe_loss(loss), loss=loss)


def losses_among(differences: Sequence[ScopeDifference]) -> list[ScopeDifference]:
    """The scopes that would lose too much, the worst first; all as one where only their sum would."""
    lossy = sorted((one for one in differences if one.is_loss), key=lambda one: -one.gone)
    whole = total_of(differences, _("All together"))
    return lossy or ([whole] if whole.is_loss else [])


def describe_difference(differences: Sequence[ScopeDifference]) -> dict[str, Any]:
    """The difference as JSON: totals, and the scopes with the greatest losses first (at most MOST_SCOPES)."""
    whole = total_of(differences)
    ordered = sorted(differences, key=lambda one: (not one.is_loss, -one.gone, one.scope))
    lossy = losses_among(differences)
    return {
        **{name: getattr(whole, name) for name in ("known", "new", "changed", "gone")},
        "beyond": bool(lossy),
        "lossy": [one.scope for one in lossy[:MOST_SCOPES]],
        "scopes": [asdict(one) | {"beyond": one.is_loss} for one in ordered[:MOST_SCOPES]],
        "more_scopes": max(0, len(ordered) - MOST_SCOPES),
    }


def describe_loss(loss: Mapping[str, Any]) -> str:
    """Why nothing was written, what would go, and what to do."""
    gone, known = int(loss["gone"]), int(loss["known"])
    message = ngettext(
        "%(gone)s object of %(known)s would go: nothing was written.",
        "%(gone)s objects of %(known)s would go: nothing was written.",
        gone,
    )
    parts = [message % {"gone": gone, "known": known}]
    if loss.get("accepted") is not None:
        parts.append(_("You accepted that %(accepted)s go.") % {"accepted": loss["accepted"]})
    if scopes := ", ".join(loss["lossy"][:MOST_NAMES]):
        more = "…" if len(loss["lossy"]) > MOST_NAMES else ""
        parts.append(_("Most of all: %(scopes)s%(more)s.") % {"scopes": scopes, "more": more})
    parts.append(_("Check that the file is whole and the right one; if these objects must go, confirm their number."))
    return " ".join(parts)


def describe_scopes(description: Mapping[str, Any]) -> Iterable[str]:
    """The lines of a difference for a terminal: the whole, then each scope that changes."""
    line = _("%(new)s new, %(changed)s changed, %(gone)s gone, of %(known)s known")
    yield _("Difference: %(counts)s") % {"counts": line % description}
    for one in description["scopes"]:
        if one["new"] or one["changed"] or one["gone"]:
            yield f"{'!' if one['beyond'] else ' '} {one['scope']} : {line % one}"
    if description["more_scopes"]:
        yield f"  … {_('and %(count)s more') % {'count': description['more_scopes']}}"


def accepted_in(text: str) -> int:
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
