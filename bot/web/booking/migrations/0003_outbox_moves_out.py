"""The outbox becomes an app of its own. Its table is kept with its rows, under the name that the new app gives it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("booking", "0002_default_therapist")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("OutboxMail", "outgoing_parcel")],
            state_operations=[migrations.DeleteModel("OutboxMail")],
        )
    ]
