"""Shapes of what goes in and out of /api/v1/simulations/ and of the sides and the envelope of a parcel."""

from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from layers.parcels.api.serializers import DayField
from simulation.engine.sides import Kind
from simulation.engine.verdicts import Status
from simulation.engine.volumes import Roof
from simulation.services.content import MOST_DEMOLISHED
from simulation.services.drawing import MOST_VOLUMES
from simulation.services.reliefs import Obstacles
from simulation.services.scenes import LARGEST_REACH_M

type Json = dict[str, Any]

MOST_PARCELS = 50


class FiniteField(serializers.FloatField):
    """A number that JSON can hold."""

    def to_internal_value(self, data: Any) -> float:
        value: float = super().to_internal_value(data)
        if isinstance(data, bool) or value != value or abs(value) > 1e9:
            self.fail("invalid")
        return value


class SimulationVolumeSerializer(serializers.Serializer[Json]):
    footprint = serializers.JSONField(help_text="GeoJSON polygon in EPSG:2154")
    base = FiniteField(required=False, allow_null=True, help_text="m NGF; null: on the natural ground")
    eaves = FiniteField(help_text="m above its foot")
    ridge = FiniteField(required=False, allow_null=True, help_text="m above its foot; as the eaves by default")
    roof = serializers.ChoiceField(choices=[(one.value, one.value) for one in Roof], required=False)
    ridge_azimuth = FiniteField(required=False, allow_null=True, help_text="degrees clockwise from the grid's north")
    levels = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=100)


class DemolishedField(serializers.ListField):
    """Ids of buildings of the plan that the project pulls down."""

    def __init__(self, **more: Any) -> None:
        child = serializers.IntegerField(min_value=1, max_value=2**62)
        text = "ids of buildings that stand no more"
        super().__init__(child=child, max_length=MOST_DEMOLISHED, help_text=text, **more)


class SimulationCheckSerializer(serializers.Serializer[Json]):
    """A project to judge."""

    parcels = serializers.ListField(
        child=serializers.CharField(max_length=40),
        min_length=1,
        max_length=MOST_PARCELS,
        help_text="14 or 15 characters",
    )
    volumes = serializers.ListField(child=SimulationVolumeSerializer(), min_length=1, max_length=MOST_VOLUMES)
    rules = serializers.JSONField(
        required=False, allow_null=True, help_text="SRU level 2 rules or constraints; those of the zone by default"
    )
    demolished = DemolishedField(required=False)
    day = DayField(required=False, help_text="the documents of this day; today by default")


class RuleMeasureSerializer(serializers.Serializer[Json]):
    attribute = serializers.CharField(help_text="of the SRU catalogue")
    reference = serializers.CharField(allow_blank=True, help_text="TypeReference of the SRU catalogue")
    status = serializers.ChoiceField(choices=[(one.value, one.value) for one in Status])
    value = serializers.FloatField(allow_null=True)
    limit = serializers.FloatField(allow_null=True)
    margin = serializers.FloatField(allow_null=True, help_text="below zero: broken by so much")
    accuracy = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(allow_blank=True, help_text="m, ratio, %, levels")
    volume = serializers.IntegerField(allow_null=True, help_text="from 0; null: all")
    reasons = serializers.ListField(child=serializers.CharField())


class RuleTextSerializer(serializers.Serializer[Json]):
    """The text of the regulation, level 1."""

    content = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)


class VerdictSerializer(serializers.Serializer[Json]):
    rule = serializers.CharField()
    category = serializers.CharField(help_text="catContrainte")
    status = serializers.ChoiceField(choices=[(one.value, one.value) for one in Status])
    value = serializers.FloatField(allow_null=True)
    limit = serializers.FloatField(allow_null=True)
    margin = serializers.FloatField(allow_null=True, help_text="below zero: broken by so much")
    accuracy = serializers.FloatField(allow_null=True, help_text="a smaller margin is to be judged")
    unit = serializers.CharField(allow_blank=True)
    where = serializers.JSONField(allow_null=True, help_text="GeoJSON geometry, EPSG:2154")
    text = serializers.CharField()
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    remark = serializers.CharField(allow_blank=True)
    zone = serializers.CharField(allow_blank=True)
    article = serializers.CharField(allow_blank=True, help_text="of a national rule")
    volume = serializers.IntegerField(allow_null=True, help_text="from 0; null: all")
    measures = RuleMeasureSerializer(many=True)
    source = RuleTextSerializer(allow_null=True)  # type: ignore[assignment]


