"""The addresses of money."""

from django.urls import path

from langqiao.web.ledger import pages, pages_bank, pages_change

urlpatterns = [
    path("money", pages.money, name="money"),
    path("money/payments/new", pages_change.ask, name="payment_ask"),
    path("money/payments/<uuid:order_id>/decide", pages_change.decide, name="payment_decide"),
    path("money/bank", pages_bank.bank, name="money_bank"),
    path("money/bank/import", pages_bank.bank_import, name="money_bank_import"),
    path("money/bank/lines/<slug:line_id>/assign", pages_bank.bank_assign, name="money_bank_assign"),
    path("money/trial-balance", pages_bank.trial, name="money_trial"),
    path("money/transfers/<int:seq>", pages.transfer, name="transfer"),
    path("money/statements/<slug:form>/<path:account>", pages.statement_file, name="statement_file"),
    path("money/accounts/<path:account>", pages.account, name="money_account"),
]
