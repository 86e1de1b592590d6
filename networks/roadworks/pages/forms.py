"""The form of works: what, when, what traffic meets, and where in one of three ways."""

from typing import Any, Final

from django import forms
from django.contrib.gis.geos import MultiLineString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import ADDRESSES, AccessibleForm
from gis_core.errors import ArpentError, Invalid
from gis_core.models import Commune, Member
from networks.roads.services.referring import as_kept
from networks.roadworks.models import Work
from networks.roadworks.services import stretches
from networks.roadworks.services.conflicts import ConflictQuery
from networks.roadworks.services.detours import heading
from networks.roadworks.services.works import check_days

WAYS: Final = [
    ("map", gettext_lazy("On the map")),
    ("references", gettext_lazy("Between two references")),
    ("street", gettext_lazy("A whole street")),
]
VALUES: Final = (
    "kind", "title", "description", "starts_on", "ends_on", "hours", "measure", "closed_way", "speed_kmh",
    "no_parking", "no_overtaking", "new_surface", "comment", "place",
)  # fmt: skip
REFERENCES: Final = ("start_reference", "end_reference")
ERRORS_AT: Final = {"map": "geom", "references": "start", "street": "street"}


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": "2000-01-01", "max": "2100-12-31"})


def lcfirst(text: str) -> str:
    return text[:1].lower() + text[1:]


