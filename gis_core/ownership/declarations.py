"""The registry: for each model of the project, whose its rows are, and what becomes of them.

Every model is declared by its app, in its manifest: `DECLARED(*DECLARATIONS)`. A test compares with the models of the
project, and `docs/reference/a-qui-sont-les-donnees.md` is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, LiteralString

from django.apps import apps

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from gis_core.files.writing.wire import Style


class Whose(StrEnum):
    """Whose the rows of a table are."""

    MEMBER = "member"
    PERSON = "person"
    COMMON = "common"


class Fate(StrEnum):
    """What becomes of a row when a person asks for the erasure of what is about them."""

    ERASE = "erase"
    ANONYMISE = "anonymise"
    KEEP = "keep"
    NOTHING = "nothing"
    """It says nothing of a person."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Why something is kept: the article, and in French what it says and how long that lasts."""

    article: str
    reason: str
    duration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What is declared of a model (`app_label.Model`).

    `path` leads from a row to its member, or to its person, in Django's words (`permit__owner`; `pk`: the row itself);
    `other`, to the second member of a row that binds two: it is given a copy, and where it leaves the row stays,
    without the key, with its name in the column `other_name`. Rows of a member leave with it; with `archive`, they are
    public archives, and nothing of them is removed without a visa. `asks` is what becomes of a row that names a person
    who asks, in the text columns `identity`; what is kept says why (`basis`).

    `where`, a condition of SQL on the columns of the table and `{member}`, says whose a row is where the path alone
    does not: a photo of a layer whose rows are protected together is the owner's of the layer, whatever its own column
    says.

    `journal` is the function of PostgreSQL that writes in the journal of these rows that they were read or exported for
    a person who asks: (ids, `read` or `exported`, why).

    `title` says in French what the rows are, where the model's own name is English. `files` are names below
    `<data>/files` made of columns (`permits/{permit_id}/{name}`), of whole folders where they end with `/`; those that
    are `heavy` are given as a list with checksums unless they are ordered.
    """

    model: str
    whose: Whose
    path: str = ""
    where: LiteralString = ""
    title: str = ""
    other: str = ""
    other_name: str = ""
    archive: bool = False
    asks: Fate = Fate.NOTHING
    identity: tuple[str, ...] = ()
    basis: Basis | None = None
    journal: LiteralString = ""
    files: tuple[str, ...] = ()
    heavy: bool = False


DECLARED: ExtensionPoint[Declared] = ExtensionPoint(
    "ownership.tables",
    "Whose the rows of each model are, and what becomes of them when a member leaves or a person asks; in no order.",
    key=lambda one: one.model,
)


@dataclass(frozen=True, slots=True)
class MadeTable:
    """A table that was made at run time: `whole` when all of it is the member's, else the rows of its `owner_id`."""

    name: str
    title: str
    whole: bool


@dataclass(frozen=True, slots=True)
class GivenLayer:
    """A layer of somebody else of which so many objects and photos still bear the number of a member who had it."""

    layer: int
    table: str
    title: str
    owner: str
    rows: int


@dataclass(frozen=True, slots=True)
class MadeTables:
    """What the catalogue says of the tables of layers; each is given a member's number, or the name of a table."""

    of_member: Callable[[int], list[MadeTable]]
    of_rows: Callable[[], list[MadeTable]]
    """Those whose rows are members' one by one (`owner_id`), whoever their layer's owner is."""
    given_away: Callable[[int], list[GivenLayer]]
    give: Callable[[int], None]
    """Objects and photos of this layer get its owner's number."""
    style_of: Callable[[str], Style | None]
    drop: Callable[[str], None]
    announce: Callable[[str], None]
    """Layers that lie in this table have changed: their tiles are drawn again."""


MADE_TABLES: ExtensionPoint[MadeTables] = ExtensionPoint(
    "ownership.made_tables", "What the catalogue of layers says of the tables that were made at run time.", one=True
)


def of_member(
    app: str,
    models: Mapping[str, str],
    *,
    archive: bool = False,
    asks: Fate = Fate.NOTHING,
    basis: Basis | None = None,
    titles: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Declared, ...]:
    """Models of an app whose rows are a member's, each with its path, where nothing else is to be said of them."""
    shared = {"whose": Whose.MEMBER, "archive": archive, "asks": asks, "basis": basis}
    return tuple(
        Declared(model=f"{app}.{model}", path=path, title=titles.get(model, ""), **shared)  # type: ignore[arg-type]
        for model, path in models.items()
    )


def common(app: str, *models: str) -> tuple[Declared, ...]:
    """Models of an app whose rows are nobody's: reference data, and what the platform needs to work."""
    return tuple(Declared(model=f"{app}.{model}", whose=Whose.COMMON) for model in models)


def title_of(declared: Declared) -> str:
    """What the rows are, in the language of the reader where the model says it."""
    return declared.title or str(apps.get_model(declared.model)._meta.verbose_name_plural)
