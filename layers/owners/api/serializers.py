"""Shapes of what goes in and out of the owners' addresses."""

from typing import Any

from rest_framework import serializers

from gis_core.models import Member
from layers.owners.models import JournalLine, ThirdPartyRequest
from layers.owners.services.consulting import MOST_PARCELS, PURPOSES
from layers.owners.services.reading import AccountSeen, OwnerSeen
from layers.owners.services.requests import MOST_PARCELS as MOST_PARCELS_OF_A_REQUEST
from layers.owners.services.searching import LONGEST_NAME
from layers.owners.services.searching import MOST_PARCELS as MOST_OF_A_SEARCH
from layers.owners.services.units import LandUnit
from layers.parcels.services.sheets import ground_as_json

type Json = dict[str, Any]


class ConsultationOrderSerializer(serializers.Serializer[Json]):
    parcels = serializers.ListField(
        child=serializers.CharField(max_length=30), min_length=1, max_length=MOST_PARCELS, help_text="idu"
    )
    purpose = serializers.ChoiceField(choices=[(one.value, one.label) for one in PURPOSES])
    reference = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    year = serializers.IntegerField(min_value=2000, max_value=2100, required=False, allow_null=True, default=None)


class OwnerSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    share = serializers.CharField()
    group = serializers.CharField()
    siren = serializers.CharField()
    address = serializers.CharField()
    born = serializers.CharField(allow_null=True)
    birthplace = serializers.CharField(allow_null=True)


class OwnersByRightSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field's own label is not meant
    owners = OwnerSerializer(many=True)


class AccountSerializer(serializers.Serializer[AccountSeen]):
    code = serializers.CharField()
    ground = serializers.BooleanField()
    premises = serializers.ListField(child=serializers.CharField())
    rights = serializers.SerializerMethodField()

    def get_rights(self, account: AccountSeen) -> list[Json]:
        """Owners by their right, in the register's order."""
        groups: dict[str, list[OwnerSeen]] = {}
        for owner in account.owners:
            groups.setdefault(owner.right_code, []).append(owner)
        rights = [{"code": code, "label": owners[0].right, "owners": owners} for code, owners in groups.items()]
        return list(OwnersByRightSerializer(rights, many=True).data)


class ParcelOwnersSerializer(serializers.Serializer[Any]):
    idu = serializers.CharField()
    year = serializers.IntegerField()
    area_m2 = serializers.IntegerField()
    address = serializers.CharField()
    subdivisions = serializers.IntegerField()
    accounts = AccountSerializer(many=True)
    exemptions = serializers.ListField(child=serializers.CharField())


class ConsultationSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="of the journal")
    flagged = serializers.BooleanField(help_text="many owners were read in a short time: administrators see it")
    parcels = ParcelOwnersSerializer(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="parcels that the register does not know")


class SearchOrderSerializer(serializers.Serializer[Json]):
    name = serializers.CharField(max_length=LONGEST_NAME, help_text="the beginnings of words of a name")
    purpose = serializers.CharField(max_length=11, help_text=", ".join(PURPOSES))
    reference = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class OwnerSearchSerializer(serializers.Serializer[Any]):
    consultation = ConsultationSerializer(allow_null=True, help_text="null where no parcel has such an owner")
    more = serializers.BooleanField(help_text=f"there are more parcels than {MOST_OF_A_SEARCH}")


class RequesterSerializer(serializers.Serializer[Json]):
    name = serializers.CharField(max_length=150)
    address = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    exemption = serializers.ChoiceField(
        choices=ThirdPartyRequest.Exemption.choices, required=False, allow_blank=True, default=""
    )


class RequestOrderSerializer(serializers.Serializer[Json]):
    requester = RequesterSerializer()
    parcels = serializers.ListField(
        child=serializers.CharField(max_length=30), min_length=1, max_length=MOST_PARCELS_OF_A_REQUEST, help_text="idu"
    )


class JournalLineSerializer(serializers.ModelSerializer[JournalLine]):
    """A line as administrators read it: it names parcels, never owners."""

    action = serializers.ChoiceField(choices=JournalLine.Action.choices)
    purpose = serializers.ChoiceField(choices=JournalLine.Purpose.choices)
    members = serializers.SerializerMethodField()

    class Meta:
        model = JournalLine
        fields = (
            *("id", "at", "action", "by_user", "by_name", "by_token", "members", "purpose", "reference", "parcels"),
            *("owners", "refusal", "flagged"),
        )

    def get_members(self, line: JournalLine) -> list[str]:
        """Short names of the members concerned, those that still exist."""
        names: dict[int, str] = self.context["names"]
        return [names[pk] for pk in line.members if pk in names]


def names_of_members() -> dict[int, str]:
    return dict(Member.objects.values_list("pk", "slug"))


class LandUnitSerializer(serializers.Serializer[LandUnit]):
    """The account's parcels in one piece, and their ground (GeoJSON, EPSG:4326)."""

    line = serializers.IntegerField(help_text="of the journal")
    parcels = serializers.ListField(child=serializers.CharField(), source="idus")
    measured_m2 = serializers.SerializerMethodField()
    geometry = serializers.SerializerMethodField()

    def get_measured_m2(self, unit: LandUnit) -> float:
        return round(unit.ground.measured_m2, 1)

    def get_geometry(self, unit: LandUnit) -> Json:
        geometry: Json = ground_as_json(unit.ground)["geometry"]
        return geometry