class JudgedZoneSerializer(serializers.Serializer[Json]):
    zone = serializers.CharField()
    idurba = serializers.CharField()
    area_m2 = serializers.FloatField()
    share = serializers.FloatField(help_text="0 to 1, of the terrain")
    rules = serializers.IntegerField(help_text="how many are entered")
    regulation = serializers.CharField(allow_null=True)


class SimulationAccuraciesSerializer(serializers.Serializer[Json]):
    plan = serializers.FloatField(help_text="m, of the cadastral sheet")
    plan_known = serializers.BooleanField(help_text="false: a careful default")
    heights = serializers.FloatField()
    heights_known = serializers.BooleanField()


class SimulationCheckedSerializer(serializers.Serializer[Json]):
    parcels = serializers.ListField(child=serializers.CharField())
    day = serializers.DateField()
    terrain_m2 = serializers.FloatField()
    emprise_before_m2 = serializers.FloatField()
    emprise_after_m2 = serializers.FloatField()
    accuracies = SimulationAccuraciesSerializer()
    zones = JudgedZoneSerializer(many=True)
    results = VerdictSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class ParcelSidePropertiesSerializer(serializers.Serializer[Json]):
    side = serializers.IntegerField()
    kind = serializers.CharField(help_text="alignment, side, rear")
    kind_label = serializers.CharField()
    origin = serializers.CharField(help_text="public_ground, way_parcel, water, neighbour, unknown")
    origin_label = serializers.CharField()
    names = serializers.ListField(child=serializers.CharField(), help_text="parcels beyond, or the street")
    length_m = serializers.FloatField()
    uncertain = serializers.CharField(allow_blank=True, help_text="why its kind is doubtful")
    derived = serializers.CharField(
        allow_null=True, help_text="its kind before somebody corrected it; null: nobody did"
    )


class ParcelSideSerializer(serializers.Serializer[Json]):
    type = serializers.CharField()
    geometry = serializers.JSONField()
    properties = ParcelSidePropertiesSerializer()


class PlotBuildingSerializer(serializers.Serializer[Json]):
    id = serializers.IntegerField()
    area_m2 = serializers.FloatField()
    geometry = serializers.JSONField()


class ParcelSidesSerializer(serializers.Serializer[Json]):
    """GeoJSON."""

    type = serializers.CharField()
    crs = serializers.CharField()
    corner = serializers.BooleanField()
    crossings = serializers.ListField(child=serializers.CharField(), help_text="ways that run through the terrain")
    accuracy_m = serializers.FloatField()
    notes = serializers.ListField(child=serializers.CharField())
    can_correct = serializers.BooleanField(help_text="whether the asker may say what a side is")
    buildings = PlotBuildingSerializer(many=True, help_text="of the plan, on the parcel")
    features = ParcelSideSerializer(many=True)


class SideCorrectionSerializer(serializers.Serializer[Json]):
    """What a side is; the side is that on which the place lies."""

    point = serializers.ListField(child=FiniteField(), min_length=2, max_length=2, help_text="x, y in EPSG:2154")
    kind = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Kind], allow_null=True, help_text="null: as derived"
    )


class EnvelopeStepPropertiesSerializer(serializers.Serializer[Json]):
    zone = serializers.CharField()
    bottom = serializers.FloatField(help_text="m above the natural ground")
    top = serializers.FloatField()
    area_m2 = serializers.FloatField()


class EnvelopeStepSerializer(serializers.Serializer[Json]):
    type = serializers.CharField()
    geometry = serializers.JSONField(allow_null=True)
    properties = EnvelopeStepPropertiesSerializer()


class ZoneEnvelopeSerializer(serializers.Serializer[Json]):
    zone = serializers.CharField()
    idurba = serializers.CharField()
    terrain_m2 = serializers.FloatField()
    area_m2 = serializers.FloatField(help_text="ground on which something may stand")
    ces_m2 = serializers.FloatField(allow_null=True, help_text="that may still be built over; null: no rule says")
    height_m = serializers.FloatField(allow_null=True, help_text="null: no rule says by figures")
    eaves_m = serializers.FloatField(allow_null=True)
    volume_m3 = serializers.FloatField(allow_null=True, help_text="of all steps")
    bounded_volume_m3 = serializers.FloatField(allow_null=True, help_text="within the CES at every height")
    left_out = serializers.ListField(child=serializers.CharField(), help_text="categories that count for nothing here")


