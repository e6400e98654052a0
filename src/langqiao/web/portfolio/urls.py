"""The addresses of portfolios."""

from django.urls import path

from langqiao.web.portfolio import pages, pages_change, pages_marked

urlpatterns = [
    path("desk", pages.desk, name="desk"),
    path("portfolios", pages.portfolios, name="portfolios"),
    path("portfolios/new", pages_change.create, name="portfolio_create"),
    path("portfolios/sample.xlsx", pages.sample, name="portfolio_sample"),
    path("portfolios/add", pages_marked.choose, name="portfolio_add"),
    path("portfolios/add/marked", pages_marked.add, name="portfolio_add_marked"),
    path("portfolios/<int:portfolio_id>/marked.<slug:form>", pages_marked.export, name="portfolio_export_marked"),
    path("views/save", pages_marked.save_view, name="view_save"),
    path("views/<int:view_id>/delete", pages_marked.delete_view, name="view_delete"),
    path("portfolios/<int:portfolio_id>", pages.portfolio, name="portfolio"),
    path("portfolios/<int:portfolio_id>/upload", pages_change.upload, name="portfolio_upload"),
    path("portfolios/<int:portfolio_id>/refresh", pages_change.refresh, name="portfolio_refresh"),
    path("portfolios/<int:portfolio_id>/delete", pages_change.delete, name="portfolio_delete"),
    path("portfolios/<int:portfolio_id>/problems/<int:upload_id>", pages.problems, name="portfolio_problems"),
    path("portfolios/<int:portfolio_id>/prune", pages.prune, name="portfolio_prune"),
    path("portfolios/<int:portfolio_id>/charts/<slug:name>.svg", pages.chart, name="portfolio_chart"),
    path("portfolios/<int:portfolio_id>/why/<slug:name>", pages.evidence, name="portfolio_evidence"),
    path("portfolios/<int:portfolio_id>/export.<slug:form>", pages.export, name="portfolio_export"),
]
