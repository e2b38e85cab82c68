"""A parcel may be a call of a webhook, and may be urgent. What is there already are mails that are not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outgoing", "0001_initial")]

    operations = [
        migrations.AddField(
            "Parcel",
            "way",
            models.CharField(choices=[("mail", "mail"), ("webhook", "webhook")], default="mail", max_length=7),
        ),
        migrations.AddField(
            "Parcel", "urgent", models.BooleanField(default=False, help_text="Goes before what is not.")
        ),
        migrations.RemoveIndex("Parcel", "outgoing_due"),
        migrations.AddIndex("Parcel", models.Index(fields=["way", "state", "next_try"], name="outgoing_due")),
    ]
