"""Takes over booking's outbox: the table is there already, so that no mail on its way is lost."""

import bot.web.outgoing.sealed
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("booking", "0003_outbox_moves_out")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Parcel",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("recipient", bot.web.outgoing.sealed.SealedText(blank=True)),
                        ("content", bot.web.outgoing.sealed.SealedText(blank=True)),
                        ("kind", models.CharField(max_length=20)),
                        ("state", models.CharField(choices=[("pending", "pending"), ("sent", "sent"), ("failed", "failed")], default="pending", max_length=10)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("next_try", models.DateTimeField()),
                        ("problem", models.CharField(blank=True, max_length=120)),
                        ("created", models.DateTimeField(auto_now_add=True)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={"indexes": [models.Index(fields=["state", "next_try"], name="booking_out_state_102712_idx")]},
                ),
            ],
        ),
        migrations.RenameIndex("Parcel", new_name="outgoing_due", old_name="booking_out_state_102712_idx"),
    ]
