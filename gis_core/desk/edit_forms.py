"""Forms of rows that others change, too: what was there when the page was opened is compared with what is there now.

A form carries the values that it began with (Django's hidden initial values). When it is sent, its row is locked and
read again, and each field is compared three ways: what only the sender changed is written, what only somebody else
changed stays, and what both changed differently is asked about, field by field, on a page that needs no script.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from json import dumps
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.formats import date_format, localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gis_core.database.statements import execute
from gis_core.desk.forms import AccessibleForm
from gis_core.errors import Conflict, NotFound

type Row = Any
"""A row of the database, or the name of what may have no row yet."""
VERSION = "version"
CHOICE, DISPUTED = "keep-", "choose"
"""The names of what the page of a conflict sends: a choice for each field, and the fields that need one."""
NOT_SENT_AGAIN = ("csrfmiddlewaretoken", DISPUTED)


@dataclass(frozen=True, slots=True)
class Difference:
    """What both changed, a field or some that belong together: its values in words."""

    name: str
    label: str
    before: str
    theirs: str
    mine: str


class FormConflict(Conflict):
    """Somebody else changed the same fields since the form was opened."""

    def __init__(self, differences: list[Difference], kept: list[SafeString], merged: list[str]) -> None:
        super().__init__(
            _("Somebody changed the same fields since you opened this page: nothing was saved."),
            errors={one.name: [one.theirs] for one in differences},
        )
        self.differences, self.kept, self.merged = differences, kept, merged


class ComparedForm(forms.BaseForm):
    """What is common to forms of rows: their values are compared before they are cleaned.

    `request.POST` is copied where it cannot be changed; forms of one page that share a copy are compared as one form
    (`compare_together`). `about` says of which row the fields are, where a page has several.
    """

    data: QueryDict
    request: HttpRequest
    together: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Fields that mean something only together: a choice is for all of them."""
    about = ""
    is_merged = was_compared = whole = False
    says_initial = True

    def __getitem__(self, name: str) -> BoundField:
        if field := self.fields.get(name):
            field.show_hidden_initial = self.says_initial and self.is_plain(name, field)
        return super().__getitem__(name)

    def is_plain(self, name: str, field: forms.Field) -> bool:
        """Whether a field's value can be compared."""
        return name != VERSION and not isinstance(field, forms.FileField)

    def full_clean(self) -> None:
        """Compare before the values are cleaned. Raises FormConflict."""
        compare_together(self)
        super().full_clean()

    def merge(self) -> tuple[list[Difference], list[str]]:
        """Take what only somebody else changed; what both did, and the labels of what was taken."""
        compared = [field for field in self if self.is_compared(field)]
        if not any(was_sent(field) for field in compared):
            self.says_initial = False
            return [], []
        self.was_compared = True
        units = self.units(compared)
        self.take_choices(units)
        disputed = [unit for unit in units if self.is_disputed(unit)]
        merged = []
        for field in (
            one for unit in units if unit not in disputed for one in unit if self.who_changed(one) == "theirs"
        ):
            merged.append(self.label_of(field))
            self.put(field, now(field))
        differences = [self.difference(unit) for unit in disputed]
        for field in compared:
            write(field.field.hidden_widget(), self.data, field.html_initial_name, value_as_posted(field, now(field)))
        if VERSION in self.fields:
            self.data[self.add_prefix(VERSION)] = str(self.initial.get(VERSION) or 0)
        return differences, merged

    def is_compared(self, field: BoundField) -> bool:
        """Whether the page said what the field began with; of no box that is ticked it says nothing."""
        if not field.field.show_hidden_initial or field.field.disabled:
            return False
        return was_sent(field) or isinstance(field.field, forms.MultipleChoiceField)

    def units(self, compared: Iterable[BoundField]) -> list[list[BoundField]]:
        by_name = {field.name: field for field in compared}
        joined = [[by_name.pop(name) for name in names if name in by_name] for names in self.together]
        return [unit for unit in joined if unit] + [[field] for field in by_name.values()]

    def who_changed(self, field: BoundField) -> str:
        """Who changed a field: nobody, mine, theirs, both (differently)."""
        here = differs(field, began(field), field.data)
        there = differs(field, now(field), initial_value(field))
        if here and there:
            return "both" if differs(field, now(field), field.data) else "nobody"
        return "mine" if here else "theirs" if there else "nobody"

    def is_disputed(self, unit: Iterable[BoundField]) -> bool:
        sides = {self.who_changed(field) for field in unit}
        return "both" in sides or {"mine", "theirs"} <= sides or (self.whole and "theirs" in sides)

    def take_choices(self, units: Iterable[Sequence[BoundField]]) -> None:
        """What was chosen on the page of a conflict: theirs is what that page showed as saved."""
        disputed = set(self.data.getlist(DISPUTED))
        for unit in units:
            choice = self.data.get(f"{CHOICE}{unit[0].html_name}", "")
            if choice == "theirs" or (unit[0].html_name in disputed and choice != "mine"):
                for field in unit:
                    write(field.field.widget, self.data, field.html_name, initial_value(field))

    def put(self, field: BoundField, value: Any) -> None:
        """Have the form read this value as if it had been sent."""
        write(field.field.widget, self.data, field.html_name, value_as_posted(field, value))

    def difference(self, unit: Sequence[BoundField]) -> Difference:
        changed = [field for field in unit if self.who_changed(field) != "nobody"]
        before, theirs, mine = (
            "\n".join(self.describe(field.name, value(field)) for field in changed)
            for value in (began, now, value_typed)
        )
        label = ", ".join(str(field.label) for field in changed)
        return Difference(unit[0].html_name, self.with_row(label), before, theirs, mine)

    def label_of(self, field: BoundField) -> str:
        return self.with_row(str(field.label))

    def with_row(self, label: str) -> str:
        """A label with the row that it is of, where a page has several."""
        return _("%(row)s: %(field)s") % {"row": self.about, "field": label} if self.about else label

    def describe(self, name: str, value: Any) -> str:
        """A value of a field in words."""
        return describe_value(self.fields[name], value)


