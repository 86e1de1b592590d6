"""The filters above every list of files: one form, sent by GET, that works without script."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from gis_core.models import Commune, Member, Membership
from permits.models import Permit
from permits.procedure import INSTRUCTS, State
from permits.services.listing import LONGEST_TEXT, NOBODY, OPENED, Deadline, Filter, Whose

YEARS_BACK = 20
type Choices = list[tuple[str, str]]


class FilterForm(AccessibleForm):
    """What `Filter` reads; `kept` are the values that stand in the address though no choice offers them."""

    q = forms.CharField(label=gettext_lazy("Search"), max_length=LONGEST_TEXT, required=False)
    whose = forms.ChoiceField(label=gettext_lazy("Whose"), required=False)
    member = forms.ChoiceField(label=gettext_lazy("Member"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    insee = forms.ChoiceField(label=gettext_lazy("Commune"), required=False)
    year = forms.ChoiceField(label=gettext_lazy("Filed in"), required=False)
    deadline = forms.ChoiceField(label=gettext_lazy("Deadline"), required=False)
    instructor = forms.ChoiceField(label=gettext_lazy("Instructor"), required=False)

    def __init__(self, *args: Any, rights: Rights, kept: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["q"].widget.attrs |= {"type": "search", "placeholder": _("number, parcel, words")}
        members = member_choices(rights)
        if len(members) < 2 and not kept.get("member"):
            del self.fields["member"]
        this_year = database_clock.today().year
        offered: dict[str, Choices] = {
            "whose": [("" if one == Whose.ALL else str(one), str(one.label)) for one in reversed(Whose)],
            "member": [("", _("All members")), *members],
            "state": [(OPENED, _("Open files")), ("", _("All states")), *in_text(State.choices)],
            "kind": [("", _("All kinds")), *((value, value) for value in Permit.Kind.values)],
            "insee": [("", _("All communes")), *commune_choices(rights)],
            "year": [
                ("", _("Any year")),
                *((str(year),) * 2 for year in range(this_year, this_year - YEARS_BACK, -1)),
            ],
            "deadline": [("", _("All deadlines")), *in_text(Deadline.choices)],
            "instructor": [("", _("Anybody")), (NOBODY, _("Nobody yet")), *instructor_choices(rights)],
        }
        for name, choices in offered.items():
            if name in self.fields:
                self.fields[name].choices = with_kept(choices, kept.get(name, ""))  # type: ignore[attr-defined]


def in_text(choices: Iterable[tuple[str, Any]]) -> Choices:
    return [(str(value), str(label)) for value, label in choices]


def with_kept(choices: Choices, value: str) -> Choices:
    """The choices, and the value that is asked for: several states, a year long ago."""
    if value in [known for known, _label in choices]:
        return choices
    labels = {OPENED: _("Open files"), **dict(State.choices)}
    return [*choices, (value, ", ".join(str(labels.get(one, one)) for one in value.split(",")))]


def member_choices(rights: Rights) -> Choices:
    return list(Member.objects.visible_to(rights).order_by("name").values_list("slug", "name"))


def communes_of(rights: Rights) -> QuerySet[Commune]:
    """The communes where the asker may see files."""
    if rights.agency:
        return Commune.objects.filter(territories__isnull=False).distinct()
    own = Commune.objects.filter(territories__member__in=rights.members()).values("insee")
    return Commune.objects.filter(insee__in=own) | Commune.objects.filter(insee__in=list(rights.town_insee))


def commune_choices(rights: Rights) -> Choices:
    return list(communes_of(rights).order_by("name").values_list("insee", "name"))


def instructor_choices(rights: Rights) -> Choices:
    """The people who instruct at the asker's members."""
    people = Membership.objects.accepted().filter(role__in=INSTRUCTS, user__is_active=True)
    if not rights.agency:
        people = people.filter(member__in=list(rights.roles))
    choices = {one.user_id: str(one.user) for one in people.select_related("user").order_by("user__last_name")}
    return [(str(pk), name) for pk, name in choices.items()]


def read_filter(request: HttpRequest, rights: Rights, **defaults: str) -> tuple[Filter, FilterForm]:
    """The filter of an address and its form; what makes no sense is left out, and said in the form."""
    given = {**defaults, **request.GET.dict()}
    kept = {name: value for name, value in given.items() if isinstance(value, str)}
    try:
        wanted = Filter.parse(given)
    except Invalid as error:
        form = FilterForm(given, rights=rights, kept={})
        if str(error.extra.get("parameter")) not in form.errors:
            blame(form, error)
        return Filter.parse(defaults), form
    return wanted, FilterForm(initial=given, rights=rights, kept=kept)
