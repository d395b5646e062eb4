from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0005_firehose'),
    ]

    operations = [
        migrations.AddField(
            model_name='source',
            name='reconcile_at',
            field=models.DateTimeField(default=timezone.now),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='source',
            index=models.Index(condition=models.Q(('next_check_at__isnull', False)), fields=['reconcile_at'], name='source_reconcile'),
        ),
    ]
