"""Every route of the site by room: who may open it (`ROUTES`) and the records the test opens it with (`owned`)."""

from importlib import import_module
from pathlib import Path

ROOMS = [
    import_module(f"tests.web.routes.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("*.py"))
    if path.stem not in {"__init__", "who"}
]
ROUTES = {name: rule for room in ROOMS for name, rule in room.ROUTES.items()}


def owned_by(people):
    """What each room made for the first organization, by the word its routes use for it."""
    return {word: key for room in ROOMS if hasattr(room, "owned") for word, key in room.owned(people).items()}
