"""The addresses of royalties and inventors' income."""

from django.urls import path

from langqiao.web.royalties import pages

urlpatterns = [
    path("royalties", pages.royalties, name="royalties"),
    path("royalties/mine", pages.mine, name="my_income"),
    path("royalties/rule", pages.rule, name="inventor_rule"),
    path("royalties/<uuid:deal_id>", pages.license_page, name="royalty_license"),
    path("royalties/<uuid:deal_id>/state", pages.state, name="royalty_state"),
    path("royalties/<uuid:deal_id>/distribute", pages.distribute, name="royalty_distribute"),
    path("royalties/statements/<int:statement_id>/pay", pages.pay, name="royalty_pay"),
    path("royalties/statements/<int:statement_id>/audit", pages.audit, name="royalty_audit"),
    path("royalties/distributions/<int:distribution_id>/<slug:answer>", pages.decide, name="distribution_decide"),
    path("royalties/shares/<int:share_id>/paid", pages.paid, name="share_paid"),
]
