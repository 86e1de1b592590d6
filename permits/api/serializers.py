"""Shapes of what goes in and out of /api/v1/permits/."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.fields import GeometryField
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from gis_core.models import User
from layers.parcels.api.serializers import DayField
from permits.models import Event, Figures, Permit
from permits.procedure import MOVES, State, What
from permits.services.figures import FIGURES
from permits.services.filing import LONGEST_ADDRESS, LONGEST_DESCRIPTION, MOST_PARCELS
from permits.services.listing import PERMITS

type Json = dict[str, Any]

LARGEST_ID = 2**31 - 1
DECIMALS = 8


@extend_schema_field({"type": "object", "nullable": True, "description": "GeoJSON, EPSG:4326"})
class ShapeField(GeometryField):
    """The ground that the database moved to EPSG:4326 (`shape`): drf-gis would give it in the column's system."""

    def __init__(self, **options: Any) -> None:
        super().__init__(precision=DECIMALS, read_only=True, **options)  # type: ignore[no-untyped-call]


class PermitPersonSerializer(serializers.ModelSerializer[User]):
    """Somebody who works on files."""

    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = User
        fields = ("id", "name")


class FiguresSerializer(serializers.ModelSerializer[Figures]):
    """What the form says of a file in figures: areas in m², a height in m, destinations by their codes (R.151-28)."""

    floor_before_m2 = serializers.FloatField(allow_null=True)
    floor_created_m2 = serializers.FloatField(allow_null=True)
    floor_removed_m2 = serializers.FloatField(allow_null=True)
    floor_after_m2 = serializers.FloatField(allow_null=True)
    emprise_created_m2 = serializers.FloatField(allow_null=True)
    height_m = serializers.FloatField(allow_null=True)

    class Meta:
        model = Figures
        fields = (*FIGURES, "destinations")


FIELDS = (
    *("number", "formatted_number", "kind", "kind_label", "state", "state_label", "tacit", "member", "insee", "parent"),
    *("filed_date", "description", "address", "parcels", "silence_refuses", "instructor"),
    *("complete_date", "notify_by_date", "answer_by_date", "due_date", "ended_date", "valid_until_date"),
    *("next_date", "next_what", "plan_date", "recorded_at", "version", "figures", "url", "page"),
)


class PermitSerializer(serializers.ModelSerializer[Permit]):
    """A file as lists give it: never who applies. Stored columns of the list that are not named here come with it."""

    formatted_number = serializers.CharField(
        source="__str__", read_only=True, help_text="the number as people write it"
    )
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    state = serializers.ChoiceField(choices=State.choices, read_only=True)
    state_label = serializers.CharField(source="get_state_display", read_only=True)
    member = serializers.SlugRelatedField[Any](source="owner", slug_field="slug", read_only=True)
    parent = serializers.SlugRelatedField[Any](  # type: ignore[assignment]
        slug_field="number", read_only=True, allow_null=True
    )
    parcels = serializers.ListField(source="idus", child=serializers.CharField(), read_only=True)
    instructor = PermitPersonSerializer(read_only=True, allow_null=True)
    next_what = serializers.CharField(read_only=True, help_text="notify_by, answer_by, due, or nothing")
    figures = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField()

    class Meta:
        model = Permit
        fields: tuple[str, ...] = (
            *FIELDS,
            *(name for name in PERMITS.list_stored_fields(Permit) if name not in FIELDS),
        )

    def get_fields(self) -> dict[str, Any]:
        """The fields by their names in the API, where `shown` is the number as people write it."""
        names = {"formatted_number": "shown"}
        return {names.get(name, name): field for name, field in super().get_fields().items()}

    @extend_schema_field(FiguresSerializer(allow_null=True))
    def get_figures(self, permit: Permit) -> Json | None:
        figures = getattr(permit, "figures", None)
        return FiguresSerializer(figures).data if figures else None

    def get_url(self, permit: Permit) -> str:
        return f"/api/v1/permits/{permit.number}/"

    def get_page(self, permit: Permit) -> str:
        return f"/permis/{permit.number}/"


class PermitFeatureSerializer(PermitSerializer, GeoFeatureModelSerializer):
    """A file as a GeoJSON feature: `shape` is the ground moved to EPSG:4326 by the database."""

    shape = ShapeField()

    class Meta(PermitSerializer.Meta):
        geo_field = "shape"
        id_field = "number"
        fields = (*PermitSerializer.Meta.fields, "shape")


class PermitDetailSerializer(PermitSerializer):
    geometry = ShapeField(source="shape")

    class Meta(PermitSerializer.Meta):
        fields = (*PermitSerializer.Meta.fields, "geometry")


class FiledSerializer(PermitDetailSerializer):
    unknown_parcels = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="kept as typed: the plan does not have them"
    )
    alike = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="files that the new one seems to be"
    )

    class Meta(PermitDetailSerializer.Meta):
        fields = (*PermitDetailSerializer.Meta.fields, "unknown_parcels", "alike")


class PermitPageSerializer(serializers.Serializer[Json]):
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    results = PermitSerializer(many=True)


