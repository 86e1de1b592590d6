import datetime
import uuid

import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import gis_core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("gis_core", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Work",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("import_id", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(blank=True, max_length=30, null=True, verbose_name="reference")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("planned", "Planned"), ("cancelled", "Cancelled")],
                        db_default="draft",
                        default="draft",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "announced",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.ExpressionWrapper(
                            models.Q(("state", "draft"), _negated=True), output_field=models.BooleanField()
                        ),
                        output_field=models.BooleanField(),
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("road", "Works on the road"),
                            ("water", "Works on drinking water"),
                            ("sewer", "Works on sewers"),
                            ("network", "Works on another network"),
                            ("building", "Works on a building"),
                            ("event", "Event"),
                        ],
                        db_default="road",
                        default="road",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "description",
                    models.CharField(blank=True, max_length=1000, null=True, verbose_name="what is told to everybody"),
                ),
                ("place", models.CharField(blank=True, max_length=200, null=True, verbose_name="place")),
                ("start_reference", models.CharField(blank=True, max_length=60, null=True, verbose_name="from (PR)")),
                ("end_reference", models.CharField(blank=True, max_length=60, null=True, verbose_name="to (PR)")),
                ("insee", models.CharField(blank=True, max_length=5, null=True, verbose_name="commune")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("hours", models.CharField(blank=True, max_length=60, null=True, verbose_name="hours")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("closed", "Road closed"),
                            ("one_way", "One direction closed"),
                            ("alternate", "Alternating traffic"),
                            ("narrowed", "Lane narrowed"),
                            ("none", "Traffic goes on"),
                        ],
                        db_default="none",
                        default="none",
                        max_length=9,
                        verbose_name="traffic",
                    ),
                ),
                (
                    "closed_way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("forward", "From the beginning to the end of the stretch"),
                            ("backward", "From the end to the beginning of the stretch"),
                        ],
                        max_length=8,
                        null=True,
                        verbose_name="closed direction",
                    ),
                ),
                ("closed_bearing", models.SmallIntegerField(editable=False, null=True)),
                ("speed_kmh", models.SmallIntegerField(blank=True, null=True, verbose_name="speed limit")),
                ("no_parking", models.BooleanField(db_default=False, default=False, verbose_name="no parking")),
                ("no_overtaking", models.BooleanField(db_default=False, default=False, verbose_name="no overtaking")),
                ("new_surface", models.BooleanField(db_default=False, default=False, verbose_name="new surface")),
                ("outage_id", models.BigIntegerField(editable=False, null=True)),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="changed"
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=1000, null=True, verbose_name="remark")),
                ("geom", django.contrib.gis.db.models.fields.MultiLineStringField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiLineStringField(srid=3857),
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "works",
                "verbose_name_plural": "works",
                "db_table": "road_work",
                "ordering": ["starts_on", "pk"],
                "indexes": [
                    models.Index(fields=["ends_on", "starts_on"], name="road_work_days"),
                    models.Index(fields=["owner", "-starts_on"], name="road_work_latest"),
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="road_work_3857"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "reference"), name="road_work_reference"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="road_work_days_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__lte", datetime.date(2100, 12, 31)), ("starts_on__gte", datetime.date(2000, 1, 1))
                        ),
                        name="road_work_days_possible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("speed_kmh", None),
                            models.Q(("speed_kmh__gte", 5), ("speed_kmh__lte", 130)),
                            _connector="OR",
                        ),
                        name="road_work_speed_possible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkDetour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("import_id", models.BigIntegerField(editable=False, null=True)),
                ("direction", models.CharField(blank=True, max_length=120, null=True, verbose_name="direction")),
                ("gauge", models.CharField(blank=True, max_length=80, null=True, verbose_name="for")),
                ("starts_on", models.DateField(editable=False, null=True, verbose_name="first day")),
                ("ends_on", models.DateField(editable=False, null=True, verbose_name="last day")),
                (
                    "steps",
                    models.JSONField(
                        db_default=[],
                        default=list,
                        editable=False,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                    ),
                ),
                ("computed_m", models.FloatField(editable=False, null=True)),
                ("seconds", models.IntegerField(editable=False, null=True)),
                ("comment", models.CharField(blank=True, max_length=1000, null=True, verbose_name="remark")),
                ("geom", django.contrib.gis.db.models.fields.LineStringField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.LineStringField(srid=3857),
                    ),
                ),
                (
                    "length_m",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func("geom", function="ST_Length", output_field=models.FloatField()),
                        output_field=models.FloatField(),
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "work",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="detours",
                        to="roadworks.work",
                        verbose_name="works",
                    ),
                ),
            ],
            options={
                "verbose_name": "detour",
                "verbose_name_plural": "detours",
                "db_table": "road_detour",
                "ordering": ["pk"],
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="road_detour_3857"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.SmallIntegerField()),
                ("last", models.IntegerField()),
                (
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gis_core.member",
                    ),
                ),
            ],
            options={
                "db_table": "road_work_number",
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "year"), name="road_work_number_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "announced",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.ExpressionWrapper(
                            models.Q(("unpublished_at", None)), output_field=models.BooleanField()
                        ),
                        output_field=models.BooleanField(),
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("number", models.CharField(max_length=30, verbose_name="number")),
                (
                    "numbered_date",
                    models.DateField(default=django.utils.timezone.localdate, verbose_name="numbered on"),
                ),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                ("kind", models.CharField(max_length=40)),
                ("insee", models.CharField(max_length=5, verbose_name="commune")),
                (
                    "communes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=5), default=list),
                ),
                ("place", models.CharField(max_length=200, verbose_name="place")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("over_at", models.DateTimeField()),
                ("letter_id", models.BigIntegerField(editable=False, unique=True)),
                ("work_id", models.BigIntegerField(editable=False, null=True)),
                (
                    "published_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="published on"
                    ),
                ),
                (
                    "unpublished_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="no longer published since"),
                ),
                ("sha256", models.CharField(max_length=64)),
                (
                    "abrogated_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roadworks.workorder",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "published order",
                "verbose_name_plural": "published orders",
                "db_table": "road_order",
                "ordering": ["-published_at", "-pk"],
                "indexes": [
                    models.Index(fields=["ends_on", "starts_on"], name="road_order_days"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "number"), name="road_order_number"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkOrderFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pdf", models.BinaryField()),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="file", to="roadworks.workorder"
                    ),
                ),
            ],
            options={
                "verbose_name": "file of an order",
                "verbose_name_plural": "files of orders",
                "db_table": "road_order_file",
            },
        ),
        migrations.CreateModel(
            name="WorkRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("published", "Order published"),
                            ("answered", "Answered"),
                            ("withdrawn", "Withdrawn by the applicant"),
                        ],
                        default="received",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[("14023", "14023: road occupation permit"), ("14024", "14024: traffic order")],
                        max_length=5,
                        verbose_name="form",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("permission", "Permission de voirie (works in the ground)"),
                            ("stationnement", "Permis de stationnement (nothing in the ground)"),
                            ("alignement", "Alignment"),
                            ("circulation", "Traffic order"),
                        ],
                        max_length=14,
                        verbose_name="what is asked for",
                    ),
                ),
                ("received_date", models.DateField(verbose_name="received on")),
                ("needed_date", models.DateField(blank=True, null=True, verbose_name="decision needed before")),
                ("insee", models.CharField(max_length=5, verbose_name="commune")),
                ("place", models.CharField(max_length=200, verbose_name="place")),
                ("start_reference", models.CharField(blank=True, max_length=60, verbose_name="from (PR)")),
                ("end_reference", models.CharField(blank=True, max_length=60, verbose_name="to (PR)")),
                ("description", models.CharField(max_length=1000, verbose_name="works")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("length_m", models.FloatField(blank=True, null=True, verbose_name="length taken (m)")),
                ("width_m", models.FloatField(blank=True, null=True, verbose_name="width taken (m)")),
                (
                    "is_company",
                    models.BooleanField(default=False, verbose_name="the applicant is a company or an authority"),
                ),
                ("applicant_name", models.CharField(blank=True, max_length=150, verbose_name="applicant")),
                ("applicant_address", models.CharField(blank=True, max_length=300, verbose_name="address")),
                ("applicant_email", models.EmailField(blank=True, max_length=150, verbose_name="e-mail")),
                ("applicant_phone", models.CharField(blank=True, max_length=30, verbose_name="telephone")),
                (
                    "company",
                    models.CharField(blank=True, max_length=150, verbose_name="company that carries out the works"),
                ),
                ("decided_date", models.DateField(editable=False, null=True, verbose_name="decided on")),
                ("was_decided", models.BooleanField(db_default=False, default=False, editable=False)),
                ("forgotten_date", models.DateField(editable=False, null=True)),
                ("made_at", models.DateTimeField(default=gis_core.fields.current_instant, editable=False)),
                (
                    "decided_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "joined_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "work",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="requests",
                        to="roadworks.work",
                    ),
                ),
            ],
            options={
                "verbose_name": "request",
                "verbose_name_plural": "requests",
                "db_table": "road_request",
                "ordering": ["-received_date", "-pk"],
                "indexes": [
                    models.Index(fields=["owner", "-received_date"], name="road_request_latest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="road_request_days_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("applicant_name__gt", ""), ("forgotten_date", None)),
                            models.Q(
                                ("applicant_email", ""),
                                ("applicant_phone", ""),
                                ("forgotten_date__isnull", False),
                                models.Q(("applicant_name", ""), ("is_company", True), _connector="OR"),
                            ),
                            _connector="OR",
                        ),
                        name="road_request_applicant",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="removed on")),
                ("removed_reason", models.CharField(default="", max_length=300, verbose_name="why it was removed")),
                ("closed", models.BooleanField(default=False)),
                ("erased_at", models.DateTimeField(null=True, verbose_name="erased on")),
                ("visa_number", models.CharField(default="", max_length=60, verbose_name="number of the visa")),
                ("visa_date", models.DateField(null=True, verbose_name="date of the visa")),
                ("name", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("media_type", models.CharField(max_length=80)),
                ("active", models.BooleanField(default=False)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField(default=gis_core.fields.current_instant, editable=False)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "erased_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="erased by",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="removed by",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="roadworks.workrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "piece",
                "verbose_name_plural": "pieces",
                "db_table": "road_piece",
                "ordering": ["id"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("removed_at", None), models.Q(("removed_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="removed_workpiece_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at", None),
                            models.Q(
                                ("removed_at__isnull", False),
                                ("visa_date__isnull", False),
                                models.Q(("visa_number", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="erased_workpiece_has_a_visa",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkTransmission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, editable=False
                    ),
                ),
                ("number", models.BigIntegerField(verbose_name="request")),
                ("insee", models.CharField(max_length=5, verbose_name="commune")),
                ("sent_date", models.DateField(verbose_name="transmitted on")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="sent to",
                    ),
                ),
            ],
            options={
                "verbose_name": "transmission of a request",
                "verbose_name_plural": "transmissions of requests",
                "db_table": "road_transmission",
                "ordering": ["-sent_date", "-pk"],
                "indexes": [
                    models.Index(fields=["number"], name="road_transmission_request"),
                ],
            },
        ),
    ]
