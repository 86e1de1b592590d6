"""Tables without geometry that come in: which header is which field, what words mean which code, and their source.

An app names its fields (`TableFields`), says what its rows would do, and does it. All else is here, on the page of
`layers.intake.table_form`, and in the steps that are common to all files. Manifests import this: it stays light.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid
from gis_core.wiring.points import Later
from layers.features.search_terms import split_terms
from layers.intake.source import Plan, Progress, Report, Source, Step

if TYPE_CHECKING:
    from gis_core.members.rights import Rights, Role
    from gis_core.models import Member
    from layers.intake.models import FileImport
    from layers.intake.tables import Table

STOPWORDS: Final = frozenset(
    {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "par", "pour"}
)
WHOLE: Final = 100
LONGEST_WORD: Final = 100
LONGEST_SAMPLE: Final = 60
MOST_TEXTS: Final = 40
"""Of the words of a field with codes, those that are kept and asked about: the most frequent ones."""

read_table = Later("layers.intake.tables.read_table")
paths_of = Later("layers.intake.services.imports.paths_of")
mapping_for = Later("layers.intake.services.mappings.mapping_for")
keep_mappings = Later("layers.intake.services.mappings.keep_mappings")


@dataclass(frozen=True, slots=True)
class TableLimits:
    """The most that a table may hold: bytes of its file, rows below its header, columns."""

    file_bytes: int
    rows: int
    columns: int


# -- fields ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """What the words of a field mean: `label` of them all, `choices` of code and label, the `likely` code of a word
    (empty where it says nothing). `word` finds a row's word where that is not simply its cell.
    """

    label: str | Promise
    choices: Callable[[], Sequence[tuple[str, Any]]]
    likely: Callable[[str], str]
    word: Callable[[Mapping[str, str]], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of ours: its label on the page, and its usual names in other tools' tables, the most usual first.

    Of a `private` field no cell is kept as an example.
    """

    name: str
    label: str | Promise
    headers: tuple[str, ...]
    codes: Codes | None = None
    required: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFields:
    """The fields of a kind of table (where two fit a header equally well, the former wins), and the most it may hold.

    `label` is the name under which its mapping is kept unless somebody says another; of `one_of` these fields, one at
    least is needed.
    """

    label: str | Promise
    fields: tuple[Field, ...]
    limits: TableLimits
    one_of: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)

    def lacking(self, mapping: TableMapping) -> str:
        """The labels of the fields that no column is said to be, of those that are needed."""
        labels = [str(one.label) for one in self.fields if one.required and one.name not in mapping.columns]
        if self.one_of and not mapping.columns.keys() & set(self.one_of):
            labels.append(" / ".join(str(self[name].label) for name in self.one_of))
        return ", ".join(labels)

    def private_headers(self, header: Sequence[str]) -> set[str]:
        """The columns that look like one whose cells must not be shown, whatever somebody takes them for."""
        likely = likely_columns(self.fields, header)
        return {likely[one.name] for one in self.fields if one.private and one.name in likely}


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How a table is read: the header of each field, and the code of each word of a field (as `text_key` gives it)."""

    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, kept: Any, fields: Iterable[Field]) -> TableMapping:
        """From what was kept; what is unknown by now is left out. Raises Invalid for what is no mapping."""
        try:
            columns, codes = dict(kept.get("columns") or {}), dict(kept.get("codes") or {})
            known = {one.name: {code for code, _label in one.codes.choices()} for one in fields if one.codes}
            said = {name: dict(codes.get(name) or {}).items() for name in known}
            meant = {
                name: {text_key(str(word)): str(code) for word, code in pairs if code in known[name]}
                for name, pairs in said.items()
            }
        except (AttributeError, TypeError, ValueError) as error:
            raise Invalid(_("This is no mapping of the columns of a table."), parameter="mapping") from error
        return cls({one.name: str(columns[one.name]) for one in fields if columns.get(one.name)}, meant)

    def as_json(self) -> dict[str, Any]:
        return {"columns": dict(self.columns), "codes": {name: dict(meant) for name, meant in self.codes.items()}}

    def cells(self, row: Mapping[str, str]) -> dict[str, str]:
        """The cells of a row (by header) by field."""
        return {name: row.get(header, "") for name, header in self.columns.items()}

    def code(self, of: Field, word: str) -> str:
        """The code that a word of a field means, empty where nobody said."""
        meant = self.codes.get(of.name, {}).get(text_key(word), "")
        return meant or (of.codes.likely(word) if of.codes else "")


@lru_cache(10_000)
def text_key(text: str) -> str:
    """The same word, however it is written."""
    return " ".join(split_terms(text[:LONGEST_WORD]))


# -- which column is which ---------------------------------------------------------------------------------------------


def likely_columns(fields: Iterable[Field], header: Sequence[str]) -> dict[str, str]:
    """The header of each field that is recognised; each header once.

    Whole names come first, the most usual one before others, then headers that hold more of a name's words.
    """
    fits = [
        (-score, rank, usual, place, one.name)
        for rank, one in enumerate(fields)
        for place, text in enumerate(header)
        for score, usual in [fit_header(text, one.headers)]
        if score
    ]
    columns: dict[str, str] = {}
    taken: set[int] = set()
    for _score, _rank, _usual, place, name in sorted(fits):
        if name not in columns and place not in taken:
            columns[name] = header[place]
            taken.add(place)
    return columns


def fit_header(text: str, names: Sequence[str]) -> tuple[int, int]:
    """How well a header fits one of the names (0: not at all), and the place of that name among them."""
    given = meaning(text)
    best = (0, 0)
    for place, name in enumerate(names if given else ()):
        known = meaning(name)
        if known == given:
            return WHOLE, place
        # One word alone says too little of a longer header.
        if len(known) > 1 and known < given:
            best = max(best, (10 * len(known) - len(given), -place))
    return best[0], -best[1]


@lru_cache(10_000)
def meaning(text: str) -> frozenset[str]:
    return frozenset(split_terms(text)) - STOPWORDS


# -- what a table holds ------------------------------------------------------------------------------------------------


def describe_table(table: Table) -> dict[str, Any]:
    """How a table is written: its header, format, encoding, separator, the number of its rows."""
    return {
        "header": list(table.header),
        "header_row": table.header_row,
        "format": table.format,
        "encoding": table.encoding,
        "separator": table.separator,
        "rows": len(table.rows),
    }


def examples_of(table: Table, kind: TableFields, mapping: TableMapping) -> dict[str, Any]:
    """What columns that are a field hold: a cell of each by header, how often each word of a field with codes is there.

    Columns that look private have none.
    """
    hidden = kind.private_headers(table.header)
    public = TableMapping({name: header for name, header in mapping.columns.items() if header not in hidden})
    sampled = [name for name in public.columns if not kind[name].private]
    coded = [one for one in kind.fields if one.codes and (one.codes.word or one.name in public.columns)]
    samples: dict[str, str] = {}
    counts: dict[str, Counter[str]] = {one.name: Counter() for one in coded}
    for row in table.rows:
        if row.cells is None:
            continue
        cells = public.cells(row.cells)
        for name in sampled:
            if cells[name]:
                samples.setdefault(public.columns[name], cells[name][:LONGEST_SAMPLE])
        for one in coded:
            counts[one.name][word_of(one, cells)] += 1
    return {"samples": samples, "words": {name: count.most_common(MOST_TEXTS) for name, count in counts.items()}}


def word_of(one: Field, cells: Mapping[str, str]) -> str:
    """The word of a row's field that a code is to be found for."""
    word = one.codes.word(cells) if one.codes and one.codes.word else cells.get(one.name, "")
    return word[:LONGEST_WORD]


