"""What a leaving member's desk holds in the rooms that need no more than one statement to hand it over."""

from langqiao.web.people.models import Organization, User
from langqiao.web.work.models import ENDED, Job


def jobs_hand_over(user: User, successor: User, organization: Organization) -> int:
    """Long work that still runs is told to the successor when it ends."""
    return Job.objects.filter(by=user, organization=organization).exclude(state__in=ENDED).update(by=successor)