class ParcelEnvelopeSerializer(serializers.Serializer[Json]):
    """GeoJSON: the steps of every zone, from the ground up."""

    type = serializers.CharField()
    crs = serializers.CharField()
    parcels = serializers.ListField(child=serializers.CharField())
    accuracy_m = serializers.FloatField()
    zones = ZoneEnvelopeSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    features = EnvelopeStepSerializer(many=True)


class ProjectGroundSerializer(serializers.Serializer[Json]):
    """The natural ground under the volumes, by the published model."""

    low_m = serializers.FloatField(help_text="NGF")
    high_m = serializers.FloatField(help_text="NGF")
    slope_percent = serializers.FloatField(help_text="of the plane that fits it best")
    cut_m3 = serializers.FloatField(help_text="above the feet of the volumes")
    fill_m3 = serializers.FloatField(help_text="below them")


class NearObjectSerializer(serializers.Serializer[Json]):
    layer = serializers.CharField()
    title = serializers.CharField()
    id = serializers.IntegerField()
    reference = serializers.CharField(allow_blank=True)
    distance_m = serializers.FloatField(help_text="to its drawn place")
    accuracy = serializers.CharField(allow_blank=True, help_text="its class (order of 15 February 2012)")


class CrossedRuleSerializer(serializers.Serializer[Json]):
    section = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)


class SimulationNearbySerializer(serializers.Serializer[Json]):
    """What a project meets, and what lies near it."""

    ground = ProjectGroundSerializer(allow_null=True, help_text="null: no model of the ground")
    neighbour_m = serializers.FloatField(allow_null=True, help_text="to the nearest neighbour’s building within 60 m")
    networks = NearObjectSerializer(many=True, help_text="within 30 m, 2 of each layer at most")
    easements = CrossedRuleSerializer(many=True, help_text="prescriptions, easements, risks on the volumes themselves")
    notes = serializers.ListField(child=serializers.CharField())


class SimulationProjectSerializer(serializers.Serializer[Json]):
    """Volumes on parcels."""

    parcels = serializers.ListField(child=serializers.CharField(max_length=40), min_length=1, max_length=MOST_PARCELS)
    volumes = serializers.ListField(child=SimulationVolumeSerializer(), min_length=1, max_length=MOST_VOLUMES)
    day = DayField(required=False, help_text="the documents of this day; today by default")


class InstantField(serializers.DateTimeField):
    """ISO 8601 with its offset: legal time changes twice a year."""

    default_error_messages: ClassVar = {
        "offset": gettext_lazy("Write the instant with its offset: 2026-06-21T15:00:00+02:00.")
    }

    def to_internal_value(self, value: Any) -> datetime:
        try:
            at = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            self.fail("offset")
        if not 1950 <= at.year <= 2050:
            self.fail("invalid", format="1950 … 2050")
        return at


class SimulationShadowSerializer(serializers.Serializer[Json]):
    """A project and an instant."""

    volumes = serializers.ListField(child=SimulationVolumeSerializer(), min_length=1, max_length=MOST_VOLUMES)
    at = InstantField(help_text="ISO 8601 with its offset")
    terrain = serializers.BooleanField(
        required=False,
        default=False,
        help_text="true: on the published models of heights, or among the buildings; false: on flat ground",
    )
    demolished = DemolishedField(required=False)


class SunSerializer(serializers.Serializer[Json]):
    azimuth = serializers.FloatField(help_text="degrees clockwise from true north")
    elevation = serializers.FloatField(help_text="degrees above the horizon, refraction left aside")
    grid_azimuth = serializers.FloatField(help_text="degrees clockwise from the north of Lambert-93's grid")


class ShadedNeighbourSerializer(serializers.Serializer[Json]):
    parcel = serializers.CharField()
    name = serializers.CharField()
    shaded_m2 = serializers.FloatField()
    buildings_m2 = serializers.FloatField(help_text="of its buildings, in the shadow")


class SimulationShadowAnswerSerializer(serializers.Serializer[Json]):
    sun = SunSerializer()
    shadow = serializers.JSONField(allow_null=True, help_text="GeoJSON MultiPolygon, EPSG:2154; null at night")
    area_m2 = serializers.FloatField()
    neighbours = ShadedNeighbourSerializer(many=True)
    terrain = serializers.ListField(child=serializers.CharField(), help_text="the models of heights it lies on")
    obstacles = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Obstacles], help_text="what stands around: where it was read"
    )
    pixel_m = serializers.FloatField(allow_null=True, help_text="of these; null on flat ground: exact")
    notes = serializers.ListField(child=serializers.CharField())


