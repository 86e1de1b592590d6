"""Filters of lists that a person keeps under a name: with their account, so that no page asks a query more."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.models import User

MOST_KEPT: Final = 20
MOST_LISTS: Final = 50
"""More than there are: an account is read with every page, and bears no lists that somebody makes up."""
LONGEST_TITLE: Final = 60
LONGEST_QUERY: Final = 2_000


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A title and a query string."""

    title: str
    query: str


def filters_of(user: User, listing: str) -> list[SavedFilter]:
    """What the person keeps of a list, in the order of keeping."""
    return [SavedFilter(str(title), str(query)) for title, query in user.saved_filters.get(listing, [])]


@transaction.atomic
def save_filter(user: User, listing: str, title: str, query: str) -> SavedFilter:
    """Keep a filter; one of the same title is replaced. Raises Invalid."""
    title = " ".join(title.replace("\x00", "").split())[:LONGEST_TITLE]
    if not title:
        raise Invalid(_("Give the filter a name."), parameter="title")
    if len(query) > LONGEST_QUERY:
        raise Invalid(_("This filter is too long to be kept."), parameter="query")
    locked = User.objects.select_for_update().get(pk=user.pk)
    kept = [one for one in locked.saved_filters.get(listing, []) if one[0] != title]
    if len(kept) >= MOST_KEPT:
        message = _("%(most)s filters are kept already: remove one first.")
        raise Invalid(message % {"most": MOST_KEPT}, parameter="title")
    if listing not in locked.saved_filters and len(locked.saved_filters) >= MOST_LISTS:
        raise Invalid(_("Filters of no more lists are kept: remove some first."), parameter="list")
    made = SavedFilter(title, urlencode(parse_qsl(query, keep_blank_values=True)))
    store(locked, listing, [*kept, [made.title, made.query]])
    return made


@transaction.atomic
def remove_filter(user: User, listing: str, title: str) -> None:
    """Forget a filter; nothing happens where there is none of this title."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    store(locked, listing, [one for one in locked.saved_filters.get(listing, []) if one[0] != title])


def store(user: User, listing: str, kept: list[list[str]]) -> None:
    others = {name: filters for name, filters in user.saved_filters.items() if name != listing}
    user.saved_filters = {**others, listing: kept} if kept else others
    user.save(update_fields=["saved_filters"])
