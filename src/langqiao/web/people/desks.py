"""What a leaving member's desk holds in the rooms that need no more than a statement: what is handed over, and what ends with the membership."""

from langqiao.web.notices.models import Delivery, Feed, MailWish
from langqiao.web.people.models import Organization, User
from langqiao.web.portfolio.models import SavedView
from langqiao.web.work.models import ENDED, Job


def jobs_hand_over(user: User, successor: User, organization: Organization) -> int:
    """Long work that still runs is told to the successor when it ends."""
    return Job.objects.filter(by=user, organization=organization).exclude(state__in=ENDED).update(by=successor)


def views_hand_over(user: User, successor: User, organization: Organization) -> int:
    """Saved views; one whose name the successor uses already is told apart by the person it came from."""
    taken: set[tuple[int | None, str]] = set(
        SavedView.objects.filter(by=successor, organization=organization).values_list("portfolio_id", "name")
    )
    views = list(SavedView.objects.select_for_update().filter(by=user, organization=organization).order_by("pk"))
    for view in views:
        name, count = view.name, 1
        while (view.portfolio_id, name) in taken:
            count += 1
            mark = f" ({user.pk}-{count})"
            name = view.name[: 80 - len(mark)] + mark
        taken.add((view.portfolio_id, name))
        view.name, view.by = name, successor
        view.save(update_fields=["name", "by"])
    return len(views)


def letters_end(user: User, organization: Organization) -> int:
    """No more of the organization's notices by mail, also none that waits to be sent."""
    MailWish.objects.filter(user=user, organization=organization).delete()
    return Delivery.objects.filter(user=user, notice__organization=organization, state="waiting").delete()[0]


def feeds_end(user: User, organization: Organization) -> int:
    """The secret addresses of feeds of the member's saved searches; the successor makes new ones."""
    return Feed.objects.filter(view__by=user, view__organization=organization).delete()[0]
