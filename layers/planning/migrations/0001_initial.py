import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import gis_core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Easement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("idsup", models.CharField(max_length=60, verbose_name="IDSUP")),
                ("category", models.CharField(max_length=10, verbose_name="category")),
                ("name", models.TextField(verbose_name="name")),
                ("long_name", models.TextField(blank=True, verbose_name="long name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("manager", models.TextField(blank=True, verbose_name="manager")),
                ("updated_date", models.DateField(null=True, verbose_name="updated")),
                ("since_date", models.DateField(null=True, verbose_name="since")),
            ],
            options={
                "verbose_name": "easement",
                "verbose_name_plural": "easements",
            },
        ),
        migrations.CreateModel(
            name="EasementAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("idacte", models.CharField(max_length=60, verbose_name="IDACTE")),
                ("name", models.TextField(verbose_name="name")),
                ("reference", models.TextField(blank=True, verbose_name="reference")),
                ("type", models.TextField(blank=True, verbose_name="kind")),
                ("decision", models.TextField(blank=True, verbose_name="decision")),
                ("decided_date", models.DateField(null=True, verbose_name="decided on")),
                ("published_date", models.DateField(null=True, verbose_name="published on")),
                ("piece", models.TextField(blank=True, verbose_name="file")),
            ],
            options={
                "verbose_name": "act",
                "verbose_name_plural": "acts",
            },
        ),
        migrations.CreateModel(
            name="EasementSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=120, unique=True, verbose_name="delivery")),
                ("dated", models.DateField(null=True, verbose_name="date")),
                ("folder", models.CharField(max_length=32, unique=True)),
                ("files", models.JSONField(default=list)),
                (
                    "imported_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="imported"
                    ),
                ),
            ],
            options={
                "verbose_name": "set of easements",
                "verbose_name_plural": "sets of easements",
            },
        ),
        migrations.CreateModel(
            name="RiskPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60, unique=True, verbose_name="procedure")),
                ("name", models.TextField(verbose_name="name")),
                ("type", models.CharField(blank=True, max_length=20, verbose_name="kind")),
                ("state", models.CharField(blank=True, max_length=40, verbose_name="state")),
                ("state_date", models.DateField(null=True, verbose_name="date of the state")),
                ("url", models.CharField(blank=True, max_length=500)),
                (
                    "imported_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="imported"
                    ),
                ),
            ],
            options={
                "verbose_name": "risk plan",
                "verbose_name_plural": "risk plans",
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("idurba", models.CharField(max_length=60, unique=True, verbose_name="IDURBA")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PLU", "Local plan (PLU)"),
                            ("PLUi", "Inter-communal plan (PLUi)"),
                            ("CC", "Communal map"),
                            ("POS", "Land-use plan (POS)"),
                            ("PSMV", "Safeguard plan (PSMV)"),
                        ],
                        max_length=4,
                        verbose_name="kind",
                    ),
                ),
                ("territory", models.CharField(max_length=9, verbose_name="INSEE code or SIREN")),
                (
                    "communes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5), verbose_name="communes"
                    ),
                ),
                ("state", models.CharField(max_length=2, verbose_name="state")),
                ("procedure", models.CharField(blank=True, max_length=10, verbose_name="procedure")),
                ("approved_date", models.DateField(null=True, verbose_name="approved on")),
                ("ended_date", models.DateField(null=True, verbose_name="ended on")),
                ("starts_date", models.DateField(null=True)),
                ("ends_date", models.DateField(null=True)),
                ("published", models.BooleanField(default=False)),
                ("regulation", models.TextField(blank=True, verbose_name="regulation")),
                ("regulation_url", models.CharField(blank=True, max_length=500)),
                ("site_url", models.CharField(blank=True, max_length=500)),
                ("reference", models.CharField(blank=True, max_length=20, verbose_name="drawn on")),
                ("folder", models.CharField(max_length=32, unique=True)),
                ("files", models.JSONField(default=list)),
                (
                    "imported_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="imported"
                    ),
                ),
            ],
            options={
                "verbose_name": "planning document",
                "verbose_name_plural": "planning documents",
                "ordering": ["territory", "-approved_date"],
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["communes"], name="planning_communes")],
            },
        ),
        migrations.CreateModel(
            name="EasementLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.ForeignKey(on_delete=django.db.models.deletion.DB_CASCADE, to="planning.easementact")),
                ("easement", models.ForeignKey(on_delete=django.db.models.deletion.DB_CASCADE, to="planning.easement")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("easement", "act"), name="link_once"),
                ],
            },
        ),
        migrations.AddField(
            model_name="easement",
            name="acts",
            field=models.ManyToManyField(
                related_name="easements",
                through="planning.EasementLink",
                to="planning.easementact",
                verbose_name="acts",
            ),
        ),
        migrations.AddField(
            model_name="easementact",
            name="delivery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.DB_CASCADE, related_name="acts", to="planning.easementset"
            ),
        ),
        migrations.AddField(
            model_name="easement",
            name="delivery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.DB_CASCADE, related_name="easements", to="planning.easementset"
            ),
        ),
        migrations.CreateModel(
            name="Information",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("libelle", models.TextField(verbose_name="name")),
                ("txt", models.TextField(blank=True, verbose_name="number")),
                ("nature", models.TextField(blank=True, verbose_name="nature")),
                ("nomfic", models.TextField(blank=True, verbose_name="piece")),
                ("urlfic", models.CharField(blank=True, max_length=500)),
                ("idurba", models.CharField(max_length=60, verbose_name="IDURBA")),
                ("datvalid", models.DateField(null=True, verbose_name="validated on")),
                (
                    "kind",
                    models.CharField(
                        choices=[("surface", "Surface"), ("line", "Line"), ("point", "Point")],
                        max_length=7,
                        verbose_name="geometry",
                    ),
                ),
                ("geom", django.contrib.gis.db.models.fields.GeometryField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.GeometryField(srid=3857),
                    ),
                ),
                ("typeinf", models.CharField(max_length=2, verbose_name="kind")),
                ("stypeinf", models.CharField(blank=True, max_length=2, verbose_name="sub-kind")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="information",
                        to="planning.document",
                    ),
                ),
            ],
            options={
                "verbose_name": "planning information",
                "verbose_name_plural": "planning information",
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="information_geom_3857"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Prescription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("libelle", models.TextField(verbose_name="name")),
                ("txt", models.TextField(blank=True, verbose_name="number")),
                ("nature", models.TextField(blank=True, verbose_name="nature")),
                ("nomfic", models.TextField(blank=True, verbose_name="piece")),
                ("urlfic", models.CharField(blank=True, max_length=500)),
                ("idurba", models.CharField(max_length=60, verbose_name="IDURBA")),
                ("datvalid", models.DateField(null=True, verbose_name="validated on")),
                (
                    "kind",
                    models.CharField(
                        choices=[("surface", "Surface"), ("line", "Line"), ("point", "Point")],
                        max_length=7,
                        verbose_name="geometry",
                    ),
                ),
                ("geom", django.contrib.gis.db.models.fields.GeometryField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.GeometryField(srid=3857),
                    ),
                ),
                ("typepsc", models.CharField(max_length=2, verbose_name="kind")),
                ("stypepsc", models.CharField(blank=True, max_length=2, verbose_name="sub-kind")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="prescriptions",
                        to="planning.document",
                    ),
                ),
            ],
            options={
                "verbose_name": "prescription",
                "verbose_name_plural": "prescriptions",
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="prescription_geom_3857"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskZone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("idzone", models.CharField(blank=True, max_length=60, verbose_name="identifier")),
                ("code", models.CharField(max_length=60, verbose_name="zone")),
                ("name", models.TextField(blank=True, verbose_name="name")),
                ("typereglement", models.CharField(blank=True, max_length=2, verbose_name="kind of rule")),
                ("nature", models.CharField(blank=True, max_length=10, verbose_name="nature")),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(srid=3857),
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE, related_name="zones", to="planning.riskplan"
                    ),
                ),
            ],
            options={
                "verbose_name": "risk zone",
                "verbose_name_plural": "risk zones",
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="risk_zone_geom_3857"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Zone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("libelle", models.TextField(verbose_name="zone")),
                ("libelong", models.TextField(blank=True, verbose_name="long name")),
                ("typezone", models.CharField(max_length=3, verbose_name="kind of zone")),
                ("formdomi", models.CharField(blank=True, max_length=10, verbose_name="dominant form")),
                ("destination", models.TextField(blank=True, verbose_name="dominant destination")),
                ("nomfic", models.TextField(blank=True, verbose_name="regulation")),
                ("urlfic", models.CharField(blank=True, max_length=500)),
                ("idurba", models.CharField(max_length=60, verbose_name="IDURBA")),
                ("datvalid", models.DateField(null=True, verbose_name="validated on")),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(srid=3857),
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE, related_name="zones", to="planning.document"
                    ),
                ),
            ],
            options={
                "verbose_name": "zone",
                "verbose_name_plural": "zones",
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="zone_geom_3857"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EasementFootprint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("idass", models.CharField(blank=True, max_length=60, verbose_name="IDASS")),
                ("category", models.CharField(max_length=10, verbose_name="category")),
                ("name", models.TextField(blank=True, verbose_name="name")),
                ("type", models.TextField(blank=True, verbose_name="kind")),
                (
                    "kind",
                    models.CharField(
                        choices=[("surface", "Surface"), ("line", "Line"), ("point", "Point")],
                        max_length=7,
                        verbose_name="geometry",
                    ),
                ),
                ("geom", django.contrib.gis.db.models.fields.GeometryField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.GeometryField(srid=3857),
                    ),
                ),
                (
                    "easement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="footprints",
                        to="planning.easement",
                    ),
                ),
            ],
            options={
                "verbose_name": "footprint of an easement",
                "verbose_name_plural": "footprints of easements",
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="footprint_geom_3857")
                ],
            },
        ),
        migrations.CreateModel(
            name="EasementGenerator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("idgen", models.CharField(max_length=60, verbose_name="IDGEN")),
                ("category", models.CharField(max_length=10, verbose_name="category")),
                ("name", models.TextField(blank=True, verbose_name="name")),
                ("type", models.TextField(blank=True, verbose_name="kind")),
                (
                    "kind",
                    models.CharField(
                        choices=[("surface", "Surface"), ("line", "Line"), ("point", "Point")],
                        max_length=7,
                        verbose_name="geometry",
                    ),
                ),
                ("geom", django.contrib.gis.db.models.fields.GeometryField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.GeometryField(srid=3857),
                    ),
                ),
                (
                    "easement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DB_CASCADE,
                        related_name="generators",
                        to="planning.easement",
                    ),
                ),
            ],
            options={
                "verbose_name": "generator of an easement",
                "verbose_name_plural": "generators of easements",
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="generator_geom_3857")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="easementact",
            constraint=models.UniqueConstraint(fields=("delivery", "idacte"), name="act_once"),
        ),
        migrations.AddConstraint(
            model_name="easement",
            constraint=models.UniqueConstraint(fields=("delivery", "idsup"), name="easement_once"),
        ),
    ]
