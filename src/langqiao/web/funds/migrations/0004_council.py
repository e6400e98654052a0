"""The tables of the council: seats of two bodies, written resolutions, advice, limits, milestones, covenants, figures and ways out."""

from importlib import import_module

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


FINAL = import_module("langqiao.web.funds.migrations.0002_ballots_are_final")
RULES = (
    ("funds_sheet_final", "UPDATE", "funds_scoresheet", "", "a score sheet is written once"),
    ("funds_sheet_kept", "DELETE", "funds_scoresheet", "", "a score sheet is written once"),
    ("funds_price_final", "UPDATE", "funds_pricechange", "", "a change of price is written once"),
    ("funds_exit_path_final", "UPDATE", "funds_exitpath", "", "a way out is written once"),
    ("funds_tranche_final", "UPDATE", "funds_tranche", "OLD.reached_at IS NOT NULL", "the milestone is reached"),
    ("funds_figure_final", "UPDATE", "funds_figure", "OLD.actual IS NOT NULL", "the figure is reported"),
)


def install(apps, schema_editor):
    """The triggers of ballots, which SQLite loses with the tables it makes anew, and those of the new tables."""
    FINAL.install(apps, schema_editor)
    FINAL.install(apps, schema_editor, rules=RULES)


def remove(apps, schema_editor):
    """Drops them: SQLite makes tables anew for every change."""
    FINAL.remove(apps, schema_editor)
    FINAL.remove(apps, schema_editor, rules=RULES)


