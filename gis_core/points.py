"""What the platform asks of its apps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from gis_core.wiring.points import ExtensionPoint, Later

if TYPE_CHECKING:
    from django.http import HttpRequest

    from gis_core.letters.kinds import LetterKind
    from gis_core.members.rights import Rights, Role
    from gis_core.models import Member, User

type Label = str | Promise

LETTER_KINDS: ExtensionPoint[LetterKind] = ExtensionPoint(
    "letters.kinds",
    "Kinds of letters that members write and whose templates they edit, in the order of the page of templates.",
    key=lambda kind: kind.code,
)


# -- people -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Access:
    """Something else by which people come in: `close` shuts a person's, at a member that they have left or (None)
    everywhere, and returns how many there were.
    """

    name: str
    close: Callable[[User, Member | None], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """Something that a person is in charge of; `detail` says what hangs on it, `url` is its page."""

    number: int
    title: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A kind of work that people of a member are in charge of, which a colleague takes over.

    `find` gives what is a person's at a member now. `why_not` says in words why somebody may not take it over, "" where
    they may. `give` gives some of it, by its numbers, to a colleague as the desk itself does; it raises ArpentError.
    """

    name: str
    label: Label
    order: int
    find: Callable[[User, Member], Sequence[WorkItem]]
    why_not: Callable[[User, Member], str]
    give: Callable[[Sequence[int], User, Rights], None]