def compare_together(*compared: ComparedForm) -> None:
    """Compare forms that share what was sent, as if they were one. Raises FormConflict for all that both changed."""
    waiting = [form for form in compared if form.is_bound and not form.is_merged]
    differences: list[Difference] = []
    merged: list[str] = []
    for form in waiting:
        form.is_merged = True
        disputed, taken = form.merge()
        differences, merged = differences + disputed, merged + taken
    if differences:
        raise FormConflict(
            differences, make_hidden_inputs(waiting[0].data, lambda name: name.startswith(CHOICE)), merged
        )
    if merged:
        message = _("Changed by somebody else since you opened the page, and kept: %(fields)s.")
        messages.info(waiting[0].request, message % {"fields": ", ".join(merged)})


class EditForm(ComparedForm, AccessibleForm):
    """A form of a row that exists; `read` gives the row's values by field.

    It is bound where the request is a POST (or where `bound` says so): the row is then locked until the end of the
    transaction, and read anew in place. `row` is a name where there may be no row yet: whoever saves the same form
    waits. With `whole`, what somebody else changed is asked about although the sender left it (before a deletion, say).
    Without `compare`, the form is only looked at: nothing will be written. A form `beside` another one of the same row
    shares its lock and what was sent.
    """

    def __init__(
        self,
        request: HttpRequest,
        *,
        row: Row,
        read: Callable[[Row], Mapping[str, Any]],
        whole: bool = False,
        bound: bool | None = None,
        compare: bool = True,
        beside: "EditForm | None" = None,
        **options: Any,
    ) -> None:
        sent = request.method == "POST" if bound is None else bound
        if sent and compare and not beside:
            lock(row)
        data = (beside.data if beside else request.POST.copy(), request.FILES) if sent else (None, None)
        super().__init__(*data, initial=dict(read(row)), **options)
        self.request, self.whole, self.is_merged = request, whole, not (sent and compare)

    def begin_anew(self) -> None:
        """Show other values than those of the row: nothing is said of what the form began with."""
        self.says_initial = False


def lock(row: Row) -> None:
    """Nobody else changes the row until the end of the transaction; its values are those of now. Raises NotFound.

    Rows that refer to it may come meanwhile. A row that the user sees and may not change is not locked: the service
    says why it refuses.
    """
    if isinstance(row, Model):
        try:
            row.refresh_from_db(from_queryset=type(row)._base_manager.select_for_update(of=("self",), no_key=True))
        except ObjectDoesNotExist as error:
            if not type(row)._base_manager.filter(pk=row.pk).exists():
                raise NotFound(_("Somebody deleted this meanwhile: nothing was saved.")) from error
        return
    execute("select pg_advisory_xact_lock(hashtextextended('arpent form ' || %s, 0))", [str(row)])


