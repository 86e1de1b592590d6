import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("gis_core", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Birth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("insee", models.CharField(max_length=5, verbose_name="INSEE code")),
                ("account", models.CharField(max_length=12, verbose_name="account")),
                ("rank", models.CharField(max_length=2, verbose_name="rank")),
                ("person", models.CharField(max_length=6, verbose_name="person")),
                ("born", models.CharField(blank=True, max_length=10, verbose_name="date of birth")),
                ("birthplace", models.CharField(blank=True, max_length=58, verbose_name="place of birth")),
            ],
            options={
                "verbose_name": "birth of an owner",
                "verbose_name_plural": "births of owners",
                "indexes": [
                    models.Index(fields=["account", "year"], name="birth_of_account"),
                    models.Index(fields=["insee", "year"], name="birth_of_commune"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("insee", models.CharField(max_length=5, verbose_name="INSEE code")),
                ("idu", models.CharField(max_length=14, verbose_name="identifier")),
                ("subdivision", models.CharField(blank=True, max_length=2, verbose_name="subdivision")),
                ("rank", models.CharField(blank=True, max_length=2, verbose_name="rank")),
                ("code", models.CharField(blank=True, max_length=2, verbose_name="reason")),
                ("first_year", models.CharField(blank=True, max_length=4, verbose_name="first year")),
                ("last_year", models.CharField(blank=True, max_length=4, verbose_name="last year")),
            ],
            options={
                "verbose_name": "exemption",
                "verbose_name_plural": "exemptions",
                "indexes": [
                    models.Index(fields=["idu", "year"], name="exemption_of_parcel"),
                    models.Index(fields=["insee", "year"], name="exemption_of_commune"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Holding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("insee", models.CharField(max_length=5, verbose_name="INSEE code")),
                ("idu", models.CharField(max_length=14, verbose_name="identifier")),
                ("account", models.CharField(max_length=12, verbose_name="account")),
                ("area_m2", models.BigIntegerField(verbose_name="cadastral area")),
                ("address", models.CharField(blank=True, max_length=60, verbose_name="address")),
                ("subdivisions", models.PositiveSmallIntegerField(default=0, verbose_name="fiscal subdivisions")),
            ],
            options={
                "verbose_name": "parcel of the register",
                "verbose_name_plural": "parcels of the register",
                "indexes": [models.Index(fields=["insee", "year"], name="holding_of_commune")],
                "constraints": [models.UniqueConstraint(fields=("idu", "year"), name="holding_once")],
            },
        ),
        migrations.CreateModel(
            name="JournalLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="date")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("consultation", "Consultation"),
                            ("export", "Export"),
                            ("extract", "Extract for a third party"),
                        ],
                        max_length=12,
                        verbose_name="action",
                    ),
                ),
                ("by_user", models.IntegerField()),
                ("by_name", models.CharField(max_length=310, verbose_name="person")),
                ("by_token", models.CharField(blank=True, max_length=80, verbose_name="API token")),
                ("members", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField())),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("permit", "Planning application"),
                            ("planning", "Town planning"),
                            ("works", "Works or networks"),
                            ("land", "Land purchase or sale"),
                            ("tax", "Local taxes"),
                            ("safety", "Safety, insalubrity, dangerous buildings"),
                            ("third_party", "Request of a third party"),
                            ("other", "Another purpose"),
                        ],
                        max_length=11,
                        verbose_name="purpose",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=200, verbose_name="reference")),
                (
                    "parcels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=14), verbose_name="parcels"
                    ),
                ),
                ("owners", models.IntegerField(verbose_name="owners")),
                ("refusal", models.CharField(blank=True, max_length=300, verbose_name="refusal")),
                ("flagged", models.BooleanField(verbose_name="unusual")),
            ],
            options={
                "verbose_name": "line of the journal of owners",
                "verbose_name_plural": "journal of owners",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["by_user", "at"], name="journal_of_person")],
            },
        ),
        migrations.CreateModel(
            name="Owner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("insee", models.CharField(max_length=5, verbose_name="INSEE code")),
                ("account", models.CharField(max_length=12, verbose_name="account")),
                ("rank", models.CharField(max_length=2, verbose_name="rank")),
                ("person", models.CharField(max_length=6, verbose_name="person")),
                ("right_code", models.CharField(blank=True, max_length=1, verbose_name="right")),
                ("share_code", models.CharField(blank=True, max_length=1, verbose_name="shared right")),
                ("kind", models.CharField(blank=True, max_length=1, verbose_name="kind")),
                ("group_code", models.CharField(blank=True, max_length=2, verbose_name="group")),
                ("denomination", models.CharField(blank=True, max_length=60, verbose_name="denomination")),
                ("title", models.CharField(blank=True, max_length=3, verbose_name="title")),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="name")),
                ("first_names", models.CharField(blank=True, max_length=40, verbose_name="first names")),
                ("legal_form", models.CharField(blank=True, max_length=4, verbose_name="legal form")),
                ("siren", models.CharField(blank=True, max_length=9, verbose_name="SIREN")),
                ("address", models.CharField(blank=True, max_length=140, verbose_name="address")),
            ],
            options={
                "verbose_name": "owner",
                "verbose_name_plural": "owners",
                "indexes": [models.Index(fields=["insee", "year"], name="owner_of_commune")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "year", "rank", "person"), name="owner_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Premises",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("insee", models.CharField(max_length=5, verbose_name="INSEE code")),
                ("invar", models.CharField(max_length=10, verbose_name="invariant")),
                ("idu", models.CharField(max_length=14, verbose_name="identifier")),
                ("account", models.CharField(max_length=12, verbose_name="account")),
                ("where", models.CharField(blank=True, max_length=60, verbose_name="place")),
            ],
            options={
                "verbose_name": "premises",
                "verbose_name_plural": "premises",
                "indexes": [
                    models.Index(fields=["idu", "year"], name="premises_of_parcel"),
                    models.Index(fields=["insee", "year"], name="premises_of_commune"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ThirdPartyRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("service", models.BigIntegerField()),
                ("requester", models.CharField(max_length=150)),
                ("requester_key", models.CharField(max_length=150)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("parcels", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=14))),
                (
                    "exemption",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None: the limits apply"),
                            ("holder", "Holder of a right in these parcels, or their agent"),
                            ("authority", "Authority or administration in a procedure"),
                        ],
                        max_length=9,
                    ),
                ),
                ("by_user", models.IntegerField()),
            ],
            options={
                "verbose_name": "request of a third party",
                "verbose_name_plural": "requests of third parties",
                "indexes": [models.Index(fields=["service", "requester_key", "at"], name="request_of_requester")],
            },
        ),
        migrations.CreateModel(
            name="OwnerAccess",
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
                    "level",
                    models.CharField(
                        choices=[
                            ("none", "The plan only"),
                            ("names", "Names and addresses"),
                            ("all", "Everything, birth and exemptions too"),
                        ],
                        default="none",
                        max_length=5,
                        verbose_name="access to owners",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "access to owners",
                "verbose_name_plural": "accesses to owners",
                "constraints": [
                    models.UniqueConstraint(fields=("member", "role"), name="owner_access_once"),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["none", "names", "all"])), name="owner_access_level_known"
                    ),
                    models.CheckConstraint(
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
                        name="owner_access_role_known",
                    ),
                ],
            },
        ),
    ]
