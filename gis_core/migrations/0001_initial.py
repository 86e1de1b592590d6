import django.contrib.auth.validators
import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import gis_core.fields
import gis_core.validators


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True, verbose_name="short name")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                (
                    "siren",
                    models.CharField(
                        max_length=9, unique=True, validators=[gis_core.validators.validate_siren], verbose_name="SIREN"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("epci", "Inter-communal body"),
                            ("petr", "Territorial pole (PETR)"),
                            ("departement", "Département"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
            ],
            options={
                "verbose_name": "member",
                "verbose_name_plural": "members",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                (
                    "first_name",
                    models.CharField(
                        blank=True,
                        max_length=150,
                        validators=[gis_core.validators.validate_person_name],
                        verbose_name="first name",
                    ),
                ),
                (
                    "last_name",
                    models.CharField(
                        blank=True,
                        max_length=150,
                        validators=[gis_core.validators.validate_person_name],
                        verbose_name="last name",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "Français"), ("en", "English")],
                        default="fr",
                        max_length=5,
                        verbose_name="language",
                    ),
                ),
                ("saved_filters", models.JSONField(blank=True, default=dict, editable=False)),
                ("former_password", models.CharField(blank=True, editable=False, max_length=128)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("prefix", models.CharField(max_length=12, verbose_name="beginning")),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="made on"
                    ),
                ),
                ("expires_at", models.DateTimeField(default=gis_core.fields.in_a_year, verbose_name="ends on")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="last use")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "API token",
                "verbose_name_plural": "API tokens",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Commune",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "insee",
                    models.CharField(
                        max_length=5,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("^(\\d{2}|2[AB])\\d{3}$")],
                        verbose_name="INSEE code",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("search_text", models.CharField(default="", editable=False, max_length=120)),
                ("population", models.PositiveIntegerField(blank=True, null=True, verbose_name="population")),
                ("source_date", models.DateField(blank=True, null=True, verbose_name="vintage")),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=2154, verbose_name="boundary")),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(srid=3857),
                    ),
                ),
            ],
            options={
                "verbose_name": "commune",
                "verbose_name_plural": "communes",
                "ordering": ["name"],
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="commune_geom_3857")],
            },
        ),
        migrations.CreateModel(
            name="HistoryEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("table", models.CharField(max_length=130)),
                ("layer", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("by_user", models.IntegerField(null=True)),
                ("by_role", models.CharField(max_length=63)),
                ("rows", models.BigIntegerField(null=True)),
                ("detail", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "history event",
                "verbose_name_plural": "history events",
                "indexes": [
                    models.Index(fields=["table", "at"], name="gis_core_hi_table_5a6a57_idx"),
                    models.Index(fields=["layer", "id"], name="gis_core_hi_layer_0db5a4_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Letterhead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, editable=False
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="name at the top")),
                ("address", models.TextField(blank=True, verbose_name="address")),
                ("contact", models.TextField(blank=True, verbose_name="contact")),
                ("place", models.CharField(blank=True, max_length=80, verbose_name="place of the letters")),
                ("signatory", models.TextField(blank=True, verbose_name="signatory")),
                ("appeals", models.TextField(blank=True, verbose_name="how a decision is appealed")),
                ("logo", models.BinaryField(null=True)),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "owner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letterhead",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "letterhead",
                "verbose_name_plural": "letterheads",
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(),
                        blank=True,
                        default=list,
                        verbose_name="members it is shared with",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("progress", models.FloatField(blank=True, null=True, verbose_name="progress")),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="message")),
                ("parameters", models.JSONField(blank=True, default=dict, verbose_name="parameters")),
                ("report", models.JSONField(blank=True, null=True, verbose_name="report")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="made on"
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started on")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended on")),
                ("run", models.IntegerField(default=0, editable=False)),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="gis_core.member",
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("progress__isnull", True), ("progress__range", (0, 1)), _connector="OR"),
                        name="job_progress_is_a_share",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("reader", "Reader"),
                            ("town_hall", "Town hall"),
                            ("permit_instructor", "Permit instructor"),
                            ("network_technician", "Network technician"),
                            ("gis_administrator", "GIS administrator"),
                            ("agency_administrator", "Agency administrator"),
                        ],
                        max_length=24,
                        verbose_name="role",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="made on"
                    ),
                ),
                (
                    "accepted_at",
                    models.DateTimeField(
                        blank=True, default=gis_core.fields.current_instant, null=True, verbose_name="accepted"
                    ),
                ),
                ("invited_email", models.EmailField(blank=True, max_length=150, verbose_name="invited address")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
            },
        ),
        migrations.AddField(
            model_name="user",
            name="members",
            field=models.ManyToManyField(related_name="people", through="gis_core.Membership", to="gis_core.member"),
        ),
        migrations.CreateModel(
            name="RetentionTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("permit", "Planning applications"),
                            ("road_request", "Requests and orders of road works"),
                        ],
                        max_length=12,
                        verbose_name="kind of file",
                    ),
                ),
                (
                    "years",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(200),
                        ],
                        verbose_name="years after the end of the file",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        help_text="The table agreed with the Archives départementales, and its date.",
                        max_length=300,
                        verbose_name="source",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="retention_times",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "retention time of documents",
                "verbose_name_plural": "retention times of documents",
                "ordering": ["member", "kind"],
                "constraints": [
                    models.UniqueConstraint(fields=("member", "kind"), name="retention_time_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("years__gte", 1), ("years__lte", 200), models.Q(("source", ""), _negated=True)
                        ),
                        name="retention_time_has_a_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RowHistory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pk_value", models.BigIntegerField()),
                ("operation", models.CharField(max_length=6)),
                ("version", models.IntegerField()),
                ("old", models.JSONField(null=True)),
                (
                    "old_geom",
                    django.contrib.gis.db.models.fields.GeometryField(null=True, spatial_index=False, srid=2154),
                ),
                ("geom_changed", models.BooleanField(db_default=True)),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows_changed",
                        to="gis_core.historyevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "row history",
                "verbose_name_plural": "row histories",
                "indexes": [
                    models.Index(fields=["pk_value", "event"], name="gis_core_ro_pk_valu_ca827f_idx"),
                    models.Index(fields=["event", "id"], name="gis_core_ro_event_i_94c28b_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SourceImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=40, verbose_name="source")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, editable=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("loaded", "Loaded"),
                            ("taken_back", "Taken back"),
                            ("forgotten", "What it replaced is no longer kept"),
                        ],
                        default="loaded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("all_communes", models.BooleanField(default=False, editable=False)),
                ("before", models.JSONField(default=dict, editable=False)),
                ("counts", models.JSONField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="made on"
                    ),
                ),
                ("taken_back_at", models.DateTimeField(null=True, verbose_name="taken back on")),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="gis_core.job",
                        verbose_name="job",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="gis_core.member",
                        verbose_name="owner",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ReplacedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=130)),
                ("operation", models.CharField(max_length=6)),
                ("row", models.BigIntegerField(null=True)),
                ("old", models.JSONField()),
                (
                    "old_geom",
                    django.contrib.gis.db.models.fields.GeometryField(null=True, spatial_index=False, srid=2154),
                ),
                ("left_as", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True)),
                (
                    "source_import",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gis_core.sourceimport",
                    ),
                ),
            ],
            options={
                "verbose_name": "replaced row",
                "verbose_name_plural": "replaced rows",
                "indexes": [
                    models.Index(fields=["source_import", "table", "row"], name="replaced_row"),
                    models.Index(
                        condition=models.Q(
                            ("table", "planning_document"), ("table", "planning_easementset"), _connector="OR"
                        ),
                        fields=["table"],
                        name="replaced_planning",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Territory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "commune",
                    models.ForeignKey(
                        db_column="insee",
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="territories",
                        to="gis_core.commune",
                        to_field="insee",
                        verbose_name="commune",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="territories",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "commune of a territory",
                "verbose_name_plural": "communes of territories",
                "constraints": [
                    models.UniqueConstraint(fields=("member", "commune"), name="territory_once"),
                ],
            },
        ),
        migrations.AddField(
            model_name="member",
            name="communes",
            field=models.ManyToManyField(
                related_name="members", through="gis_core.Territory", to="gis_core.commune", verbose_name="communes"
            ),
        ),
        migrations.CreateModel(
            name="TownHall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "commune",
                    models.ForeignKey(
                        db_column="insee",
                        on_delete=django.db.models.deletion.RESTRICT,
                        to="gis_core.commune",
                        to_field="insee",
                        verbose_name="commune",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="gis_core.membership", verbose_name="membership"
                    ),
                ),
            ],
            options={
                "verbose_name": "town hall",
                "verbose_name_plural": "town halls",
                "constraints": [
                    models.UniqueConstraint(fields=("membership", "commune"), name="town_hall_once"),
                ],
            },
        ),
        migrations.AddField(
            model_name="membership",
            name="communes",
            field=models.ManyToManyField(
                blank=True, through="gis_core.TownHall", to="gis_core.commune", verbose_name="communes"
            ),
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField()),
                ("scope", models.CharField(max_length=40)),
                ("digest", models.CharField(default="", max_length=64)),
                ("answer", models.JSONField(null=True)),
                ("at", models.DateTimeField(default=gis_core.fields.current_instant, editable=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="idempotency_key_at")],
                "constraints": [models.UniqueConstraint(fields=("person", "key"), name="idempotency_key_once")],
            },
        ),
        migrations.CreateModel(
            name="LetterTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, editable=False
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="kind of letter")),
                ("version", models.IntegerField(default=1, editable=False)),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
                ("is_default", models.BooleanField(default=False)),
                (
                    "made_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="made on"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letter_templates",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "letter template",
                "verbose_name_plural": "letter templates",
                "ordering": ["-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "kind", "version"), name="letter_template_version_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("series", models.CharField(max_length=10)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="gis_core.member"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "series", "year"), name="letter_counter_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, editable=False
                    ),
                ),
                ("insee", models.CharField(blank=True, max_length=5, verbose_name="INSEE code")),
                ("about_kind", models.CharField(max_length=20)),
                ("about_key", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=40, verbose_name="kind of letter")),
                ("nominative", models.BooleanField(default=False)),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                ("recipient", models.TextField(blank=True, verbose_name="recipient")),
                ("body", models.TextField(verbose_name="text")),
                ("signatory", models.TextField(blank=True, verbose_name="signatory")),
                ("begun_with", models.JSONField(db_default={}, default=dict, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("final", "Final")],
                        default="draft",
                        max_length=5,
                        verbose_name="state",
                    ),
                ),
                ("number", models.CharField(max_length=30, null=True, verbose_name="number")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="written on"
                    ),
                ),
                ("finalised_at", models.DateTimeField(null=True, verbose_name="made final on")),
                ("pdf", models.BinaryField(null=True)),
                ("docx", models.BinaryField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
                (
                    "finalised_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made final by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "letter",
                "verbose_name_plural": "letters",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["about_kind", "about_key"], name="letter_about")],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "number"), name="letter_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", None), ("state", "draft")),
                            models.Q(
                                ("finalised_at__isnull", False),
                                ("number__isnull", False),
                                ("sha256__regex", "^[0-9a-f]{64}$"),
                                ("state", "final"),
                                ("docx__isnull", False),
                                ("pdf__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="letter_final_is_whole",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("user", "member"), name="membership_once"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "reader",
                            "town_hall",
                            "permit_instructor",
                            "network_technician",
                            "gis_administrator",
                            "agency_administrator",
                        ],
                    )
                ),
                name="membership_role_known",
            ),
        ),
    ]
