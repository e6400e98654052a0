"""Who may open a route, in the words of the tests. Approving routes need a fresh second factor too; the test opens them with and without."""

from dataclasses import dataclass

KEY = "CN-102329749-B"
ANYBODY, MEMBERS, EDITORS = "anybody", "members of the owner", "editors of the owner"
LOGGED_IN, ANY_MEMBER, ANY_EDITOR = "whoever is logged in", "members of any organization", "editors of any organization"
APPROVERS, ADMINS = "approvers of the owner, with a second factor", "administrators of the owner, with a second factor"
ANY_APPROVER, ANY_ADMIN = "approvers of any organization, with a second factor", "administrators of any organization, with a second factor"
OFFICE, PLATFORM = "members of a verified office or operation center", "members of the platform"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of a room's own: the visitors to whom the route opens, and those from whom it is hidden; the others are refused, or asked to log in."""

    opens: frozenset[str]
    hides: frozenset[str] = frozenset()
    asks: bool = False