# -- values of a field: when the page was opened, now, as typed -------------------------------------------------------


def initial_value(field: BoundField) -> Any:
    """What the page sent as the value that it began with."""
    return field.field.hidden_widget().value_from_datadict(field.form.data, field.form.files, field.html_initial_name)


def began(field: BoundField) -> Any:
    return value_in(field, initial_value(field))


def now(field: BoundField) -> Any:
    return field.form.get_initial_for_field(field.field, field.name)


def value_typed(field: BoundField) -> Any:
    return value_in(field, field.data)


def value_in(field: BoundField, sent: Any) -> Any:
    """The value that was sent, or what was sent where it is none."""
    try:
        several = isinstance(field.field, forms.MultiValueField)
        return field.field.clean(sent) if several else field.field.to_python(sent)
    except ValidationError:
        return sent


def differs(field: BoundField, value: Any, sent: Any) -> bool:
    """Whether a value differs from one as it is sent; browsers send lines that end otherwise."""
    if isinstance(value, str) and isinstance(sent, str):
        return bool(field.field.has_changed(one_kind_of_line(value), one_kind_of_line(sent)))
    return bool(field.field.has_changed(value, sent))


def one_kind_of_line(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def value_as_posted(field: BoundField, value: Any) -> Any:
    """A value as a hidden field of the page sends it; a list for what is sent in several fields."""
    prepared = field.field.prepare_value(value)
    if isinstance(field.field, forms.MultipleChoiceField):
        return [str(one) for one in prepared or ()]
    widget = field.field.hidden_widget()
    if isinstance(widget, forms.MultiWidget):
        parts = prepared if isinstance(prepared, list) else widget.decompress(prepared) or []
        return [format_widget_value(one, part) for one, part in zip(widget.widgets, parts, strict=True)]
    return format_widget_value(widget, prepared)


def format_widget_value(widget: Any, value: Any) -> str:
    text = widget.format_value(value)
    return "" if text is None else str(text)


def was_sent(field: BoundField) -> bool:
    """Whether the page said what the field began with."""
    form = field.form
    return not field.field.hidden_widget().value_omitted_from_data(form.data, form.files, field.html_initial_name)


def write(widget: Any, data: QueryDict, name: str, value: Any) -> None:
    """Put a value among what was sent, as this widget of this name would send it."""
    if isinstance(widget, forms.MultiWidget):
        names: list[str] = widget.widgets_names  # type: ignore[attr-defined]  # Django's stubs have it not
        for suffix, part in zip(names, value, strict=True):
            data[name + suffix] = part or ""
        value = ""  # by this name Django asks whether anything was sent
    data.setlist(name, as_list(value))


def describe_value(field: forms.Field, value: Any) -> str:
    """A value as people read it; “—” for none."""
    if isinstance(field, forms.JSONField):
        return dumps(value, ensure_ascii=False, indent=1)
    choices = {str(key): str(label) for key, label in flat(getattr(field, "choices", ()))}
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple | set):
        return ", ".join(choices.get(str(one), str(one)) for one in value) or "—"
    if value is None or str(value).strip() == "":
        return "—"
    if isinstance(value, datetime):
        return date_format(value, "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return choices.get(str(value)) or str(localize(value))


def flat(choices: Any) -> list[tuple[Any, Any]]:
    pairs: list[tuple[Any, Any]] = []
    for key, label in choices:
        pairs += label if isinstance(label, list | tuple) else [(key, label)]
    return pairs


# -- pages -----------------------------------------------------------------------------------------------------------


def conflict_page(request: HttpRequest, conflict: FormConflict) -> HttpResponse:
    """What differs, with a choice for each field; nothing is saved until it is sent."""
    context = {"differences": conflict.differences, "kept": conflict.kept, "merged": conflict.merged}
    return render(request, "form_conflict.html", context | {"choice": CHOICE, "disputed": DISPUTED}, status=409)


def make_hidden_inputs(data: QueryDict, without: Callable[[str], bool] = lambda name: False) -> list[SafeString]:
    """What a form sent, as hidden fields of another one."""
    return [
        make_hidden_input(name, value)
        for name, values in data.lists()
        if name not in NOT_SENT_AGAIN and not without(name)
        for value in values
        if isinstance(value, str)
    ]


def make_hidden_input(name: str, value: str) -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', name, value)


def as_list(value: Any) -> list[str]:
    return [str(one) for one in (value if isinstance(value, list) else [value])]
