"""Who may open a route, in the words of the tests."""

KEY = "CN-102329749-B"
ANYBODY, MEMBERS, EDITORS = "anybody", "members of the owner", "editors of the owner"
LOGGED_IN, ANY_MEMBER, ANY_EDITOR = "whoever is logged in", "members of any organization", "editors of any organization"
