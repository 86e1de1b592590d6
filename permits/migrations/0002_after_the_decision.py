from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("permits", "0001_initial")]

    operations = [
        migrations.RemoveIndex(
            model_name="permit",
            name="permit_decided",
        ),
        migrations.AlterField(
            model_name="event",
            name="what",
            field=models.CharField(
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
                    ("revoke_announced", "Withdrawal announced (contradictory letter)"),
                    ("remarks_came", "Remarks of the holder received"),
                    ("revoked", "Withdrawal of the decision notified"),
                    ("appeal_lodged", "Appeal lodged"),
                    ("appeal_ended", "Outcome of an appeal"),
                    ("confirmed", "Application confirmed by the applicant"),
                    ("extended", "Extension of validity asked for"),
                    ("transmitted", "Sent to the prefect"),
                    ("posted_town_hall", "Posted at the town hall"),
                    ("posted_on_site", "Posted on the ground"),
                    ("works_started", "Works begun (DOC)"),
                    ("works_stopped", "Works interrupted"),
                    ("works_resumed", "Works resumed"),
                    ("works_finished", "Works finished (DAACT)"),
                    ("contested", "Conformity contested"),
                    ("attested", "Attestation of no contest given"),
                    ("note", "Note"),
                ],
                max_length=16,
                verbose_name="event",
            ),
        ),
        migrations.AlterField(
            model_name="permit",
            name="state",
            field=models.CharField(
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
                    ("deferred", "Decision put off"),
                    ("inadmissible", "Inadmissible"),
                    ("revoked", "Decision withdrawn"),
                    ("annulled", "Annulled by the court"),
                ],
                default="received",
                max_length=12,
                verbose_name="state",
            ),
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
                    ("state", "deferred"),
                    ("state", "inadmissible"),
                    ("state", "revoked"),
                    ("state", "annulled"),
                    _connector="OR",
                ),
                fields=["-ended_date", "-id"],
                name="permit_decided",
            ),
        ),
    ]
