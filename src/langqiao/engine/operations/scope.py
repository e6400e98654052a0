"""The scope of a license or other encumbrance: territory × time × field, and whether two scopes meet."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where, for what and when. None means without limit (Langqiao's reading of a silent contract; Interpretation 28 for the term).

    A territory code contains those that continue it after a hyphen: CN contains CN-44. Fields are compared as written. Time is
    [start, end): the end is the first day outside.
    """

    territories: frozenset[str] | None = None
    fields: frozenset[str] | None = None
    start: dt.date | None = None
    end: dt.date | None = None

    def meets(self, other: "Scope") -> bool:
        """Whether a single act could fall into both scopes."""
        return (
            _territories_meet(self.territories, other.territories) and _fields_meet(self.fields, other.fields) and self._times_meet(other)
        )

    def within(self, parent: "Scope") -> bool:
        """Whether every act in this scope falls into the parent's (Civil Code 867 for sub-licenses)."""
        return (
            _territories_within(self.territories, parent.territories)
            and (parent.fields is None or (self.fields is not None and self.fields <= parent.fields))
            and (parent.start is None or (self.start is not None and self.start >= parent.start))
            and (parent.end is None or (self.end is not None and self.end <= parent.end))
        )

    def covers(self, day: dt.date) -> bool:
        """Whether a day lies in the scope's time."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def ended(self, day: dt.date) -> bool:
        """Whether the scope's time is over on a day."""
        return self.end is not None and self.end <= day

    def _times_meet(self, other: "Scope") -> bool:
        return _begins_before(self.start, other.end) and _begins_before(other.start, self.end)


def _begins_before(start: dt.date | None, end: dt.date | None) -> bool:
    return start is None or end is None or start < end


WHOLE = Scope()
"""No limit in territory, field or time."""


def _contains(outer: str, inner: str) -> bool:
    return inner == outer or inner.startswith(outer + "-")


def _territories_meet(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return one is None or other is None or any(_contains(a, b) or _contains(b, a) for a in one for b in other)


def _territories_within(inner: frozenset[str] | None, outer: frozenset[str] | None) -> bool:
    return outer is None or (inner is not None and all(any(_contains(o, i) for o in outer) for i in inner))


def _fields_meet(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return one is None or other is None or not one.isdisjoint(other)
