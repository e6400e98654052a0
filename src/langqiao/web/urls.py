"""The addresses of the site: each room brings its own."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from langqiao.web.common.pages import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health, name="health"),
    path("language", set_language, name="set_language"),
    path("", include("langqiao.web.people.urls")),
    path("", include("langqiao.web.patents.urls")),
    path("", include("langqiao.web.work.urls")),
    path("", include("langqiao.web.appraisals.urls")),
    path("", include("langqiao.web.portfolio.urls")),
    path("", include("langqiao.web.audit.urls")),
    path("", include("langqiao.web.ledger.urls")),
    path("", include("langqiao.web.rights.urls")),
    path("", include("langqiao.web.market.urls")),
    path("", include("langqiao.web.deals.urls")),
    path("", include("langqiao.web.royalties.urls")),
    path("", include("langqiao.web.documents.urls")),
    path("", include("langqiao.web.notices.urls")),
    path("", include("langqiao.web.funds.urls")),
    path("", include("langqiao.web.credit.urls")),
    path("", include("langqiao.web.securitization.urls")),
    path("", include("langqiao.web.insurance.urls")),
    path("", include("langqiao.web.matching.urls")),
    path("", include("langqiao.web.calc.urls")),
    path("", include("langqiao.web.api.urls")),
]