WORK: ExtensionPoint[Work] = ExtensionPoint(
    "members.work",
    "What people are in charge of, desk by desk, and a colleague takes over when they leave or are away; by its order.",
    key=lambda work: work.name,
    order=lambda work: work.order,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberWork:
    """Work that a person began and that is their member's, or its file's: nobody takes it over, whoever may goes on.

    `find` gives what a person began at a member and is not finished; `why` says whose it is.
    """

    name: str
    label: Label
    order: int
    find: Callable[[User, Member], Sequence[WorkItem]]
    why: Label


MEMBER_WORK: ExtensionPoint[MemberWork] = ExtensionPoint(
    "members.member_work",
    "What people began and leave where it is when they leave, as the page that hands over says; by its order.",
    key=lambda work: work.name,
    order=lambda work: work.order,
)
ACCESSES: ExtensionPoint[Access] = ExtensionPoint(
    "members.accesses",
    "By what people come in, beside sessions, API tokens and links: shut when they leave. Their order means nothing.",
    key=lambda access: access.name,
)


# -- operations -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of /metrics: `read` is called in the process that answers; with `labels`, a figure by their values."""

    name: str
    description: str
    read: Callable[[], float] | Callable[[], Mapping[tuple[str, ...], float]]
    labels: tuple[str, ...] = ()


MEASURES: ExtensionPoint[Measure] = ExtensionPoint(
    "operations.measures",
    "What is measured each time /metrics is read, in the order in which it is written.",
    key=lambda measure: measure.name,
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step of the page “Getting started” is: `text` says what is there, or what is missing."""

    done: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStep:
    """Something that a new platform needs, with the page where it is done.

    `progress` reads it from the data, as whoever asks may see them. `door` is the page, `query` what follows its
    address; `command` does the same on the server; `guide` is the guide of `docs/` that tells how.
    """

    slug: str
    label: Label
    order: int
    progress: Callable[[], Progress]
    door: PageLink | None = None
    query: str = ""
    command: str = ""
    guide: str = ""


START_STEPS: ExtensionPoint[StartStep] = ExtensionPoint(
    "operations.start_steps",
    "What the page “Getting started” leads the agency's administrators through, by their order.",
    key=lambda step: step.slug,
    order=lambda step: step.order,
)


@dataclass(frozen=True, slots=True)
class StoredKind:
    """Something that takes room for members: `statement` (SQL) gives the id of each, or null, and bytes."""

    name: str
    label: Label
    statement: str


STORED_KINDS: ExtensionPoint[StoredKind] = ExtensionPoint(
    "operations.stored_kinds",
    "What takes room on the disks for each member, measured every night, in the order of the page Exploitation.",
    key=lambda kind: kind.name,
)


# -- accounts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FactorNeed:
    """Roles that need a second factor where the platform wants it by role.

    `condition` is SQL on a membership `m` (`gis_core_membership`), which the site's role reads whoever asks.
    """

    name: str
    label: Label
    condition: str


FACTOR_NEEDS: ExtensionPoint[FactorNeed] = ExtensionPoint(
    "accounts.factor_needs",
    "Whose roles need a second factor, in the order of the page that switches it on.",
    key=lambda need: need.name,
)


# -- pages ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Desk:
    """Pages with a row of tabs: what they are called together."""

    slug: str
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of a desk: `name` is that of its page's address; `open_to` says who sees it, without it everybody does."""

    desk: str
    name: str
    label: Label
    order: int
    open_to: Callable[[Rights], bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BarLink:
    """A link of the bar, where it `is_visible`: `url` names its address, `section` the pages where it is current."""

    section: str
    url: str
    label: Label
    order: int
    is_visible: Callable[[HttpRequest], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLink:
    """An address that the web map is given under a name; none for people whom it is not for."""

    name: str
    order: int
    address: Callable[[HttpRequest], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstView:
    """What the map opens with for people of a role, beside the layers that open for everybody.

    `layers` are slugs, which the catalogue still has to show them; with `photo`, the newest photo of the place.
    `place` says where to open, given the territory [west, south, east, north] (degrees), on a screen on which the whole
    of it is seen from further than `zoom`, from where these layers are seen; None where there is nothing of them.
    """

    role: Role
    layers: tuple[str, ...] = ()
    photo: bool = False
    place: Callable[[Sequence[float]], tuple[float, float] | None] | None = None
    zoom: float = 0


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to a page of the platform, whose address is called `url`."""

    url: str
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskList:
    """A list whose page and API the kit makes: `listing` names a `gis_core.desk.listing.Listing`.

    Its page is at `path`, under the `name` of a tab of `desk`; by program it is `/api/v1/<api>/` where that is given.
    """

    name: str
    listing: Later
    path: str
    desk: str
    api: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageGuide:
    """The guide of `docs/` (`how-to/rechercher`) of the pages whose addresses begin so, and of panels of the map."""

    guide: str
    under: tuple[str, ...] = ()
    panels: tuple[str, ...] = ()


DESKS: ExtensionPoint[Desk] = ExtensionPoint(
    "desk.desks", "Groups of pages that share a row of tabs; their order means nothing.", key=lambda desk: desk.slug
)
TABS: ExtensionPoint[Tab] = ExtensionPoint(
    "desk.tabs",
    "The tabs of each desk, by their order.",
    key=lambda tab: (tab.desk, tab.name),
    order=lambda tab: (tab.desk, tab.order),
)
LISTINGS: ExtensionPoint[DeskList] = ExtensionPoint(
    "desk.listings",
    "Lists of which the kit makes the whole page and the API; one whose page"
    " holds more is answered by `answer_list` and `list_view` at addresses of its own. Their order means nothing.",
    key=lambda one: one.name,
)
BAR: ExtensionPoint[BarLink] = ExtensionPoint(
    "desk.bar",
    "The links of the bar on top of every page, by their order.",
    key=lambda link: link.url,
    order=lambda link: link.order,
)
MAP_LINKS: ExtensionPoint[MapLink] = ExtensionPoint(
    "map.links",
    "The addresses that the web map leads to or asks, under the names by which it knows them, by their order.",
    key=lambda link: link.name,
    order=lambda link: link.order,
)
GUIDES: ExtensionPoint[PageGuide] = ExtensionPoint(
    "desk.guides",
    "The guide that “Help” opens on which pages and panels of the map; of a page the longest beginning counts.",
    key=lambda one: one.guide,
)
FIRST_VIEWS: ExtensionPoint[FirstView] = ExtensionPoint(
    "map.first_views",
    "What the map opens with for people of a role who have not arranged it yet; of several, all of it.",
    key=lambda view: (view.role.value, *view.layers),
)
MAP_HOSTS: ExtensionPoint[Callable[[], Iterable[str]]] = ExtensionPoint(
    "map.hosts", "Addresses from whose hosts the page of the map may load pictures; their order means nothing."
)
MEMBER_LINKS: ExtensionPoint[PageLink] = ExtensionPoint(
    "members.links",
    "Pages for administrators of members, as buttons above the list of members: in this order, the letters last.",
    key=lambda link: link.url,
)
