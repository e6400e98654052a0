"""What capital does: a fund with partners and a committee, one project paid after its resolution, one refused for want of a quorum, others on the way."""

import uuid
from typing import Any

from django.utils import timezone

from langqiao.web.funds import money, services, services_project, services_session
from langqiao.web.funds.charter import CHARTER, TERMS
from langqiao.web.funds.diligence import check_answer, open_checks
from langqiao.web.funds.models import Fund, Project, Session
from langqiao.web.funds.services_council import seat_fill
from langqiao.web.people.models import Membership
from langqiao.web.scenario.cast import Company
from langqiao.web.scenario.stories import Play, named

SEATS = (("university", "expert"), ("institute", "expert"), ("center", "expert"), ("appraiser", "expert"), ("bank", "expert"))
SHA = "a" * 64
"""Papers of the scenario are invented: this stands for the hash of each."""
WAN = 1_000_000
"""Ten thousand yuan in fen."""


def fund(play: Play) -> None:
    """The fund, its partners, its committee and its pipeline."""
    manager = play.cast["fund"]
    made = _set_up(manager)
    for word, constituency in SEATS:
        email = play.cast[word].second.user.email
        seat_fill(
            fund_id=made.pk, membership=manager.second, by=manager.second.user, body="committee", email=email, facts={"constituency": constituency}
        )  # fmt: skip
    services.fund_close(fund_id=made.pk, membership=manager.second, by=manager.second.user)
    play.count("funds")
    _pay_in(play, made, manager)
    amounts = (800 * WAN, 600 * WAN, 500 * WAN, 300 * WAN)
    projects = [_project(play, made, manager, amount_fen=amount, number=n) for n, amount in enumerate(amounts, 1)]
    for project in projects[:2]:
        _to_committee(project, manager)
    _session(play, projects[0], manager, voters=len(SEATS))
    _session(play, projects[1], manager, voters=3)
    _step(projects[2], "propose", manager.first)
    _invest(made, projects[0], manager)


def _set_up(manager: Company) -> Fund:
    by: dict[str, Any] = {"membership": manager.first, "by": manager.first.user}
    made = services.fund_create(
        **by, name="虹跨专利运营基金一期（演示）", target_fen=40_000 * WAN, years=(5, 2), bodies={"charter": CHARTER, "terms": TERMS}
    )
    facts = {"identity_sha256": SHA, "disclosure_sha256": SHA, "basis": "institution", "funds_source": "自有资金 own funds"}
    partners = (("虹跨管理（普通合伙人，演示）", 400, True), ("江州引导基金（演示）", 12_000, False), ("青檐控股（演示）", 8_000, False))
    for name, commitment, is_general in partners:
        partner = services.partner_add(
            fund_id=made.pk, **by, name=name, commitment_fen=commitment * WAN, is_general=is_general, facts=facts
        )
        services.partner_check(partner_id=partner.pk, membership=manager.second, by=manager.second.user)
    return made


def _order(made: Fund, manager: Company, kind: str, amount_fen: int, **more: Any) -> Any:
    """Asked by one, approved by another."""
    asked = money.Asked(kind=kind, amount_fen=amount_fen, on=timezone.localdate(), key=uuid.uuid4().hex, **more)
    order = money.order_ask(fund_id=made.pk, membership=manager.first, by=manager.first.user, asked=asked)
    return money.order_decide(order_id=order.pk, membership=manager.second, by=manager.second.user, approve=True)


def _pay_in(play: Play, made: Fund, manager: Company) -> None:
    call = _order(made, manager, "call", 2_000 * WAN, due_on=play.day(20))
    for share in call.shares.all():
        if share.amount_fen:
            _order(made, manager, "receipt", share.amount_fen, partner=share.partner_id)
            play.count("fund receipts")


def _project(play: Play, made: Fund, manager: Company, *, amount_fen: int, number: int) -> Project:
    one = named(play.keys.pop())
    play.count("fund projects")
    return services_project.project_create(
        fund_id=made.pk,
        membership=manager.first,
        by=manager.first.user,
        title=f"{(one.title_zh or one.title_en)[:40]} 产业化（演示）",
        target_name=f"标的公司{number}（演示）",
        amount_fen=amount_fen,
        patents=[one],
    )


def _paper(project: Project, who: Membership, *codes: str) -> None:
    for code in codes:
        services_project.paper_add(
            project_id=project.pk, membership=who, by=who.user, code=code, title="演示文件 scenario paper", sha256=SHA
        )


def _step(project: Project, event: str, who: Membership) -> None:
    if event == "propose":
        _paper(project, who, "business_plan")
    services_project.project_advance(project_id=project.pk, event=event, membership=who, by=who.user)


def _to_committee(project: Project, manager: Company) -> None:
    first, second = manager.first, manager.second
    _step(project, "propose", first)
    _paper(project, first, "project_minutes")
    _step(project, "approve", second)
    for key, code in open_checks(project):
        reason = "演示场景：未取得该项证据，由审批人说明理由后豁免 scenario: waived with a reason"
        check_answer(project_id=project.pk, membership=second, by=second.user, key=key, code=code, status="waived", reason=reason)
    _paper(project, first, "legal_report", "technical_report", "financial_report")
    _step(project, "complete", first)
    _paper(project, first, "compliance_opinion")
    _step(project, "clear", second)
    project.refresh_from_db()


def _session(play: Play, project: Project, manager: Company, *, voters: int) -> Session:
    """A session in which the first so many members declare, vote for, and the chair closes: too few make no quorum."""
    second = manager.second
    session = services_session.session_call(
        project_id=project.pk, membership=manager.first, by=manager.first.user, matter="investment", amount_fen=project.amount_fen,
        deadline_on=play.day(7 if voters == len(SEATS) else 0), conditions=(),
    )  # fmt: skip
    members = [play.cast[word].second for word, _constituency in SEATS]
    for member in members:
        services_session.conflict_declare(session_id=session.pk, membership=member, by=member.user, text="")
    services_session.session_advance(session_id=session.pk, event="open", membership=second, by=second.user)
    for member in members[:voters]:
        services_session.vote_cast(session_id=session.pk, membership=member, by=member.user, vote="for", reason="演示 scenario")
    play.count("committee sessions")
    return services_session.session_advance(session_id=session.pk, event="close", membership=second, by=second.user)


def _invest(made: Fund, project: Project, manager: Company) -> None:
    _paper(project, manager.second, "agreement_fund")
    _paper(project, manager.first, "agreement_target")
    _order(made, manager, "disbursement", project.amount_fen, project=project.pk)
