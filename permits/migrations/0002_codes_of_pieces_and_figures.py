import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("permits", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Figures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "floor_before_m2",
                    models.DecimalField(
                        decimal_places=2, max_digits=9, null=True, verbose_name="floor area before the works"
                    ),
                ),
                (
                    "floor_created_m2",
                    models.DecimalField(decimal_places=2, max_digits=9, null=True, verbose_name="floor area created"),
                ),
                (
                    "floor_removed_m2",
                    models.DecimalField(decimal_places=2, max_digits=9, null=True, verbose_name="floor area removed"),
                ),
                (
                    "floor_after_m2",
                    models.DecimalField(
                        decimal_places=2, max_digits=9, null=True, verbose_name="floor area after the works"
                    ),
                ),
                ("dwellings", models.PositiveIntegerField(null=True, verbose_name="dwellings created")),
                (
                    "destinations",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        verbose_name="destinations after the works",
                    ),
                ),
                ("version", models.IntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "figures of a file",
                "verbose_name_plural": "figures of files",
            },
        ),
        migrations.AddField(
            model_name="applicant",
            name="agent",
            field=models.CharField(db_default="", max_length=200, verbose_name="representative"),
        ),
        migrations.AddField(
            model_name="applicant",
            name="architect",
            field=models.CharField(db_default="", max_length=200, verbose_name="architect"),
        ),
        migrations.AddField(
            model_name="applicant",
            name="architect_number",
            field=models.CharField(db_default="", max_length=40, verbose_name="number at the order of architects"),
        ),
        migrations.AddField(
            model_name="applicant",
            name="siret",
            field=models.CharField(db_default="", max_length=14, verbose_name="SIRET"),
        ),
        migrations.AddField(
            model_name="piece",
            name="code",
            field=models.CharField(blank=True, default="", max_length=12, verbose_name="code"),
        ),
        migrations.AddField(
            model_name="piece",
            name="refused_at",
            field=models.DateTimeField(null=True, verbose_name="refused on"),
        ),
        migrations.AddField(
            model_name="piece",
            name="refused_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="refused by",
            ),
        ),
        migrations.AddField(
            model_name="piece",
            name="refused_reason",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="why it is refused"),
        ),
        migrations.AddField(
            model_name="piece",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="permits.piece",
                verbose_name="replaces",
            ),
        ),
        migrations.AddConstraint(
            model_name="piece",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refused_at", None), models.Q(("refused_reason", ""), _negated=True), _connector="OR"
                ),
                name="refused_piece_says_why",
            ),
        ),
        migrations.AddField(
            model_name="figures",
            name="permit",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="figures",
                to="permits.permit",
                verbose_name="file",
            ),
        ),
        migrations.AddConstraint(
            model_name="figures",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "floor_after_m2",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("floor_before_m2"), "+", models.F("floor_created_m2")
                            ),
                            "-",
                            models.F("floor_removed_m2"),
                        ),
                    )
                ),
                name="floor_areas_add_up",
            ),
        ),
    ]
