"""Playing the scenario: one seed, one story; everything it makes goes through the services, the books and the record."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from langqiao.web.common.lake import site_lake
from langqiao.web.scenario import stories, stories_capital, stories_deals, stories_insurance, stories_securitization
from langqiao.web.scenario.cast import PARTS, cast_make
from langqiao.web.scenario.patents import patents_chosen

PATENTS = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a play made, and how to log in: every user has the one password and the one second factor."""

    seed: int
    made: Mapping[str, int]
    emails: tuple[str, ...]
    secret: str


def scenario_play(*, seed: int, password: str) -> Played:
    """Plays the scenario in a demonstration store. Refused: scenario_exists, scenario_without_patents, demo_store_refused.

    The same seed on the same lake gives the same organizations, patents and prices. Each step commits by itself, as a person's would.
    """
    keys = patents_chosen(site_lake(), seed=seed, count=PATENTS)
    cast, secret = cast_make(seed=seed, password=password)
    play = stories.Play(cast=cast, dice=random.Random(seed), keys=keys)  # noqa: S311 - a scenario, not a secret
    made = stories.listings(play)
    stories.demands(play)
    stories.interests(play, made)
    stories.windows(play)
    stories_deals.money(play)
    stories_deals.deals(play, made)
    stories_capital.fund(play)
    stories_securitization.securitization(play)
    stories_insurance.insurance(play)
    emails = tuple(company.first.user.email for company in cast.values())
    return Played(seed=seed, made={"organizations": len(PARTS), **play.made}, emails=emails, secret=secret)
