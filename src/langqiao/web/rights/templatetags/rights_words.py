"""What templates of the operational record write: scopes, consents, states of fees and petitions."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from langqiao.web.common import terms
from langqiao.web.rights.answers import NEEDS
from langqiao.web.rights.replay import Burdened, scope_body
from langqiao.web.rights.words import SHARES_OF, scope_words

register = template.Library()

FEES: Mapping[str, tuple[Any, str]] = {
    "told_paid": (gettext_lazy("told as paid"), "good"),
    "coming": (gettext_lazy("to come"), ""),
    "due_soon": (gettext_lazy("due soon"), "attention"),
    "late": (gettext_lazy("in the surcharge period"), "bad"),
    "not_told": (gettext_lazy("payment not told"), "attention"),
}
PETITIONS: Mapping[str, str] = {"filed": "attention", "accepted": "good", "refused": "bad", "withdrawn": "", "revoked": "bad"}


@register.filter
def scope(burden: Burdened) -> str:
    """The scope of a burden; the whole right where it has no limit."""
    return scope_words(scope_body(burden.scope)) or _("the whole right")


@register.filter
def consent(who: str) -> str:
    """Whose consent is meant."""
    return str(NEEDS.get(who, who))


@register.filter
def fee_words(standing: str) -> str:
    """Where a fee stands."""
    return str(FEES[standing][0])


@register.filter
def fee_tone(standing: str) -> str:
    """How its tag looks."""
    return FEES[standing][1]


@register.filter
def petition_tone(state: str) -> str:
    """How the tag of a petition looks."""
    return PETITIONS[state]


@register.filter
def reduction(code: str) -> str:
    """The reduction of fees granted."""
    return str(SHARES_OF[code])


@register.filter
def fact_value(value: Any) -> str:
    """A fact as an option writes it."""
    return terms.word("patent_type", str(value)) if value else _("not told")
