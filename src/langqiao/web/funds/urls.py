"""The addresses of the funds."""

from django.urls import path

from langqiao.web.funds import pages, pages_money, pages_project, pages_session
from langqiao.web.funds.urls_council import COUNCIL
from langqiao.web.funds.urls_life import LIFE

urlpatterns = [
    path("funds", pages.funds, name="funds"),
    path("funds/new", pages.fund_new, name="fund_new"),
    path("funds/<uuid:fund_id>", pages.fund, name="fund"),
    path("funds/<uuid:fund_id>/partners", pages.partner_add, name="fund_partner_add"),
    path("funds/<uuid:fund_id>/close", pages.fund_close, name="fund_close"),
    path("funds/<uuid:fund_id>/file", pages.fund_file, name="fund_file"),
    path("funds/<uuid:fund_id>/papers/<str:sha256>", pages.fund_paper, name="fund_paper"),
    path("funds/<uuid:fund_id>/orders", pages_money.order_new, name="fund_order"),
    path("funds/<uuid:fund_id>/pipeline", pages_project.board, name="fund_board"),
    path("funds/<uuid:fund_id>/projects/new", pages_project.project_new, name="fund_project_new"),
    path("funds/partners/<uuid:partner_id>", pages.partner, name="fund_partner"),
    path("funds/partners/<uuid:partner_id>/check", pages.partner_check, name="fund_partner_check"),
    path("funds/orders/<uuid:order_id>/decide", pages_money.order_decision, name="fund_order_decide"),
    path("funds/projects/<uuid:project_id>", pages_project.project, name="fund_project"),
    path("funds/projects/<uuid:project_id>/step", pages_project.project_step, name="fund_project_step"),
    path("funds/projects/<uuid:project_id>/papers", pages_project.project_paper, name="fund_project_paper"),
    path("funds/projects/<uuid:project_id>/checks", pages_project.project_check, name="fund_project_check"),
    path("funds/projects/<uuid:project_id>/sessions", pages_project.project_session, name="fund_session_call"),
    path("funds/sessions/<uuid:session_id>", pages_session.session, name="fund_session"),
    path("funds/sessions/<uuid:session_id>/step", pages_session.session_step, name="fund_session_step"),
    path("funds/sessions/<uuid:session_id>/declare", pages_session.session_declare, name="fund_session_declare"),
    path("funds/sessions/<uuid:session_id>/vote", pages_session.session_vote, name="fund_session_vote"),
    path("funds/sessions/<uuid:session_id>/members/<uuid:member_id>/alternate", pages_session.session_alternate, name="fund_alternate"),
    path("funds/sessions/<uuid:session_id>/conditions/<uuid:condition_id>", pages_session.session_condition, name="fund_condition"),
    path("funds/sessions/<uuid:session_id>/minutes", pages_session.session_minutes, name="fund_minutes"),
    *COUNCIL,
    *LIFE,
]
