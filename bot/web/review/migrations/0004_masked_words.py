"""Sign-in is the accounts app's now; and what is masked leaves the full-text index."""

from django.db import migrations

from bot.web.review import words
from bot.web.review.masking import searchable


def mask(apps, editor):
    Summary, Turn = apps.get_model('review', 'Summary'), apps.get_model('chat', 'Turn')
    for pk, conversation in Summary.objects.values_list('pk', 'conversation_id').iterator():
        typed = Turn.objects.filter(conversation_id=conversation, kind='text').order_by('position')
        texts = [searchable(text) for text in typed.values_list('text', flat=True)]
        words.remove(pk)
        words.begin(pk)
        words.append(pk, ' '.join(texts))


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0003_words_and_judgements'),
    ]

    operations = [
        migrations.DeleteModel('OneTimeLink'),
        migrations.DeleteModel('SignInFailure'),
        migrations.RunPython(mask, migrations.RunPython.noop),
    ]
