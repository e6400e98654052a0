"""The Django name of this room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, organizations, memberships, and who may see what."""

    name = "langqiao.web.people"
    label = "people"
