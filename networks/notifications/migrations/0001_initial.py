import uuid

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
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
            name="ContactReading",
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
                            ("stopped", "Opted out"),
                        ],
                        max_length=9,
                        verbose_name="action",
                    ),
                ),
                ("members", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField())),
                (
                    "contacts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), verbose_name="contacts"
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="purpose")),
            ],
            options={
                "verbose_name": "line of the journal of contacts",
                "verbose_name_plural": "journal of contacts",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="EarlyReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider_id", models.CharField(max_length=120, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("handing", "Being handed over"),
                            ("handed", "Handed over"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                            ("unknown", "Not known"),
                            ("stopped", "Opted out before"),
                        ],
                        max_length=9,
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("planned", "Planned water cut"),
                            ("burst", "Burst: water cut now"),
                            ("boil", "Do not drink the water"),
                            ("end", "End of the cut"),
                            ("works", "Works"),
                            ("moved", "Works moved to other days"),
                            ("off", "Works cancelled"),
                            ("other", "Other notice"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("sending", "Being sent"), ("sent", "Sent")],
                        default="draft",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="why")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="where")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="telephone of the service")),
                ("sms", models.TextField(verbose_name="text message")),
                ("title", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
                (
                    "area",
                    django.contrib.gis.db.models.fields.MultiPolygonField(null=True, spatial_index=False, srid=2154),
                ),
                ("about_kind", models.CharField(blank=True, max_length=20)),
                ("about_key", models.CharField(blank=True, max_length=40)),
                (
                    "made_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="made on"
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent on")),
                ("job_id", models.BigIntegerField(null=True)),
                ("trial_job_id", models.BigIntegerField(null=True)),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent by",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["owner", "-id"], name="notice_of_member"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(choices=[("sms", "Text message"), ("email", "E-mail")], max_length=5)),
                ("value", models.CharField(max_length=254, null=True)),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "addresses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), default=list
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("handing", "Being handed over"),
                            ("handed", "Handed over"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                            ("unknown", "Not known"),
                            ("stopped", "Opted out before"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("handed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("provider_id", models.CharField(blank=True, max_length=120)),
                ("why", models.CharField(blank=True, max_length=200)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="notifications.notice",
                        verbose_name="notice",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["notice", "state"], name="message_state"),
                    models.Index(
                        condition=models.Q(("provider_id", ""), _negated=True),
                        fields=["provider_id"],
                        name="message_provider",
                    ),
                    models.Index(fields=["value"], name="message_value"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "channel", "value"), name="message_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OptOut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(choices=[("sms", "Text message"), ("email", "E-mail")], max_length=5)),
                ("value", models.CharField(max_length=254)),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("link", "by the link of an e-mail"),
                            ("reply", "by answering STOP"),
                            ("hand", "told to the service"),
                        ],
                        max_length=5,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["value"], name="opt_out_value"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "channel", "value"), name="opt_out_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Settings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reader_roles",
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
                        verbose_name="who reads contacts",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("consent", "Consent: those who agreed, by channel"),
                            ("mission", "Public service or contract: everybody who did not object"),
                        ],
                        default="consent",
                        max_length=8,
                        verbose_name="legal basis",
                    ),
                ),
                (
                    "contact_years",
                    models.PositiveSmallIntegerField(default=5, verbose_name="years that contacts are kept"),
                ),
                (
                    "message_months",
                    models.PositiveSmallIntegerField(default=12, verbose_name="months that recipients are kept"),
                ),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "settings of notices",
                "verbose_name_plural": "settings of notices",
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=200, verbose_name="address")),
                ("address_key", models.CharField(editable=False, max_length=260)),
                ("place", django.contrib.gis.db.models.fields.PointField(null=True, spatial_index=False, srid=2154)),
                ("connection", models.CharField(blank=True, max_length=80, verbose_name="service connection")),
                ("dwellings", models.IntegerField(null=True, verbose_name="dwellings")),
                ("sensitive", models.CharField(blank=True, max_length=120, verbose_name="sensitive user")),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="targets",
                        to="notifications.notice",
                        verbose_name="notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "address of a notice",
                "verbose_name_plural": "addresses of a notice",
                "indexes": [
                    models.Index(fields=["notice", "connection"], name="target_connection"),
                    models.Index(fields=["notice", "address_key"], name="target_address"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(blank=True, max_length=60, verbose_name="reference")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_key", models.CharField(editable=False, max_length=260)),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("address_key", models.CharField(blank=True, editable=False, max_length=260)),
                ("connection", models.CharField(blank=True, max_length=80, verbose_name="service connection")),
                ("geom", django.contrib.gis.db.models.fields.PointField(null=True, srid=2154)),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="telephone")),
                ("mobile", models.BooleanField(default=False)),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("sms_consent", models.BooleanField(null=True, verbose_name="agrees to text messages")),
                ("sms_consent_date", models.DateField(null=True)),
                ("sms_consent_how", models.CharField(blank=True, max_length=120)),
                ("email_consent", models.BooleanField(null=True, verbose_name="agrees to e-mails")),
                ("email_consent_date", models.DateField(null=True)),
                ("email_consent_how", models.CharField(blank=True, max_length=120)),
                ("search_text", models.TextField(blank=True, editable=False)),
                ("confirmed_date", models.DateField(verbose_name="confirmed on")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact",
                "verbose_name_plural": "contacts",
                "indexes": [
                    models.Index(fields=["owner", "connection"], name="contact_connection"),
                    models.Index(fields=["owner", "address_key"], name="contact_address"),
                    models.Index(fields=["owner", "name_key", "id"], name="contact_in_order"),
                    models.Index(fields=["phone"], name="contact_phone"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("search_text"), name="gin_trgm_ops"),
                        name="contact_search",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=("owner", "reference"),
                        name="contact_reference",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reference", "")),
                        fields=("owner", "name_key", "address_key"),
                        name="contact_once",
                    ),
                ],
            },
        ),
    ]