# -- who applies ------------------------------------------------------------------------------------------------------


class ApplicantSerializer(serializers.Serializer[Json]):
    name = serializers.CharField(max_length=200)
    address = serializers.CharField(max_length=1_000, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    siret = serializers.CharField(max_length=20, required=False, allow_blank=True)
    agent = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="who acts for them")
    architect = serializers.CharField(max_length=200, required=False, allow_blank=True)
    architect_number = serializers.CharField(
        max_length=40, required=False, allow_blank=True, help_text="at the order of architects"
    )


class ApplicantAnswerSerializer(serializers.Serializer[Json]):
    number = serializers.CharField()
    applicant = ApplicantSerializer(allow_null=True)


# -- filing and changing ----------------------------------------------------------------------------------------------


class PermitGroundSerializer(serializers.Serializer[Json]):
    """What filing and changing share."""

    parcels = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=MOST_PARCELS, help_text="AB 12, …"
    )
    description = serializers.CharField(max_length=LONGEST_DESCRIPTION, required=False, allow_blank=True)
    address = serializers.CharField(max_length=LONGEST_ADDRESS, required=False, allow_blank=True)
    silence_refuses = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=10, help_text="why (R.424-2)"
    )
    instructor = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=LARGEST_ID)


class FilingSerializer(PermitGroundSerializer):
    kind = serializers.ChoiceField(choices=Permit.Kind.choices)
    insee = serializers.CharField(max_length=5)
    filed_date = DayField()
    number = serializers.CharField(max_length=60, required=False, allow_blank=True, help_text="else the next one")
    parent = serializers.CharField(  # type: ignore[assignment]
        max_length=60, required=False, allow_blank=True, help_text="the file it changes"
    )
    change = serializers.ChoiceField(choices=["M", "T"], required=False, help_text="modification or transfer")
    applicant = ApplicantSerializer(required=False, allow_null=True)
    member = serializers.CharField(
        max_length=50, required=False, help_text="short name; needed where several instruct the commune"
    )


class ChangeSerializer(PermitGroundSerializer):
    """Only what is given changes."""

    def validate(self, attrs: Json) -> Json:
        if not attrs:
            raise serializers.ValidationError({"description": [" | ".join(self.fields)]})
        return attrs


# -- what happens -----------------------------------------------------------------------------------------------------


class PermitEventSerializer(serializers.ModelSerializer[Event]):
    label = serializers.CharField(source="get_what_display", read_only=True)  # type: ignore[assignment]
    detail = serializers.DictField(read_only=True)
    recorded_by = PermitPersonSerializer(read_only=True, allow_null=True)
    struck_by = PermitPersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Event
        fields = (
            *("id", "what", "label", "on_date", "detail", "recorded_at", "recorded_by"),
            *("struck_at", "struck_by", "struck_reason"),
        )


class PermitEventPageSerializer(serializers.Serializer[Json]):
    count = serializers.IntegerField()
    results = PermitEventSerializer(many=True)


class PermitRecordSerializer(serializers.Serializer[Json]):
    """An event to record; `detail` holds what its kind needs."""

    what = serializers.ChoiceField(choices=What.choices)
    on = DayField(required=False, allow_null=True, help_text="the day on which it counts")
    detail = serializers.DictField(required=False)

    def validate_what(self, value: str) -> str:
        if What(value) not in MOVES:
            raise serializers.ValidationError(_("A file begins with its filing: it is not recorded again."))
        return value


class StrikeSerializer(serializers.Serializer[Json]):
    reason = serializers.CharField(max_length=200)


class PermitStepSerializer(serializers.Serializer[Json]):
    date = serializers.DateField()
    code = serializers.CharField()
    title = serializers.CharField()
    why = serializers.CharField(help_text="in words")
    articles = serializers.ListField(child=serializers.CharField())
    event = serializers.IntegerField(allow_null=True, help_text="the one that made it")
    effective = serializers.BooleanField(help_text="false: it changes no date")
    irregular = serializers.BooleanField(help_text="it has effect, and lacks what the law asks: a judge may annul it")
    uncertain = serializers.BooleanField(help_text="a value of the law that was not read in a source")
    values = serializers.DictField(help_text="what was counted with")


class PermitTimelineSerializer(serializers.Serializer[Json]):
    """`covered` is false for files before October 2007: no deadline is told of them."""

    number = serializers.CharField()
    covered = serializers.BooleanField()
    filed_on = serializers.DateField()
    notify_by = serializers.DateField(allow_null=True)
    complete_on = serializers.DateField(allow_null=True)
    answer_by = serializers.DateField(allow_null=True)
    months = serializers.IntegerField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    silence = serializers.CharField(allow_null=True)
    outcome = serializers.CharField(allow_null=True)
    tacit = serializers.BooleanField()
    ended_on = serializers.DateField(allow_null=True)
    revocable_until = serializers.DateField(allow_null=True, help_text="last day to withdraw it as illegal")
    valid_until = serializers.DateField(allow_null=True)
    lapsed_on = serializers.DateField(allow_null=True, help_text="since when it holds no more")
    steps = PermitStepSerializer(many=True)
