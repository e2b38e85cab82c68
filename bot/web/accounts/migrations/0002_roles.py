"""The roles, as groups; and one for everybody who has an account already: superusers administer, others review."""

from django.db import migrations

ROLES = ('reviewer', 'supervisor', 'administrator')


def make(apps, editor):
    Group, User = apps.get_model('auth', 'Group'), apps.get_model('auth', 'User')
    groups = {name: Group.objects.get_or_create(name=name)[0] for name in ROLES}
    for user in User.objects.filter(is_superuser=True):
        user.groups.add(groups['administrator'])
    for user in User.objects.filter(is_staff=True, is_superuser=False).exclude(groups__name__in=ROLES):
        user.groups.add(groups['reviewer'])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
