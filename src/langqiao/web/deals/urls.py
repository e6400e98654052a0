"""The addresses of deals."""

from django.urls import path

from langqiao.web.deals import pages, pages_change, pages_consents, pages_room

urlpatterns = [
    path("deals", pages.deals, name="deals"),
    path("deals/new", pages_change.deal_new, name="deal_new"),
    path("deals/auctions", pages.public, {"kind": "auction"}, name="auctions"),
    path("deals/open-licenses", pages.public, {"kind": "open_license"}, name="open_licenses"),
    path("deals/consents", pages_consents.consents, name="deal_consents"),
    path("deals/consents/<int:consent_id>", pages_consents.consent, name="deal_consent"),
    path("deals/consents/<int:consent_id>/answer", pages_consents.answer, name="deal_consent_answer"),
    path("deals/<uuid:deal_id>", pages.deal, name="deal"),
    path("deals/<uuid:deal_id>/steps/<slug:event>", pages_change.step, name="deal_step"),
    path("deals/<uuid:deal_id>/requests/<slug:event>", pages_change.request_step, name="deal_request"),
    path("deals/<uuid:deal_id>/decline/<int:request_id>", pages_change.decline, name="deal_decline"),
    path("deals/<uuid:deal_id>/terms", pages_change.terms, name="deal_terms"),
    path("deals/<uuid:deal_id>/take", pages_change.take, name="deal_take"),
    path("deals/<uuid:deal_id>/contract", pages_room.contract, name="deal_contract"),
    path("deals/<uuid:deal_id>/after/<slug:what>", pages_room.after, name="deal_after"),
    path("deals/<uuid:deal_id>/room/<slug:what>", pages_room.write, name="deal_room"),
    path("deals/<uuid:deal_id>/diligence", pages_room.diligence, name="deal_diligence"),
    path("deals/<uuid:deal_id>/files/<int:file_id>", pages_room.file, name="deal_file"),
]
