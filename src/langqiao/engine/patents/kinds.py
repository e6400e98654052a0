"""The kinds of Chinese patent, the statuses a check knows, and what the calculation door accepts as office."""

from typing import Literal

PatentType = Literal["invention", "utility_model", "design"]
"""发明, 实用新型, 外观设计 (Patent Law 2)."""

Office = Literal["CN"]
"""The office whose law the calculations on rights compute; other offices are answered by the replay of a right, never by Chinese rules."""
DoorStatus = Literal["pending", "in_force", "grace", "lapsed", "expired", "abandoned", "invalidated"]
"""The status of a right as a check reads it; `grace`: an annuity is unpaid."""
DEAD: frozenset[str] = frozenset({"lapsed", "expired", "abandoned", "invalidated"})
