import uuid

import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import gis_core.fields
import permits.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("gis_core", "0001_initial"),
        ("parcels", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApplicantReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="date")),
                ("by_user", models.IntegerField()),
                ("by_name", models.CharField(max_length=310, verbose_name="person")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("read", "Read"),
                            ("written", "Written"),
                            ("exported", "Exported"),
                            ("forgotten", "Forgotten"),
                        ],
                        max_length=9,
                        verbose_name="action",
                    ),
                ),
                ("members", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField())),
                (
                    "numbers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=18), verbose_name="files"
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="purpose")),
            ],
            options={
                "verbose_name": "line of the journal of applicants",
                "verbose_name_plural": "journal of applicants",
                "ordering": ["-id"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["numbers"], name="applicant_reading_numbers")
                ],
            },
        ),
        migrations.CreateModel(
            name="Permit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, editable=False
                    ),
                ),
                ("insee", models.CharField(max_length=5, verbose_name="INSEE code")),
                ("number", models.CharField(max_length=18, unique=True, verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("DP", "Prior declaration (DP)"),
                            ("PCMI", "Building permit, single house (PCMI)"),
                            ("PC", "Building permit (PC)"),
                            ("PA", "Development permit (PA)"),
                            ("PD", "Demolition permit (PD)"),
                            ("CUa", "Planning certificate, information (CUa)"),
                            ("CUb", "Planning certificate, operational (CUb)"),
                        ],
                        max_length=4,
                        verbose_name="kind",
                    ),
                ),
                ("filed_date", models.DateField(verbose_name="filed on")),
                ("description", models.TextField(blank=True, verbose_name="works")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address of the ground")),
                (
                    "idus",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=14), blank=True, default=list, verbose_name="parcels"
                    ),
                ),
                (
                    "silence_refuses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        verbose_name="why silence refuses (R.424-2)",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="recorded"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("incomplete", "Incomplete"),
                            ("instruction", "Under instruction"),
                            ("granted", "Granted"),
                            ("refused", "Refused"),
                            ("rejected", "Rejected, pieces missing"),
                            ("withdrawn", "Withdrawn"),
                            ("works", "Works begun"),
                            ("finished", "Works finished"),
                            ("expired", "Expired"),
                        ],
                        default="received",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("tacit", models.BooleanField(default=False, verbose_name="tacit")),
                ("complete_date", models.DateField(null=True, verbose_name="complete on")),
                ("notify_by_date", models.DateField(null=True, verbose_name="notices until")),
                ("answer_by_date", models.DateField(null=True, verbose_name="pieces until")),
                ("due_date", models.DateField(null=True, verbose_name="decision until")),
                ("ended_date", models.DateField(null=True, verbose_name="ended on")),
                ("valid_until_date", models.DateField(null=True, verbose_name="valid until")),
                ("next_date", models.DateField(null=True, verbose_name="next deadline")),
                ("next_what", models.CharField(blank=True, max_length=10)),
                ("plan_date", models.DateField(null=True)),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(null=True, srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(srid=3857),
                    ),
                ),
                (
                    "words",
                    models.GeneratedField(
                        db_persist=True,
                        expression=permits.fields.Folded(
                            "description", "address", django.db.models.functions.text.Substr("number", 11)
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "instructor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="instructor",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="permits",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="permits.permit",
                        verbose_name="changes",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parcels.frozensheet",
                        verbose_name="frozen parcel sheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "planning application",
                "verbose_name_plural": "planning applications",
                "ordering": ["-filed_date", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("filed", "Filed"),
                            ("pieces_asked", "Missing pieces asked for"),
                            ("pieces_came", "Pieces received"),
                            ("longer_notified", "Longer delay notified"),
                            ("by_hand", "Delay entered by hand"),
                            ("reported", "Report of the public inquiry received"),
                            ("architect_said", "Opinion of the architect of French buildings"),
                            ("decided", "Decision notified"),
                            ("withdrawn", "Application withdrawn"),
                            ("extended", "Extension of validity asked for"),
                            ("works_started", "Works begun (DOC)"),
                            ("works_finished", "Works finished (DAACT)"),
                            ("note", "Note"),
                        ],
                        max_length=16,
                        verbose_name="event",
                    ),
                ),
                ("on_date", models.DateField(verbose_name="counts on")),
                ("detail", models.JSONField(blank=True, default=dict)),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                ("struck_at", models.DateTimeField(null=True, verbose_name="struck out")),
                ("struck_reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "struck_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="struck out by",
                    ),
                ),
                (
                    "permit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="permits.permit",
                        verbose_name="file",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["on_date", "id"],
            },
        ),
        migrations.CreateModel(
            name="Consultation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "body",
                    models.CharField(
                        choices=[
                            ("abf", "Architect of French buildings (ABF)"),
                            ("sdis", "Fire service (SDIS)"),
                            ("water", "Water and sewer networks"),
                            ("electricity", "Electricity network"),
                            ("roads", "Road manager"),
                            ("prefecture", "State services"),
                            ("town_hall", "Mayor"),
                            ("other", "Other body"),
                        ],
                        max_length=12,
                        verbose_name="body",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("reason", models.JSONField(blank=True, default=list)),
                ("asked_date", models.DateField(verbose_name="asked on")),
                ("received_date", models.DateField(blank=True, null=True, verbose_name="received by the body on")),
                ("mailed_at", models.DateTimeField(editable=False, null=True, verbose_name="sent by mail")),
                ("months", models.PositiveSmallIntegerField(verbose_name="months to answer")),
                ("article", models.CharField(blank=True, max_length=60, verbose_name="article")),
                ("uncertain", models.BooleanField(default=False)),
                ("due_date", models.DateField(verbose_name="answer until")),
                (
                    "silence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("favourable", "favourable"),
                            ("with_prescriptions", "with_prescriptions"),
                            ("unfavourable", "unfavourable"),
                        ],
                        max_length=18,
                        verbose_name="without an answer",
                    ),
                ),
                ("answered_date", models.DateField(blank=True, null=True, verbose_name="answered on")),
                (
                    "opinion",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("favourable", "favourable"),
                            ("with_prescriptions", "with_prescriptions"),
                            ("unfavourable", "unfavourable"),
                        ],
                        max_length=18,
                        verbose_name="opinion",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text of the opinion")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="recorded"
                    ),
                ),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "permit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consultations",
                        to="permits.permit",
                        verbose_name="file",
                    ),
                ),
            ],
            options={
                "verbose_name": "consultation",
                "verbose_name_plural": "consultations",
                "ordering": ["asked_date", "id"],
            },
        ),
        migrations.CreateModel(
            name="Applicant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("address", models.TextField(blank=True, verbose_name="address")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="telephone")),
                ("search_text", models.TextField(blank=True, editable=False)),
                (
                    "permit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="permits.permit",
                        verbose_name="file",
                    ),
                ),
            ],
            options={
                "verbose_name": "applicant",
                "verbose_name_plural": "applicants",
            },
        ),
        migrations.CreateModel(
            name="Piece",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("form", "Form (Cerfa)"),
                            ("plan", "Plan or drawing"),
                            ("photo", "Photo"),
                            ("opinion", "Opinion"),
                            ("decision", "Decision"),
                            ("other", "Other piece"),
                        ],
                        default="other",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("media_type", models.CharField(max_length=80)),
                ("active", models.BooleanField(default=False)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "added_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="added on"
                    ),
                ),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
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
                    "permit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="permits.permit",
                        verbose_name="file",
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
            ],
            options={
                "verbose_name": "piece",
                "verbose_name_plural": "pieces",
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_mail", models.BooleanField(default=True, verbose_name="daily digest by mail")),
                ("sent_date", models.DateField(editable=False, null=True)),
                ("feed_digest", models.BinaryField(max_length=32, null=True, unique=True)),
                ("feed_made_at", models.DateTimeField(editable=False, null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="permit_reminder",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "reminders of a person",
                "verbose_name_plural": "reminders of persons",
            },
        ),
        migrations.CreateModel(
            name="Settings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "series",
                    models.CharField(
                        default="0",
                        max_length=1,
                        validators=[django.core.validators.RegexValidator("^[A-Z0-9]$")],
                        verbose_name="series",
                    ),
                ),
                (
                    "applicant_roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("reader", "Reader"),
                                ("town_hall", "Town hall"),
                                ("permit_instructor", "Permit instructor"),
                                ("network_technician", "Network technician"),
                                ("gis_administrator", "GIS administrator"),
                                ("agency_administrator", "Agency administrator"),
                            ],
                            max_length=24,
                        ),
                        verbose_name="who reads applicants",
                    ),
                ),
                (
                    "applicant_years",
                    models.PositiveSmallIntegerField(default=10, verbose_name="years that applicants are kept"),
                ),
                ("public_register", models.BooleanField(default=True, verbose_name="public register of decisions")),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="permit_settings",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "settings of planning applications",
                "verbose_name_plural": "settings of planning applications",
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="permit_teams",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "people",
                    models.ManyToManyField(
                        blank=True, related_name="permit_teams", to=settings.AUTH_USER_MODEL, verbose_name="people"
                    ),
                ),
            ],
            options={
                "verbose_name": "team",
                "verbose_name_plural": "teams",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Mapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("columns", models.JSONField(default=dict, verbose_name="columns")),
                ("values", models.JSONField(blank=True, default=dict, verbose_name="values")),
                (
                    "used_at",
                    models.DateTimeField(default=gis_core.fields.current_instant, editable=False, verbose_name="used"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="permit_mappings",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "mapping of a register",
                "verbose_name_plural": "mappings of registers",
                "ordering": ["-used_at"],
                "constraints": [models.UniqueConstraint(fields=("member", "name"), name="permit_mapping_once")],
            },
        ),
        migrations.AddIndex(
            model_name="permit",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="permit_geom_3857"),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=django.contrib.postgres.indexes.GinIndex(fields=["idus"], name="permit_idus"),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(fields=["owner", "-filed_date", "-id"], name="permit_of_member"),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(fields=["insee", "-filed_date"], name="permit_of_commune"),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(
                condition=models.Q(
                    ("state", "received"), ("state", "incomplete"), ("state", "instruction"), _connector="OR"
                ),
                fields=["owner", "next_date"],
                name="permit_open",
            ),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(fields=["instructor", "next_date"], name="permit_instructor"),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(fields=["-filed_date", "-id"], name="permit_filed"),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(
                condition=models.Q(
                    ("state", "granted"),
                    ("state", "works"),
                    ("state", "finished"),
                    ("state", "expired"),
                    ("state", "refused"),
                    ("state", "rejected"),
                    _connector="OR",
                ),
                fields=["-ended_date", "-id"],
                name="permit_decided",
            ),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("words"), name="gin_trgm_ops"), name="permit_words"
            ),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(fields=["kind", "state", "-filed_date", "-id"], name="permit_of_kind"),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(
                condition=models.Q(("state", "granted")), fields=["valid_until_date"], name="permit_validity"
            ),
        ),
        migrations.AddIndex(
            model_name="consultation",
            index=models.Index(
                condition=models.Q(("answered_date", None)), fields=["due_date"], name="consultation_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="applicant",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search_text"), name="gin_trgm_ops"),
                name="applicant_search",
            ),
        ),
        migrations.AddConstraint(
            model_name="piece",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("removed_at", None), models.Q(("removed_reason", ""), _negated=True), _connector="OR"
                ),
                name="removed_piece_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="piece",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at", None),
                    models.Q(
                        ("removed_at__isnull", False),
                        ("visa_date__isnull", False),
                        models.Q(("visa_number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="erased_piece_has_a_visa",
            ),
        ),
        migrations.AddConstraint(
            model_name="team",
            constraint=models.UniqueConstraint(fields=("member", "name"), name="permit_team_once"),
        ),
    ]
