"""Who plays: invented organizations of every kind with two people each, all marked as of the demonstration."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.demo import demo_store_mark
from langqiao.web.people.factors import factor_install
from langqiao.web.people.models import CheckState, Membership, Organization, OrganizationKind, Role, User

DOMAIN = "scenario.langqiao.example"
DOCUMENT = "scenario 演示场景"
MARK = "（演示）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One organization of the cast: the word the stories call it by, its name, its kind."""

    word: str
    name: str
    kind: str


PARTS = (
    Part(word="platform", name="廊桥知识产权运营平台", kind=OrganizationKind.PLATFORM),
    Part(word="center", name="渡口产业知识产权运营中心", kind=OrganizationKind.CENTER),
    Part(word="office", name="江州市知识产权局", kind=OrganizationKind.OFFICE),
    Part(word="university", name="江州理工大学", kind=OrganizationKind.UNIVERSITY),
    Part(word="institute", name="江州材料研究院", kind=OrganizationKind.UNIVERSITY),
    Part(word="maker", name="石拱精密机械有限公司", kind=OrganizationKind.ENTERPRISE),
    Part(word="chemist", name="青檐新材料股份有限公司", kind=OrganizationKind.ENTERPRISE),
    Part(word="electric", name="榫卯电气科技有限公司", kind=OrganizationKind.ENTERPRISE),
    Part(word="bank", name="江州商业银行", kind=OrganizationKind.BANK),
    Part(word="fund", name="虹跨知识产权基金管理有限公司", kind=OrganizationKind.FUND),
    Part(word="insurer", name="江州财产保险股份有限公司", kind=OrganizationKind.INSURER),
    Part(word="broker", name="引桥技术经纪有限公司", kind=OrganizationKind.BROKER),
    Part(word="appraiser", name="桥台资产评估有限公司", kind=OrganizationKind.APPRAISER),
    Part(word="lessor", name="江州融资租赁有限公司", kind=OrganizationKind.ENTERPRISE),
    Part(word="guarantor", name="江州融资担保有限公司", kind=OrganizationKind.ENTERPRISE),
    Part(word="rating", name="江州资信评级有限公司", kind=OrganizationKind.ENTERPRISE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """An organization of the cast with its two approvers: the first asks, the second approves."""

    first: Membership
    second: Membership

    @property
    def organization(self) -> Organization:
        """The organization itself."""
        return self.first.organization


Cast = Mapping[str, Company]


def cast_make(*, seed: int, password: str) -> tuple[Cast, str]:
    """(the cast, the secret of everybody's second factor). Refused (scenario_exists) where the store has one, (demo_store_refused) in a real one."""
    demo_store_mark()
    if Organization.objects.filter(check_document=DOCUMENT).exists():
        raise Refusal("scenario_exists", "This store holds a scenario already. Take another folder (LANGQIAO_VAR) for another.")
    dice = random.Random(seed)  # noqa: S311 - a scenario, not a secret
    cast: dict[str, Company] = {}
    secret = ""
    for number, part in enumerate(PARTS):
        company = _organization(part, dice, number)
        pair = []
        for place in ("a", "b"):
            user = User.objects.create_user(f"{part.word}.{place}@{DOMAIN}", None, name=f"{part.name}{place.upper()}{MARK}", is_demo=True)
            secret = factor_install(user=user, secret=secret)
            pair.append(Membership.objects.create(user=user, organization=company, role=Role.ADMIN if place == "a" else Role.APPROVER))
        cast[part.word] = Company(first=pair[0], second=pair[1])
    # One hash for all: these accounts share one password, and hashing it once is what a first start can afford.
    User.objects.filter(email__endswith=f"@{DOMAIN}").update(password=make_password(password))
    return cast, secret


def _organization(part: Part, dice: random.Random, number: int) -> Organization:
    from langqiao.engine.people.credit_code import check_character  # noqa: PLC0415

    body = f"91330{dice.randrange(100, 999)}MA{number:02d}{dice.randrange(10**5, 10**6):06d}"[:17]
    return Organization.objects.create(
        name=f"{part.name}{MARK}",
        kind=part.kind,
        is_demo=True,
        credit_code=body + check_character(body),
        check_state=CheckState.VERIFIED,
        check_document=DOCUMENT,
        checked_at=timezone.now(),
    )
