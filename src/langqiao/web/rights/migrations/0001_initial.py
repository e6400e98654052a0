"""The operational record: holdings, entries, documents, owners of today, petitions."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Holding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80, unique=True)),
                ('office', models.CharField(max_length=4)),
                ('number', models.CharField(max_length=60)),
                ('patent_type', models.CharField(max_length=20)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['key'],
            },
        ),
        migrations.CreateModel(
            name='HoldingDocument',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('certificate', 'patent certificate'), ('register_copy', 'copy of the register'), ('contract', 'contract'), ('co_ownership', 'co-ownership agreement'), ('notice', 'notice or receipt of the office'), ('payment', 'receipt of a payment'), ('evaluation_report', 'evaluation report of the patent right'), ('judgment', 'judgment or ruling'), ('other', 'other document')], max_length=20)),
                ('file_name', models.CharField(max_length=160)),
                ('sha256', models.CharField(max_length=64)),
                ('size_bytes', models.PositiveBigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('holding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='rights.holding')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('owners_set', 'owners and shares'), ('owner_changed', 'right assigned'), ('burden_added', 'encumbrance added'), ('burden_removed', 'encumbrance removed'), ('recorded', 'license recorded with the office'), ('annuity_reduced', 'annuities reduced by an open license'), ('fee_reduction', 'fee reduction granted'), ('event', 'register event'), ('fact_corrected', 'fact corrected'), ('voided', 'entry voided')], max_length=20)),
                ('on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('deal', models.CharField(blank=True, max_length=64)),
                ('reference', models.CharField(blank=True, max_length=120)),
                ('body', models.JSONField(default=dict)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('corrects', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='rights.entry')),
                ('holding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='rights.holding')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='rights.holdingdocument')),
            ],
            options={
                'ordering': ['holding', 'seq'],
            },
        ),
        migrations.CreateModel(
            name='HoldingOwner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('share_numerator', models.PositiveBigIntegerField(null=True)),
                ('share_denominator', models.PositiveBigIntegerField(null=True)),
                ('holding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owners_now', to='rights.holding')),
                ('organization', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned', to='people.organization')),
            ],
            options={
                'ordering': ['holding', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Petition',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('claim', 'claim of ownership'), ('event', 'register event to be entered'), ('correction', 'correction')], max_length=12)),
                ('state', models.CharField(choices=[('filed', 'waits for review'), ('accepted', 'accepted'), ('refused', 'refused'), ('withdrawn', 'withdrawn'), ('revoked', 'revoked')], default='filed', max_length=12)),
                ('filed_at', models.DateTimeField(auto_now_add=True)),
                ('body', models.JSONField(default=dict)),
                ('grounds', models.TextField(blank=True)),
                ('request_key', models.CharField(max_length=64)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision', models.TextField(blank=True)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='petitions', to='rights.holdingdocument')),
                ('entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='petition', to='rights.entry')),
                ('holding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='petitions', to='rights.holding')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='petitions', to='people.organization')),
            ],
            options={
                'ordering': ['-filed_at'],
            },
        ),
        migrations.AddConstraint(
            model_name='holdingdocument',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['certificate', 'register_copy', 'contract', 'co_ownership', 'notice', 'payment', 'evaluation_report', 'judgment', 'other'])), name='holding_document_kind_known'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['holding', 'recorded_at'], name='rights_entr_holding_419771_idx'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['deal'], name='rights_entr_deal_8cda27_idx'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(fields=('holding', 'seq'), name='entry_seq_once'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['owners_set', 'owner_changed', 'burden_added', 'burden_removed', 'recorded', 'annuity_reduced', 'fee_reduction', 'event', 'fact_corrected', 'voided'])), name='entry_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'voided'), _negated=True), ('corrects__isnull', False), _connector='OR'), name='entry_voids_something'),
        ),
        migrations.AddConstraint(
            model_name='holdingowner',
            constraint=models.UniqueConstraint(fields=('holding', 'name'), name='holding_owner_once'),
        ),
        migrations.AddConstraint(
            model_name='holdingowner',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('share_denominator', None), ('share_numerator', None)), models.Q(('share_denominator__gte', models.F('share_numerator')), ('share_numerator__gt', 0)), _connector='OR'), name='holding_owner_share_whole'),
        ),
        migrations.AddIndex(
            model_name='petition',
            index=models.Index(fields=['state', 'kind'], name='rights_peti_state_a1f73c_idx'),
        ),
        migrations.AddConstraint(
            model_name='petition',
            constraint=models.UniqueConstraint(fields=('organization', 'request_key'), name='petition_once'),
        ),
        migrations.AddConstraint(
            model_name='petition',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['claim', 'event', 'correction'])), name='petition_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='petition',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['filed', 'accepted', 'refused', 'withdrawn', 'revoked'])), name='petition_state_known'),
        ),
        migrations.AddConstraint(
            model_name='petition',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), ('state', 'withdrawn'), models.Q(('decided_by', models.F('by')), _negated=True), _connector='OR'), name='petition_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='petition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'filed')), models.Q(models.Q(('state', 'filed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='petition_decision_complete'),
        ),
    ]
