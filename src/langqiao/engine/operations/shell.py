"""The steps that every deal with money shares: lead → nda → offer → accepted → escrowed → performed → settled → closed, failed or refunded."""

from langqiao.engine.kernel.workflow import Step, Workflow

PARTIES = frozenset({"buyer", "seller"})
PLATFORM = frozenset({"platform"})
SYSTEM = frozenset({"system"})
ENDS = frozenset({"closed", "failed", "refunded"})

DEAD_OR_FOREIGN = ("office_not_covered", "right_not_in_force", "operation_outside_term")
RIGHT = (
    *DEAD_OR_FOREIGN, "not_registered_owner", "annuity_unpaid", "suspended", "open_license_in_force",
    "overlaps_exclusive_license", "overlaps_sole_license", "overlaps_existing_license", "license_outlives_patent",
)  # fmt: skip
"""What must hold from the offer on; a right does not heal by waiting for a consent."""
CONSENTS = ("co_owner_consent_missing", "pledgee_consent_missing")
PAPER = ("written_contract_missing", "signature_missing")
MONEY = ("pledge_proceeds_not_escrowed", "deductions_above_price")


def step(source: str, event: str, target: str, by: frozenset[str] | str, *unless: str) -> Step:
    """One line of a table."""
    return Step(source=source, event=event, target=target, by=frozenset({by}) if isinstance(by, str) else by, unless=unless)


def deal_workflow(
    name: str, *, terms: tuple[str, ...], before_payment: tuple[str, ...], before_title: tuple[str, ...],
    before_release: tuple[str, ...] = (), recordal: tuple[str, ...] | None = None,
) -> Workflow:  # fmt: skip
    """The shell with an operation's own gates: on its terms, before money is held, before title or use passes, before money is released.

    `recordal`: the gates of a later recordal (licenses); None: the performance itself is the registration.
    """
    gate = (*RIGHT, *CONSENTS, *PAPER, *before_payment)
    steps = [
        step("lead", "sign_nda", "nda", PARTIES, "nda_missing"),
        step("nda", "make_offer", "offer", PARTIES, *terms, *RIGHT),
        step("offer", "make_offer", "offer", PARTIES, *terms, *RIGHT),
        step("offer", "accept", "accepted", PARTIES, "offer_is_your_own", "offer_expired", "right_reserved", *terms, *RIGHT),
        step("accepted", "fund", "escrowed", "buyer", "four_eyes_missing", *terms, *gate, *MONEY, "escrow_payment_missing"),
        step("escrowed", "perform", "performed", PLATFORM, "four_eyes_missing", "hold_expired", *terms, *gate, *before_title),
        step("escrowed", "refund", "refunded", PLATFORM, "four_eyes_missing"),
        step("escrowed", "expire", "refunded", SYSTEM, "period_not_over"),
        step("performed", "settle", "settled", PLATFORM, "four_eyes_missing", *MONEY, *before_release),
        step("settled", "close", "closed", PLATFORM),
    ]
    steps += [step(state, "fail", "failed", PARTIES | PLATFORM) for state in ("lead", "nda", "offer", "accepted")]
    if recordal is not None:
        steps += [step(state, "record", state, PARTIES, "recordal_receipt_missing", *recordal) for state in ("performed", "settled")]
    return Workflow(name=name, start="lead", ends=ENDS, steps=tuple(steps))
