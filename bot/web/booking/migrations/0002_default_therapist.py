"""One bookable resource to begin with: the practice as a whole, Monday to Friday, nine to five in its own zone.

Name, zone and length stay empty, so that they follow knowledge/practice.yml.
"""

from datetime import time

from django.db import migrations


def create(apps, schema_editor):
    therapists = apps.get_model("booking", "Therapist")
    if therapists.objects.exists():
        return
    practice = therapists.objects.create()
    hours = apps.get_model("booking", "WeeklyHours")
    for weekday in range(5):
        hours.objects.create(therapist=practice, weekday=weekday, opens=time(9), closes=time(17))


class Migration(migrations.Migration):
    dependencies = [("booking", "0001_initial")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
