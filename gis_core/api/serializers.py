"""Shapes of what goes in and out of /api/v1/ for people, tokens, members and jobs."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gis_core.jobs.files import JobFiles
from gis_core.jobs.services import describe_job
from gis_core.members.rights import Role
from gis_core.members.territories import extent_4326
from gis_core.models import ApiToken, Job, Member, Membership, User

MOST_COMMUNES = 1000


class ExactSerializer(serializers.Serializer[dict[str, Any]]):
    """A misspelt name is refused, for nobody would notice what it was meant to choose or to change."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            known = ", ".join(self.fields)
            raise serializers.ValidationError({str(name): [f"{known}"] for name in unknown})
        values: dict[str, Any] = super().to_internal_value(data)
        return values


class MemberReferenceSerializer(serializers.ModelSerializer[Member]):
    class Meta:
        model = Member
        fields = ("slug", "name")


class MemberSerializer(serializers.ModelSerializer[Member]):
    bbox_4326 = serializers.SerializerMethodField()

    class Meta:
        model = Member
        fields = ("slug", "name", "siren", "kind", "bbox_4326")

    def get_bbox_4326(self, member: Member) -> list[float]:
        """West, south, east, north."""
        return extent_4326(member)


class MemberDetailSerializer(MemberSerializer):
    communes = serializers.SerializerMethodField()

    class Meta(MemberSerializer.Meta):
        fields = (*MemberSerializer.Meta.fields, "communes")  # type: ignore[assignment]

    def get_communes(self, member: Member) -> list[dict[str, str]]:
        """INSEE code and name of each commune of the territory, by name."""
        communes = member.communes.order_by("name").values_list("insee", "name")
        return [{"insee": insee, "name": name} for insee, name in communes]


class MyMembershipSerializer(serializers.ModelSerializer[Membership]):
    member = MemberReferenceSerializer()
    role = serializers.ChoiceField(choices=Role.choices)
    role_label = serializers.CharField(source="get_role_display")

    class Meta:
        model = Membership
        fields = ("member", "role", "role_label")


class MeSerializer(serializers.ModelSerializer[User]):
    name = serializers.CharField(source="__str__")
    memberships = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("username", "name", "email", "language", "memberships")

    @extend_schema_field(MyMembershipSerializer(many=True))
    def get_memberships(self, user: User) -> Any:
        accepted = user.memberships.accepted().select_related("member").order_by("member__name")
        return MyMembershipSerializer(accepted, many=True).data


class MyLanguageSerializer(serializers.Serializer[Any]):
    language = serializers.ChoiceField(choices=["fr", "en"])


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    class Meta:
        model = ApiToken
        fields = (
            *("id", "name", "prefix", "created_at", "expires_at", "last_used_at", "last_address"),
            *("may_write", "desks", "layers", "networks"),
        )


class NewTokenSerializer(TokenSerializer):
    secret = serializers.CharField()

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "secret")  # type: ignore[assignment]


class TokenNameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    last_date = serializers.DateField(required=False, help_text="In a year unless told otherwise; two years at most.")
    may_write = serializers.BooleanField(default=False, help_text="Without it PostgreSQL refuses to write for it.")
    desks = serializers.ListField(
        child=serializers.CharField(max_length=20), default=list, help_text="Parts of the platform; none: all of it."
    )
    layers = serializers.ListField(
        child=serializers.CharField(max_length=80), default=list, help_text="Slugs of the only layers that it opens."
    )
    networks = serializers.ListField(
        child=serializers.CharField(max_length=50), default=list, help_text="192.0.2.7 or 192.0.2.0/24; none: anywhere."
    )


class PersonSerializer(serializers.ModelSerializer[Membership]):
    """Until the invitation is accepted: the address as typed and the role, nothing of the account."""

    username = serializers.CharField(source="account.username", allow_null=True)
    name = serializers.CharField(source="account", allow_null=True)
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=Role.choices)
    role_label = serializers.CharField(source="get_role_display")
    communes = serializers.SerializerMethodField()
    last_login_at = serializers.DateTimeField(source="account.last_login", allow_null=True)

    class Meta:
        model = Membership
        fields = (
            "id",
            "username",
            "name",
            "email",
            "role",
            "role_label",
            "communes",
            "accepted_at",
            "last_login_at",
        )

    def get_communes(self, membership: Membership) -> list[str]:
        """INSEE codes that a town hall user works for."""
        return sorted(commune.insee for commune in membership.communes.all())


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Role.choices)
    communes = serializers.ListField(
        child=serializers.CharField(max_length=5), required=False, default=list, max_length=MOST_COMMUNES
    )


class InvitationSerializer(RoleSerializer):
    email = serializers.EmailField(max_length=150)
    first_name = serializers.CharField(max_length=150, required=False, default="", allow_blank=True)
    last_name = serializers.CharField(max_length=150, required=False, default="", allow_blank=True)


class JobSerializer(serializers.ModelSerializer[Job]):
    state = serializers.ChoiceField(choices=Job.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    report = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            "id",
            "kind",
            "title",
            "state",
            "state_label",
            "progress",
            "message",
            "created_at",
            "started_at",
            "ended_at",
            "report",
        )
        read_only_fields = fields

    def to_representation(self, job: Job) -> dict[str, Any]:
        """A job that is not over says so when no worker attends to it."""
        label, message = describe_job(job)
        return {**super().to_representation(job), "state_label": label, "message": message}

    def get_report(self, job: Job) -> str | None:
        """Where the report is, once there is one."""
        return f"/api/v1/jobs/{job.pk}/report/" if job.report is not None else None


class StartedSerializer(serializers.Serializer[dict[str, object]]):
    """A job that was just queued: the address in `Location` says how far it is."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()


class JobFileSerializer(serializers.ModelSerializer[Job]):
    """A job of the asker's that makes a file, and where its file is once there is one; `files` are those of its kind,
    whose addresses are below `address`.
    """

    files: JobFiles
    address = ""

    state = serializers.ChoiceField(choices=Job.State.choices)
    file = serializers.SerializerMethodField()
    report = serializers.JSONField(read_only=True)

    class Meta:
        model = Job
        fields = ("id", "title", "state", "progress", "message", "created_at", "ended_at", "file", "report")
        read_only_fields = fields

    def get_file(self, job: Job) -> str | None:
        """Where to fetch the file; null before there is one, and when its days are over."""
        return f"{self.address}{job.pk}/file/" if self.files.is_there(job) else None

    def to_representation(self, job: Job) -> dict[str, Any]:
        _label, message = describe_job(job)
        return {**super().to_representation(job), "message": message}
