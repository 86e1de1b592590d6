import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gis_core", "0011_who_comes_in")]

    operations = [
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField()),
                ("scope", models.CharField(max_length=40)),
                ("digest", models.CharField(default="", max_length=64)),
                ("answer", models.JSONField(null=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
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
    ]