class SimulationSunSerializer(serializers.Serializer[Json]):
    """A project and a day."""

    volumes = serializers.ListField(child=SimulationVolumeSerializer(), min_length=1, max_length=MOST_VOLUMES)
    demolished = DemolishedField(required=False)
    day = DayField(required=False, help_text="today by default")


class SunClassSerializer(serializers.Serializer[Json]):
    from_h = serializers.FloatField(help_text="hours of sun lost a day, at least")
    to_h = serializers.FloatField(allow_null=True, help_text="less than; null: no end")
    area_m2 = serializers.FloatField()
    shape = serializers.JSONField(allow_null=True, help_text="GeoJSON MultiPolygon, EPSG:2154; null: nowhere")


class SunLossSerializer(serializers.Serializer[Json]):
    area_m2 = serializers.FloatField()
    mean_h = serializers.FloatField(help_text="hours lost, on the whole area")
    most_h = serializers.FloatField(help_text="where most are lost")
    lost_m2 = serializers.FloatField(help_text="where 1 h or more is lost")


class NeighbourSunSerializer(serializers.Serializer[Json]):
    parcel = serializers.CharField()
    name = serializers.CharField()
    garden = SunLossSerializer(allow_null=True)
    buildings = SunLossSerializer(allow_null=True, help_text="on their roofs; null: none, or not shown to you")


class SimulationSunAnswerSerializer(serializers.Serializer[Json]):
    day = serializers.DateField()
    classes = SunClassSerializer(many=True)
    neighbours = NeighbourSunSerializer(many=True, help_text="who loses most first")
    obstacles = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Obstacles], help_text="what stands around: where it was read"
    )
    terrain = serializers.ListField(child=serializers.CharField(), help_text="the models of heights it lies on")
    pixel_m = serializers.FloatField()
    notes = serializers.ListField(child=serializers.CharField())


class SimulationSceneSerializer(serializers.Serializer[Json]):
    """A project, and how far around it one sees."""

    volumes = serializers.ListField(child=SimulationVolumeSerializer(), min_length=1, max_length=MOST_VOLUMES)
    reach_m = serializers.FloatField(
        required=False, min_value=20, max_value=LARGEST_REACH_M, help_text="beyond the middle of the project; 500"
    )
    demolished = DemolishedField(required=False)


class SolidFaceSerializer(serializers.Serializer[Json]):
    """A flat face, anticlockwise seen from outside."""

    kind = serializers.ChoiceField(choices=[(one, one) for one in ("roof", "wall", "floor")])
    rings = serializers.ListField(
        child=serializers.ListField(child=serializers.ListField(child=serializers.FloatField())),
        help_text="outer ring, then holes; x, y (EPSG:2154) and metres above the foot; not closed",
    )


class SolidSerializer(serializers.Serializer[Json]):
    foot_m = serializers.FloatField(allow_null=True, help_text="m NGF; null: the ground is not known")
    height_m = serializers.FloatField()
    faces = SolidFaceSerializer(many=True)


class BuildingAroundPropertiesSerializer(serializers.Serializer[Json]):
    height_m = serializers.FloatField()
    ground_m = serializers.FloatField(allow_null=True, help_text="m NGF; null: not measured")
    measured = serializers.BooleanField(help_text="false: the usual height of such a building")
    distance_m = serializers.FloatField(help_text="to the project")


class BuildingAroundSerializer(serializers.Serializer[Json]):
    type = serializers.CharField()
    id = serializers.IntegerField()
    geometry = serializers.JSONField(help_text="Polygon or MultiPolygon, EPSG:2154")
    properties = BuildingAroundPropertiesSerializer()


class BuildingsAroundSerializer(serializers.Serializer[Json]):
    """GeoJSON."""

    type = serializers.CharField()
    features = BuildingAroundSerializer(many=True)


class SimulationSceneAnswerSerializer(serializers.Serializer[Json]):
    bbox = serializers.ListField(child=serializers.FloatField(), help_text="west, south, east, north (EPSG:2154)")
    ground = serializers.CharField(allow_null=True, help_text="the model of heights that volumes stand on")
    volumes = SolidSerializer(many=True)
    buildings = BuildingsAroundSerializer()
    notes = serializers.ListField(child=serializers.CharField())
