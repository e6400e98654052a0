"""The addresses of a fund's council, of advisory opinions, and of what is watched after the investment."""

from django.urls import path

from langqiao.web.funds import pages_advice, pages_after, pages_council, pages_session

FUND, PROJECT, SESSION = "funds/<uuid:fund_id>", "funds/projects/<uuid:project_id>", "funds/sessions/<uuid:session_id>"
COUNCIL = [
    path(f"{FUND}/council", pages_council.council, name="fund_council"),
    path(f"{FUND}/charter", pages_council.charter, name="fund_charter"),
    path(f"{FUND}/seats", pages_council.seat_add, name="fund_seat_add"),
    path(f"{FUND}/seats/<uuid:seat_id>/end", pages_council.seat_over, name="fund_seat_end"),
    path(f"{FUND}/limits", pages_council.limits_new, name="fund_limits"),
    path(f"{FUND}/limits/<int:limits_id>/approve", pages_council.limits_yes, name="fund_limits_approve"),
    path(f"{PROJECT}/profile", pages_after.profile, name="fund_profile"),
    path(f"{PROJECT}/price", pages_after.price, name="fund_price"),
    path(f"{PROJECT}/exit", pages_after.way_out, name="fund_exit"),
    path(f"{PROJECT}/advice", pages_advice.advice_new, name="fund_advice_ask"),
    path("funds/advices/<uuid:advice_id>", pages_advice.advice, name="fund_advice"),
    path("funds/advices/<uuid:advice_id>/sheet", pages_advice.advice_sheet, name="fund_advice_sheet"),
    path(f"{PROJECT}/after", pages_after.after, name="fund_after"),
    path(f"{PROJECT}/covenants", pages_after.covenant_new, name="fund_covenant"),
    path(f"{PROJECT}/covenants/<uuid:covenant_id>", pages_after.covenant_reply, name="fund_covenant_answer"),
    path(f"{PROJECT}/figures", pages_after.figure_new, name="fund_figure"),
    path(f"{PROJECT}/figures/<int:figure_id>", pages_after.figure_actual, name="fund_figure_report"),
    path(f"{SESSION}/tranches/<uuid:tranche_id>", pages_session.session_tranche, name="fund_tranche"),
    path(f"{SESSION}/minutes/draw-up", pages_session.minutes_new, name="fund_minutes_make"),
    path(f"{SESSION}/minutes/sign", pages_session.minutes_signed, name="fund_minutes_sign"),
    path(f"{SESSION}/minutes/<str:language>.pdf", pages_session.minutes_file, name="fund_minutes_file"),
]
