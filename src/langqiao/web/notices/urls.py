"""The addresses of being told."""

from django.urls import path

from langqiao.web.notices import pages

urlpatterns = [
    path("notices", pages.notices, name="notices"),
    path("notices/read", pages.read, name="notices_read"),
    path("notices/settings", pages.settings, name="notice_settings"),
    path("notices/mail", pages.wish, name="mail_wish"),
    path("notices/webhooks", pages.webhook_new, name="webhook_new"),
    path("notices/webhooks/<uuid:webhook_id>/end", pages.webhook_end, name="webhook_end"),
    path("notices/deliveries/<uuid:delivery_id>/again", pages.delivery_again, name="delivery_again"),
    path("notices/watches", pages.watch_new, name="watch_new"),
    path("notices/watches/<int:watch_id>/end", pages.watch_end, name="watch_end"),
    path("notices/feeds/<int:view_id>", pages.feed_new, name="feed_new"),
    path("feeds/<str:token>", pages.feed, name="feed"),
]