class WorkForm(AccessibleForm):
    member = forms.ChoiceField(label=gettext_lazy("Member"))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Work.Kind.choices)
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=day_input())
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=day_input())
    hours = forms.CharField(
        label=gettext_lazy("Hours"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("8 am – 5 pm; a night: 9 pm – 6 am"),
    )
    measure = forms.ChoiceField(label=gettext_lazy("Traffic"), choices=Work.Measure.choices)
    closed_way = forms.ChoiceField(
        label=gettext_lazy("Closed direction"), choices=[("", "—"), *Work.Way.choices], required=False
    )
    speed_kmh = forms.IntegerField(label=gettext_lazy("Speed limit (km/h)"), required=False, min_value=5, max_value=130)
    no_parking = forms.BooleanField(label=gettext_lazy("No parking"), required=False)
    no_overtaking = forms.BooleanField(label=gettext_lazy("No overtaking"), required=False)
    new_surface = forms.BooleanField(label=gettext_lazy("Leaves a new surface"), required=False)
    where = forms.ChoiceField(label=gettext_lazy("Where"), choices=WAYS, widget=forms.RadioSelect)
    start = forms.CharField(label=gettext_lazy("From (PR)"), max_length=80, required=False)
    end = forms.CharField(label=gettext_lazy("To (PR)"), max_length=80, required=False)
    commune = forms.ChoiceField(label=gettext_lazy("Commune"), required=False)
    street = forms.CharField(
        label=gettext_lazy("Street"), max_length=300, required=False, help_text=gettext_lazy("Several by semicolons.")
    )
    place = forms.CharField(
        label=gettext_lazy("Place in words"),
        max_length=200,
        widget=forms.TextInput(attrs=ADDRESSES),
        required=False,
        help_text=gettext_lazy("Left empty, it is the PR and the names of the roads taken."),
    )
    description = forms.CharField(
        label=gettext_lazy("What everybody is told"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Read by everybody: neither names nor telephones of people."),
    )
    comment = forms.CharField(
        label=gettext_lazy("Internal remark"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    geom = forms.CharField(
        label=gettext_lazy("Line of the works"),
        required=False,
        max_length=stretches.LONGEST_TEXT,
        widget=forms.HiddenInput(attrs={"data-draft": ""}),
    )
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    outage = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, members: list[Member], kept: Work | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kept = kept
        self.members = {one.slug: one for one in members}
        known = Commune.objects.filter(territories__isnull=False).distinct().order_by("name")
        self.fields["member"].choices = [(one.slug, one.name) for one in members]  # type: ignore[attr-defined]
        self.fields["commune"].choices = [("", "—"), *known.values_list("insee", "name")]  # type: ignore[attr-defined]
        if len(members) == 1:
            self.fields["member"].widget = forms.HiddenInput()
            self.fields["member"].initial = members[0].slug
        for name, example in (("start", "D 2020 PR 12+350"), ("end", "D 2020 PR 13+020")):
            self.fields[name].widget.attrs["placeholder"] = example
        # Each is needed where it is asked for.
        for name in ("start", "end", "street", "commune", "closed_way"):
            self.fields[name].unmarked = True  # type: ignore[attr-defined]
        self.fields["street"].widget.attrs["placeholder"] = _("rue Haute")

    def clean(self) -> dict[str, Any]:
        """The stretch, as `stretch`; what is wrong with it stands where it was said."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("measure") == Work.Measure.ONE_WAY and not given.get("closed_way"):
            self.add_error("closed_way", _("Say which direction is closed."))
        way = given.get("where", "map")
        self.check_both_days(given)
        try:
            given["stretch"] = self.stretch(way, given)
        except ArpentError as error:
            name = str(error.extra.get("parameter", ""))
            self.add_error(name if name in self.fields else ERRORS_AT[way], error.message)
        return given

    def check_both_days(self, given: dict[str, Any]) -> None:
        """Days in the wrong order are said with whatever else is wrong, not after it was put right."""
        if given.get("starts_on") and given.get("ends_on"):
            try:
                check_days(given["starts_on"], given["ends_on"])
            except Invalid as error:
                self.add_error(str(error.extra["parameter"]), error.message)

    def stretch(self, way: str, given: dict[str, Any]) -> MultiLineString | None:
        """The line of the works (EPSG:2154) by the way it was given; None where none was drawn.

        Raises Invalid, NotFound.
        """
        if way == "references":
            stretch = stretches.of_references(given.get("start") or "", given.get("end") or "")
            given["start_reference"], given["end_reference"] = as_kept(given["start"]), as_kept(given["end"])
            # The road may have been measured anew since: what nobody says otherwise stays where it is.
            return self.kept.geom if self.kept and self.says_as_kept(given) else stretch
        if way == "street":
            return stretches.of_streets(given.get("street") or "", given.get("commune") or "")
        return stretches.parse_drawn(given["geom"]) if given.get("geom") else None

    def says_as_kept(self, given: dict[str, Any]) -> bool:
        return all(given[name] == getattr(self.kept, name) for name in REFERENCES)

    def describe_ends(self, stretch: MultiLineString) -> None:
        """Each direction by the compass, once it is known where the works lie."""
        first, last = stretches.ends_of(stretch)
        towards = {Work.Way.FORWARD: heading(first, last), Work.Way.BACKWARD: heading(last, first)}
        choices = [(way.value, f"{capfirst(towards[way])} ({lcfirst(str(way.label))})") for way in Work.Way]
        self.fields["closed_way"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """As the service takes them."""
        given = self.cleaned_data
        placed = {name: given.get(name) for name in REFERENCES} | {"geom": given.get("stretch")}
        return {name: given[name] for name in VALUES} | placed

    def conflict_query(self, work: Work | None) -> ConflictQuery | None:
        """What to look for conflicts with, None as long as something is missing."""
        given = self.cleaned_data
        names = ("starts_on", "ends_on", "kind", "measure", "new_surface")
        if not given.get("stretch") or any(given.get(name) is None for name in names):
            return None
        if given["ends_on"] < given["starts_on"]:
            return None
        return ConflictQuery(
            stretch=given["stretch"],
            work_id=work.pk if work else None,
            hours=given.get("hours") or "",
            closed_way=given.get("closed_way") or "",
            **{name: given[name] for name in names},
        )

    def owner(self) -> Member:
        return self.members[self.cleaned_data["member"]]


class WorkChangeForm(EditForm, WorkForm):
    """The stretch is one thing, in whichever way it is said; so are both days."""

    together = (("where", "start", "end", "commune", "street", "geom"), ("starts_on", "ends_on"))

    def describe(self, name: str, value: Any) -> str:
        return _("a line on the map") if name == "geom" and value else super().describe(name, value)
