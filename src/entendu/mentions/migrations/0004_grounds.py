"""Grounds of queries, their versions, opt-outs, and the day of a match. What is there already listens on: its review
is due within a month, where its legal basis is to be confirmed and its balance of interests written."""

from datetime import UTC, timedelta

import django.db.models.deletion
import entendu.mentions.models.query
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone


def fill(apps, schema_editor):
    Query, Version = apps.get_model("mentions", "Query"), apps.get_model("mentions", "QueryVersion")
    Membership = apps.get_model("accounts", "Membership")
    now = timezone.now()
    for query in Query.objects.all():
        here = Membership.objects.filter(organisation_id=query.organisation_id, user__is_active=True)
        author = here.filter(user_id=query.by_id).first() if query.by_id else None
        member = author or here.filter(role="admin").order_by("pk").first()
        query.basis, query.review_on = "legitimate_interest", (now + timedelta(days=30)).date()
        query.reviewer_id = member.user_id if member else None
        query.save()
        grounds = {
            "name": query.name, "purpose": query.purpose, "basis": query.basis, "balance": "", "takes": query.takes,
            "opens_conversations": query.opens_conversations, "wide": False, "active": query.active,
            "reviewer": member.user.name or member.user.email if member else "", "review_on": str(query.review_on),
        }  # fmt: skip
        Version.objects.create(
            query=query, number=1, at=query.created_at, by_id=query.by_id, change="added", text=query.text,
            grounds=grounds,
        )  # fmt: skip
    said = apps.get_model("mentions", "Mention").objects.filter(pk=OuterRef("mention"))
    day = said.annotate(day=TruncDate("said_at", tzinfo=UTC)).values("day")
    apps.get_model("mentions", "Match").objects.update(day=Subquery(day))
    if schema_editor.connection.vendor == "postgresql":  # else what was just written forbids new constraints
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('mentions', '0003_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OptOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('network', models.CharField(blank=True, max_length=120, verbose_name='network')),
                ('account', models.CharField(max_length=255, verbose_name='account')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'opt-out',
            },
        ),
        migrations.CreateModel(
            name='QueryVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('change', models.CharField(choices=[('added', 'added'), ('changed', 'changed'), ('switched_on', 'switched on'), ('switched_off', 'switched off'), ('reviewed', 'reviewed')], max_length=12)),
                ('text', models.TextField()),
                ('grounds', models.JSONField(default=dict)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('effect', models.JSONField(default=dict)),
            ],
        ),
        migrations.AddField(
            model_name='match',
            name='day',
            field=models.DateField(default=entendu.mentions.models.query.today),
        ),
        migrations.AddField(
            model_name='query',
            name='balance',
            field=models.TextField(blank=True, max_length=2000, verbose_name='balance of interests'),
        ),
        migrations.AddField(
            model_name='query',
            name='basis',
            field=models.CharField(blank=True, choices=[('legitimate_interest', 'legitimate interest'), ('consent', 'consent'), ('contract', 'contract'), ('legal_obligation', 'legal obligation'), ('vital_interest', 'vital interest'), ('public_task', 'public task')], max_length=20, verbose_name='legal basis'),
        ),
        migrations.AddField(
            model_name='query',
            name='review_on',
            field=models.DateField(null=True, verbose_name='next review'),
        ),
        migrations.AddField(
            model_name='query',
            name='reviewed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='query',
            name='reviewer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='query',
            name='takes',
            field=models.CharField(choices=[('both', 'public posts, and what is addressed to us'), ('public', 'public posts only'), ('addressed', 'only what is addressed to us')], default='both', max_length=10, verbose_name='takes'),
        ),
        migrations.AddField(
            model_name='query',
            name='wide',
            field=models.BooleanField(default=False, verbose_name='wide on purpose'),
        ),
        migrations.AddIndex(
            model_name='match',
            index=models.Index(fields=['query', 'day'], name='match_by_day'),
        ),
        migrations.AddField(
            model_name='optout',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='optout',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opt_outs', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='queryversion',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='queryversion',
            name='query',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='mentions.query'),
        ),
        migrations.AddIndex(
            model_name='optout',
            index=models.Index(fields=['organisation', '-at', '-id'], name='opt_out_recent'),
        ),
        migrations.AddConstraint(
            model_name='optout',
            constraint=models.UniqueConstraint(fields=('organisation', 'network', 'account'), name='opt_out_once'),
        ),
        migrations.AddConstraint(
            model_name='queryversion',
            constraint=models.UniqueConstraint(fields=('query', 'number'), name='query_version_once'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='query',
            constraint=models.CheckConstraint(condition=models.Q(('active', False), models.Q(models.Q(('basis', ''), _negated=True), ('review_on__isnull', False)), _connector='OR'), name='query_runs_on_grounds'),
        ),
    ]
