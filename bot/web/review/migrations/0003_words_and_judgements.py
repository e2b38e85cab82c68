"""The full-text index, and the judgements behind what staff corrected and reviewed before there were any."""

from django.db import migrations

from bot.web.review import words


def make(apps, editor):
    words.make_table(editor)


def drop(apps, editor):
    words.drop_table(editor)


def take_over(apps, editor):
    Correction, Judgement = (apps.get_model('review', name) for name in ('Correction', 'Judgement'))
    for one in Correction.objects.filter(staff__isnull=False):
        Judgement.objects.create(
            turn_id=one.turn_id, staff_id=one.staff_id, intent=one.intent, crisis_label=one.crisis_label,
            note=one.note, created=one.created, updated=one.updated,
        )
    Review, Completion = (apps.get_model('review', name) for name in ('Review', 'Completion'))
    for one in Review.objects.filter(reviewed_at__isnull=False, reviewed_by__isnull=False):
        Completion.objects.create(conversation_id=one.conversation_id, staff_id=one.reviewed_by_id, at=one.reviewed_at)


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0002_reviewing'),
    ]

    operations = [
        migrations.RunPython(make, drop),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