class Migration(migrations.Migration):

    dependencies = [
        ('funds', '0002_ballots_are_final'),
        ('people', '0004_factor_replacement'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(FINAL.remove, FINAL.install),
        migrations.CreateModel(
            name='Advice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('alliance', models.CharField(max_length=200)),
                ('question', models.CharField(max_length=1000)),
                ('deadline_on', models.DateField()),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='Covenant',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('text', models.CharField(max_length=500)),
                ('observer', models.CharField(blank=True, max_length=200)),
                ('due_on', models.DateField(null=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('kept', models.BooleanField(null=True)),
                ('evidence_sha256', models.CharField(blank=True, max_length=64)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ExitPath',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=20)),
                ('reason', models.CharField(max_length=500)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Expert',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('conflicts', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('unit', models.CharField(max_length=40)),
                ('quarter_ends_on', models.DateField()),
                ('plan', models.BigIntegerField()),
                ('actual', models.BigIntegerField(null=True)),
                ('evidence_sha256', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['name', 'quarter_ends_on'],
            },
        ),
        migrations.CreateModel(
            name='Limits',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fields', models.JSONField(default=list)),
                ('stages', models.JSONField(default=list)),
                ('regions', models.JSONField(default=list)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('approved_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='PriceChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before_fen', models.BigIntegerField()),
                ('after_fen', models.BigIntegerField()),
                ('reason', models.CharField(max_length=500)),
                ('is_material', models.BooleanField()),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(blank=True, max_length=20)),
                ('region', models.CharField(blank=True, max_length=120)),
                ('related', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='ScoreSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scores', models.JSONField()),
                ('words', models.CharField(max_length=2000)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Tranche',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('place', models.PositiveSmallIntegerField()),
                ('amount_fen', models.BigIntegerField()),
                ('milestone', models.CharField(max_length=500)),
                ('due_on', models.DateField(null=True)),
                ('evidence_sha256', models.CharField(blank=True, max_length=64)),
                ('reached_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['place'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='check',
            name='check_code_known',
        ),
        migrations.RemoveConstraint(
            model_name='paper',
            name='paper_code_known',
        ),
        migrations.RemoveConstraint(
            model_name='project',
            name='project_state_known',
        ),
        migrations.RemoveConstraint(
            model_name='seat',
            name='seat_once',
        ),
        migrations.RemoveConstraint(
            model_name='session',
            name='session_matter_known',
        ),
        migrations.RemoveConstraint(
            model_name='session',
            name='session_running_once',
        ),
        migrations.AddField(
            model_name='check',
            name='facts',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='member',
            name='answer',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='member',
            name='hints',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='member',
            name='is_chair',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='member',
            name='served_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='seat',
            name='body',
            field=models.CharField(default='committee', max_length=20),
        ),
        migrations.AddField(
            model_name='seat',
            name='is_chair',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='seat',
            name='partner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='funds.partner'),
        ),
        migrations.AddField(
            model_name='session',
            name='body',
            field=models.CharField(default='committee', max_length=20),
        ),
        migrations.AddField(
            model_name='session',
            name='form',
            field=models.CharField(default='meeting', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='check',
            constraint=models.CheckConstraint(condition=models.Q(('code__in', ['comparables', 'dependence', 'family', 'freedom', 'grade', 'in_force', 'key_people', 'life', 'litigation', 'no_exclusive', 'no_invalidation', 'no_pledge', 'opinion', 'peers', 'title_chain', 'title_share'])), name='check_code_known'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(('code__in', ['agreement_fund', 'agreement_target', 'business_plan', 'compliance_opinion', 'exit_buy_back', 'exit_license_out', 'exit_listing', 'exit_papers', 'exit_sale', 'exit_secondary', 'exit_securitization', 'exit_write_off', 'financial_report', 'legal_report', 'project_minutes', 'technical_report'])), name='paper_code_known'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['closing', 'committee', 'compliance', 'diligence', 'entry', 'exited', 'exiting', 'held', 'lost', 'project'])), name='project_state_known'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.UniqueConstraint(condition=models.Q(('until_on', None)), fields=('fund', 'body', 'user'), name='seat_once'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.CheckConstraint(condition=models.Q(('body__in', ['advisory', 'committee'])), name='seat_body_known'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.CheckConstraint(condition=models.Q(('body', 'committee'), ('partner__isnull', False), _connector='OR'), name='seat_of_a_partner'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('matter__in', ['exit', 'follow_on', 'investment', 'related_party', 'write_off'])), name='session_matter_known'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('body__in', ['advisory', 'committee'])), name='session_body_known'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['meeting', 'written'])), name='session_form_known'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['called', 'open'])), fields=('project', 'body'), name='session_running_once'),
        ),
        migrations.AddField(
            model_name='advice',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='advice',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='advices', to='funds.project'),
        ),
        migrations.AddField(
            model_name='covenant',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='covenant',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='covenant',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='covenants', to='funds.project'),
        ),
        migrations.AddField(
            model_name='exitpath',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exitpath',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exit_paths', to='funds.project'),
        ),
        migrations.AddField(
            model_name='expert',
            name='advice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='experts', to='funds.advice'),
        ),
        migrations.AddField(
            model_name='expert',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='figure',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='figure',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='funds.project'),
        ),
        migrations.AddField(
            model_name='limits',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='limits',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='limits',
            name='fund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='limits', to='funds.fund'),
        ),
        migrations.AddField(
            model_name='pricechange',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pricechange',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='price_changes', to='funds.project'),
        ),
        migrations.AddField(
            model_name='pricechange',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funds.session'),
        ),
        migrations.AddField(
            model_name='profile',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='profile',
            name='project',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='profile', to='funds.project'),
        ),
        migrations.AddField(
            model_name='scoresheet',
            name='expert',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sheet', to='funds.expert'),
        ),
        migrations.AddField(
            model_name='tranche',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tranche',
            name='reached_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tranche',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tranches', to='funds.session'),
        ),
        migrations.AddConstraint(
            model_name='covenant',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['financial', 'information', 'ip_upkeep', 'key_people', 'no_disposal', 'observer'])), name='covenant_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='covenant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'observer'), _negated=True), models.Q(('observer', ''), _negated=True), _connector='OR'), name='covenant_observer_named'),
        ),
        migrations.AddConstraint(
            model_name='exitpath',
            constraint=models.CheckConstraint(condition=models.Q(('path__in', ['buy_back', 'license_out', 'listing', 'sale', 'secondary', 'securitization', 'write_off'])), name='exit_path_known'),
        ),
        migrations.AddConstraint(
            model_name='expert',
            constraint=models.UniqueConstraint(fields=('advice', 'user'), name='expert_once'),
        ),
        migrations.AddConstraint(
            model_name='figure',
            constraint=models.UniqueConstraint(fields=('project', 'name', 'quarter_ends_on'), name='figure_once'),
        ),
        migrations.AddConstraint(
            model_name='figure',
            constraint=models.CheckConstraint(condition=models.Q(('plan__gt', 0)), name='figure_plan_positive'),
        ),
        migrations.AddConstraint(
            model_name='figure',
            constraint=models.CheckConstraint(condition=models.Q(('actual', None), models.Q(('evidence_sha256', ''), _negated=True), _connector='OR'), name='figure_with_paper'),
        ),
        migrations.AddConstraint(
            model_name='limits',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None)), models.Q(('approved_at__isnull', False), models.Q(('approved_by', models.F('by')), _negated=True)), _connector='OR'), name='limits_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='pricechange',
            constraint=models.CheckConstraint(condition=models.Q(('after_fen__gt', 0)), name='price_change_positive'),
        ),
        migrations.AddConstraint(
            model_name='profile',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['', 'growth', 'mature', 'seed', 'start_up'])), name='profile_stage_known'),
        ),
        migrations.AddConstraint(
            model_name='tranche',
            constraint=models.UniqueConstraint(fields=('session', 'place'), name='tranche_place_once'),
        ),
        migrations.AddConstraint(
            model_name='tranche',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='tranche_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='tranche',
            constraint=models.CheckConstraint(condition=models.Q(('reached_at', None), models.Q(models.Q(('evidence_sha256', ''), _negated=True), models.Q(('reached_by', models.F('by')), _negated=True)), _connector='OR'), name='tranche_reached_with_paper'),
        ),
        migrations.RunPython(install, remove),
    ]
