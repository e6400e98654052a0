"""The addresses of the market."""

from django.urls import path

from langqiao.web.market import pages, pages_change, pages_interest

urlpatterns = [
    path("market", pages.market, name="market"),
    path("market/demands", pages.market, {"what": "demands"}, name="market_demands"),
    path("market/windows", pages.market, {"what": "windows"}, name="market_windows"),
    path("market/mine", pages.mine, name="market_mine"),
    path("market/listings/new", pages_change.listing_new, name="listing_new"),
    path("market/listings/<uuid:listing_id>", pages.listing, name="listing"),
    path("market/listings/<uuid:listing_id>/edit", pages_change.listing_edit, name="listing_edit"),
    path("market/listings/<uuid:listing_id>/step", pages_change.listing_step, name="listing_step"),
    path("market/listings/<uuid:listing_id>/deal", pages_change.listing_deal, name="listing_deal"),
    path("market/listings/<uuid:listing_id>/confidence", pages_change.listing_confidence, name="listing_confidence"),
    path("market/listings/<uuid:listing_id>/interest", pages_interest.interest, name="listing_interest"),
    path("market/interests/<uuid:interest_id>/answer", pages_interest.answer, name="interest_answer"),
    path("market/demands/new", pages_change.demand_form, name="demand_new"),
    path("market/demands/<uuid:demand_id>", pages.demand, name="demand"),
    path("market/demands/<uuid:demand_id>/edit", pages_change.demand_form, name="demand_edit"),
    path("market/demands/<uuid:demand_id>/step", pages_change.demand_step, name="demand_step"),
    path("market/demands/<uuid:demand_id>/propose", pages_interest.propose, name="demand_propose"),
    path("market/windows/new", pages_change.window_new, name="window_new"),
    path("market/windows/<uuid:window_id>", pages.window, name="window"),
    path("market/windows/<uuid:window_id>/step", pages_change.window_step, name="window_step"),
    path("market/windows/<uuid:window_id>/offers", pages_interest.offer, name="window_offer"),
    path("market/windows/<uuid:window_id>/offers/<uuid:offer_id>/withdraw", pages_interest.offer_back, name="offer_withdraw"),
    path("market/windows/<uuid:window_id>/offers/<uuid:offer_id>/decide", pages_interest.offer_decision, name="offer_decide"),
]
