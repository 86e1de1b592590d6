"""The shapes of the features' answers, for the API's documentation; and the one body that is sent."""

from rest_framework import serializers

from gis_core.api.places import bbox_field, lon_lat_field

SUGGESTED = (
    "commune", "parcel", "address", "road", "coordinates", "permit", "object", "place", "layer", "page"
)  # fmt: skip


class PropertySerializer(serializers.Serializer[dict[str, object]]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.JSONField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    display = serializers.CharField()


class FeatureLinkSerializer(serializers.Serializer[dict[str, object]]):
    title = serializers.CharField()
    url = serializers.CharField()


class FeatureSerializer(serializers.Serializer[dict[str, object]]):
    layer = serializers.CharField()
    id = serializers.IntegerField()
    title = serializers.CharField()
    subtitle = serializers.CharField(allow_null=True)
    properties = PropertySerializer(many=True)
    links = FeatureLinkSerializer(many=True)
    picture = serializers.CharField(allow_null=True, help_text="Address of a drawing of it, such as a sign's")
    geometry = serializers.DictField(allow_null=True, help_text="GeoJSON, EPSG:4326")
    bbox_4326 = bbox_field()
    version = serializers.IntegerField()


class ListedFeatureSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    properties = serializers.DictField()
    bbox_4326 = bbox_field()


class FeaturePageSerializer(serializers.Serializer[dict[str, object]]):
    number_matched = serializers.IntegerField(allow_null=True, help_text="null above 10,000")
    next = serializers.CharField(allow_null=True)
    results = ListedFeatureSerializer(many=True)


class HereLayerSerializer(serializers.Serializer[dict[str, object]]):
    layer = serializers.CharField()
    title = serializers.CharField()
    features = FeatureSerializer(many=True)


class HereSerializer(serializers.Serializer[dict[str, object]]):
    results = HereLayerSerializer(many=True)


class SuggestionSerializer(serializers.Serializer[dict[str, object]]):
    kind = serializers.ChoiceField(choices=SUGGESTED)
    group = serializers.CharField(help_text="The heading of its kind.")
    label = serializers.CharField()  # type: ignore[assignment]
    detail = serializers.CharField()
    layer = serializers.CharField(allow_null=True)
    id = serializers.IntegerField(allow_null=True)
    center_4326 = lon_lat_field(allow_null=True)
    bbox_4326 = bbox_field(allow_null=True)
    road = serializers.CharField(allow_null=True, help_text="A whole numbered road, as addresses have it.")
    url = serializers.CharField(allow_null=True, help_text="Its page, where it has one.")
    parcels = serializers.ListField(
        child=serializers.CharField(), help_text="Identifiers of the parcels of a list, which are chosen together."
    )
    body = serializers.DictField(
        child=serializers.CharField(), allow_null=True, help_text="What to POST to the page, which searches further."
    )


class SuggestionsSerializer(serializers.Serializer[dict[str, object]]):
    results = SuggestionSerializer(many=True)
    message = serializers.CharField(help_text="What to say where a text has a plain meaning and no result, else empty.")


class GeometrySerializer(serializers.Serializer[dict[str, object]]):
    geometry = serializers.JSONField(help_text="GeoJSON geometry, EPSG:4326")


class MeasureSerializer(serializers.Serializer[dict[str, object]]):
    length_m = serializers.FloatField()
    area_m2 = serializers.FloatField()


# -- editing -----------------------------------------------------------------------------------------------------------


class EditSerializer(serializers.Serializer[dict[str, object]]):
    action = serializers.ChoiceField(choices=["create", "update", "delete"])
    id = serializers.IntegerField(required=False, help_text="of the object to change or delete")
    version = serializers.IntegerField(required=False, help_text="the one seen; a session must say it")
    client_id = serializers.UUIDField(required=False, help_text="the same one sent twice is applied once")
    properties = serializers.DictField(required=False, help_text="what changes; all of it for a new object")
    geometry = serializers.DictField(required=False, allow_null=True, help_text="GeoJSON, in `crs`")


class EditsSerializer(serializers.Serializer[dict[str, object]]):
    crs = serializers.ChoiceField(choices=["EPSG:2154", "CRS84"], required=False)
    edits = EditSerializer(many=True)


class ExactFeatureSerializer(serializers.Serializer[dict[str, object]]):
    type = serializers.CharField(help_text="Feature")
    id = serializers.IntegerField()
    geometry = serializers.DictField(allow_null=True)
    properties = serializers.DictField()
    version = serializers.IntegerField()
    title = serializers.CharField()


class RemarkSerializer(serializers.Serializer[dict[str, object]]):
    field = serializers.CharField(help_text="the property that it is about, or geometry")
    message = serializers.CharField()
    distance_m = serializers.FloatField(allow_null=True, help_text="how far it lies from where it would lie better")
    move_to = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="where it would lie better (EPSG:2154)"
    )
    end = serializers.CharField(help_text="the end of the line that would: start or end; empty for a point")


class WrittenEditSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    action = serializers.CharField(help_text="create, update or delete")
    overwritten = serializers.ListField(
        child=serializers.CharField(), help_text="fields that somebody else had written lately"
    )
    remarks = RemarkSerializer(many=True, help_text="what it was written in spite of, to be looked at")
    feature = ExactFeatureSerializer(allow_null=True)


