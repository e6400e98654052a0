"""The addresses of a fund's money over its life."""

from django.urls import path

from langqiao.web.funds import pages_life, pages_worth

LIFE = [
    path("funds/<uuid:fund_id>/terms", pages_life.terms, name="fund_terms"),
    path("funds/terms/<uuid:version_id>/decide", pages_life.terms_decision, name="fund_terms_decide"),
    path("funds/<uuid:fund_id>/calls", pages_life.calls, name="fund_calls"),
    path("funds/<uuid:fund_id>/defaults", pages_life.default_new, name="fund_default"),
    path("funds/defaults/<uuid:default_id>/decide", pages_life.default_decision, name="fund_default_decide"),
    path("funds/<uuid:fund_id>/newcomers", pages_life.newcomer_add, name="fund_newcomer_add"),
    path("funds/newcomers/<uuid:newcomer_id>/check", pages_life.newcomer_checked, name="fund_newcomer_check"),
    path("funds/notices/<int:share_id>", pages_life.notice, name="fund_notice"),
    path("funds/partners/<uuid:partner_id>/statement", pages_life.partner_statement, name="fund_statement"),
    path("funds/<uuid:fund_id>/fees", pages_life.fees, name="fund_fees"),
    path("funds/<uuid:fund_id>/value", pages_worth.value, name="fund_worth"),
    path("funds/<uuid:fund_id>/marks", pages_worth.mark_new, name="fund_mark"),
    path("funds/marks/<uuid:mark_id>/decide", pages_worth.mark_decision, name="fund_mark_decide"),
    path("funds/<uuid:fund_id>/valuations", pages_worth.valuation_new, name="fund_valuation"),
    path("funds/valuations/<uuid:valuation_id>/decide", pages_worth.valuation_decision, name="fund_valuation_decide"),
    path("funds/valuations/<uuid:valuation_id>/bridge.svg", pages_worth.bridge_chart, name="fund_bridge"),
    path("funds/<uuid:fund_id>/series", pages_worth.series_new, name="fund_series"),
    path("funds/<uuid:fund_id>/facts", pages_worth.fact_new, name="fund_fact"),
    path("funds/facts/<uuid:fact_id>/decide", pages_worth.fact_decision, name="fund_fact_decide"),
    path("funds/<uuid:fund_id>/scorecard", pages_worth.scorecard, name="fund_scorecard"),
    path("funds/<uuid:fund_id>/reports", pages_worth.reports, name="fund_reports"),
    path("funds/<uuid:fund_id>/reports/<str:name>", pages_worth.report_file, name="fund_report_file"),
]