# -- its source --------------------------------------------------------------------------------------------------------

type MakePlan = Callable[[FileImport, Table, TableMapping, Progress], Plan]
type ApplyPlan = Callable[[FileImport, Table, TableMapping, Progress], Report]


def table_source(
    *,
    slug: str,
    label: str | Promise,
    kind: TableFields,
    members: Callable[[Rights], list[Member]],
    roles: frozenset[Role],
    read_step: Step,
    apply_step: Step,
    plan: MakePlan,
    apply: ApplyPlan,
    private: bool = False,
    kept: timedelta = timedelta(days=30),
) -> Source:
    """The source of files that hold one table each.

    `plan` and `apply` are given the import, its table, how that is read and a way to say how far they are. How a
    member's table is read is kept under the source's slug for its next one. Of a `private` source not even examples of
    cells are kept.
    """
    steps = TableSteps(slug=slug, kind=kind, plan=plan, apply=apply, private=private)
    return Source(
        slug=slug,
        label=label,
        members=members,
        roles=roles,
        read_step=read_step,
        apply_step=apply_step,
        inspect=steps.keep_contents,
        lacks=steps.lacks,
        plan=steps.make_plan,
        check=steps.check,
        apply=steps.apply_plan,
        private=private,
        kept=kept,
        one_file=True,
        most_bytes=kind.limits.file_bytes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSteps:
    """What the steps of an import are for a table."""

    slug: str
    kind: TableFields
    plan: MakePlan
    apply: ApplyPlan
    private: bool

    def keep_contents(self, made: FileImport, progress: Progress) -> tuple[()]:
        """Keep how the table is written, and how it is likely read: as the member's last one alike, else as its headers
        say. Raises Invalid for what is no table, or a private one without any header that is known.
        """
        progress(None, _("Reading the table"))
        table = self.table_of(made)
        mapping, name = likely_mapping(self.slug, made.owner, self.kind, table.header)
        if self.private and len(mapping.columns) < 2 and self.kind.lacking(mapping):
            # Its first row may be somebody's.
            message = _("No columns are found: the first row of the table must name its columns.")
            raise Invalid(message, parameter="file")
        read = {"mapping": mapping.as_json(), "name": name or str(self.kind.label), "known": bool(name)}
        made.contents = [{"file": made.title, **describe_table(table), **self.examples(table, mapping)}]
        made.choices = dict(made.choices) | read
        return ()

    def lacks(self, made: FileImport) -> bool:
        return bool(self.kind.lacking(self.mapping_of(made)))

    def make_plan(self, made: FileImport, progress: Progress) -> Plan:
        """What the source would do with the table, and how that was read. Raises Invalid."""
        table, mapping = self.table_of(made), self.mapping_of(made)
        made.contents = [made.contents[0] | self.examples(table, mapping)]
        planned = self.plan(made, table, mapping, progress)
        return replace(planned, plan=planned.plan | {"mapping": mapping.as_json()})

    def check(self, made: FileImport) -> None:
        """Check that the columns are read as when the plan was made. Raises Conflict."""
        if (made.plan or {}).get("mapping") != self.mapping_of(made).as_json():
            raise Conflict(_("You changed how the columns are read: check again first."))

    def apply_plan(self, made: FileImport, progress: Progress) -> Report:
        """Do it, and keep how the table was read for the next one. Raises Invalid, and what the source does."""
        table, mapping = self.table_of(made), self.mapping_of(made)
        done = self.apply(made, table, mapping, progress)
        keep_mappings(self.slug, made.owner, [(made.choices["name"], table.header, mapping.as_json())])
        # Examples of cells served the choice, and are kept no longer.
        made.contents = [{name: one for name, one in made.contents[0].items() if name not in ("samples", "words")}]
        made.plan = {name: one for name, one in (made.plan or {}).items() if name != "first"}
        return done

    def table_of(self, made: FileImport) -> Table:
        """The table of the file that was sent. Raises Invalid."""
        quotes = not any(one.private for one in self.kind.fields)
        table: Table = read_table(paths_of(made)[0], self.kind.limits, quotes=quotes)
        return table

    def mapping_of(self, made: FileImport) -> TableMapping:
        return TableMapping.from_json(made.choices.get("mapping") or {}, self.kind.fields)

    def examples(self, table: Table, mapping: TableMapping) -> dict[str, Any]:
        return {} if self.private else examples_of(table, self.kind, mapping)


def likely_mapping(slug: str, owner: Member, kind: TableFields, header: Sequence[str]) -> tuple[TableMapping, str]:
    """How a member's table is likely read, and the name of the mapping that it kept for such ones (empty: none)."""
    last = mapping_for(slug, owner, header, lambda kept: kept["columns"].values())
    if last is None:
        return TableMapping(likely_columns(kind.fields, header)), ""
    kept = TableMapping.from_json(last.mapping, kind.fields)
    # Columns that came since are read as they are called.
    free = [one for one in kind.fields if one.name not in kept.columns]
    since = likely_columns(free, [text for text in header if text not in last.fields])
    return replace(kept, columns={**kept.columns, **since}), last.name