class WrittenSerializer(serializers.Serializer[dict[str, object]]):
    event = serializers.IntegerField(allow_null=True, help_text="in the layer's history; null where nothing changed")
    results = WrittenEditSerializer(many=True)


class SplitSerializer(serializers.Serializer[dict[str, object]]):
    crs = serializers.ChoiceField(choices=["EPSG:2154", "CRS84"], required=False)
    version = serializers.IntegerField(required=False)
    line = serializers.DictField(help_text="GeoJSON line, in `crs`")


class VersionedSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.IntegerField()
    version = serializers.IntegerField(required=False)


class MergeSerializer(serializers.Serializer[dict[str, object]]):
    features = VersionedSerializer(many=True, help_text="the first one stays")
    properties = serializers.DictField(required=False)


class RestoreSerializer(serializers.Serializer[dict[str, object]]):
    version = serializers.IntegerField(help_text="the one to restore")
    current = serializers.IntegerField(allow_null=True, help_text="the one seen; null for a deleted object")


class ChangeSerializer(serializers.Serializer[dict[str, object]]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class TimelineEntrySerializer(serializers.Serializer[dict[str, object]]):
    version = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    locals()["from"] = serializers.CharField(help_text="where it came from, in words")
    action = serializers.CharField(help_text="create, update or delete")
    kind = serializers.CharField(help_text="edit, split, merge, restore, import, or an SQL statement")
    lineage = serializers.DictField(allow_null=True)
    changes = ChangeSerializer(many=True)
    geometry_changed = serializers.BooleanField()
    geometry = serializers.DictField(allow_null=True, help_text="GeoJSON, EPSG:4326")


class TimelineSerializer(serializers.Serializer[dict[str, object]]):
    next = serializers.CharField(allow_null=True)
    results = TimelineEntrySerializer(many=True)


class DeletedFeatureSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="the last one, which can be restored")
    title = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    geometry = serializers.DictField(allow_null=True, help_text="GeoJSON, EPSG:4326")


class DeletedSerializer(serializers.Serializer[dict[str, object]]):
    next = serializers.CharField(allow_null=True)
    results = DeletedFeatureSerializer(many=True)


class EventSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    locals()["from"] = serializers.CharField(help_text="where it came from, in words")
    rows = serializers.IntegerField(allow_null=True)


class EventsSerializer(serializers.Serializer[dict[str, object]]):
    next = serializers.CharField(allow_null=True)
    results = EventSerializer(many=True)


class SnapFeatureSerializer(serializers.Serializer[dict[str, object]]):
    type = serializers.CharField(help_text="Feature")
    id = serializers.IntegerField()
    layer = serializers.CharField()
    properties = serializers.DictField()
    geometry = serializers.DictField(allow_null=True)


class SnapSerializer(serializers.Serializer[dict[str, object]]):
    type = serializers.CharField(help_text="FeatureCollection")
    features = SnapFeatureSerializer(many=True)
    truncated = serializers.BooleanField()


class NamedFieldSerializer(serializers.Serializer[dict[str, object]]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class NoticeSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.IntegerField()
    layer = serializers.CharField()
    layer_title = serializers.CharField()
    feature = serializers.IntegerField()
    action = serializers.CharField(help_text="update or delete")
    fields = NamedFieldSerializer(many=True)  # type: ignore[assignment]
    by = serializers.CharField()
    at = serializers.DateTimeField()


class RuleSerializer(serializers.Serializer[dict[str, object]]):
    kind = serializers.CharField(help_text="valid, inside_territory, unique, no_overlap or snapped_ends")
    hard = serializers.BooleanField(required=False, help_text="refused by the database; soft ones are listed")
    column = serializers.CharField(required=False, help_text="of a `unique` rule")
    tolerance_m = serializers.FloatField(required=False)


class RulesSerializer(serializers.Serializer[dict[str, object]]):
    rules = RuleSerializer(many=True)


class IssueSerializer(serializers.Serializer[dict[str, object]]):
    rule = serializers.CharField()
    hard = serializers.BooleanField()
    id = serializers.IntegerField()
    title = serializers.CharField()
    other = serializers.IntegerField(allow_null=True, help_text="the other object, where there is one")
    message = serializers.CharField()
    center_4326 = lon_lat_field()


class IssuesSerializer(serializers.Serializer[dict[str, object]]):
    results = IssueSerializer(many=True)
    complete = serializers.BooleanField(help_text="false where there are more, or not all objects were looked at")


class AttachmentSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.IntegerField()
    url = serializers.CharField()
    thumbnail = serializers.CharField()
    title = serializers.CharField()
    taken_at = serializers.DateTimeField(allow_null=True)
    added_at = serializers.DateTimeField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    size_bytes = serializers.IntegerField()


class AttachmentsSerializer(serializers.Serializer[dict[str, object]]):
    results = AttachmentSerializer(many=True)


class PhotoFileSerializer(serializers.Serializer[dict[str, object]]):
    file = serializers.FileField(help_text="JPEG, PNG or WebP, at most 25 MB")
