"""The addresses of the operational record."""

from django.urls import path

from langqiao.web.rights import pages, pages_change

urlpatterns = [
    path("rights", pages.rights, name="rights"),
    path("rights/annuities", pages.annuities, name="annuities"),
    path("rights/annuities.ics", pages.annuities_ics, name="annuities_ics"),
    path("rights/annuities/order.<slug:form>", pages.annuities_order, name="annuities_order"),
    path("rights/review", pages.rights_review, name="rights_review"),
    path("rights/petitions/<uuid:petition_id>", pages.petition, name="petition"),
    path("rights/petitions/<uuid:petition_id>/decide", pages_change.petition_decision, name="petition_decide"),
    path("rights/petitions/<uuid:petition_id>/withdraw", pages_change.petition_withdrawal, name="petition_withdraw"),
    path("rights/documents/<uuid:document_id>", pages.right_document, name="right_document"),
    path("rights/of/<str:key>", pages.right_record, name="right_record"),
    path("rights/of/<str:key>/claim", pages_change.right_claim, name="right_claim"),
    path("rights/of/<str:key>/event", pages_change.right_event, name="right_event"),
    path("rights/of/<str:key>/correct", pages_change.right_correct, name="right_correct"),
    path("rights/of/<str:key>/documents", pages_change.right_document_attach, name="right_document_attach"),
]
