"""The store that pictures and journeys of a whole town need: a lake, the played scenario, a heavy and a light portfolio, a signed-in browser a role."""

import datetime as dt
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.journeys.conftest import lake_made, surroundings

ROLES = ("university", "electric", "fund", "bank", "insurer", "broker", "office", "platform")
HEAVY_ROWS, CITATIONS_WANTED = 10_000, 300

STORE = """
import datetime as dt, django, json, sys
from collections import Counter
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from langqiao.web.common.lake import site_lake
from langqiao.web.people.models import Organization, User
from langqiao.web.people.session import FACTOR_AT_KEY
from langqiao.web.portfolio.assess import assessed
from langqiao.web.portfolio.models import Portfolio, PortfolioItem, SavedView
from langqiao.web.rights.models import HoldingOwner
day, roles, rows, wanted = dt.date.fromisoformat(sys.argv[1]), sys.argv[2].split(","), int(sys.argv[3]), int(sys.argv[4])
user = User.objects.get(email="university.a@scenario.langqiao.example")
organization = Organization.objects.get(memberships__user=user)
long = "一种基于种子生长及边界约束的弱监督图像语义分割方法、装置、设备、介质及其在桥梁结构健康监测与病害识别预警系统中的应用及优化方法"
assert len(long) >= 60
owned = sorted(HoldingOwner.objects.filter(organization=organization).values_list("holding__key", flat=True))
light = Portfolio.objects.create(organization=organization, name="演示：名下专利", by=user)
PortfolioItem.objects.bulk_create([PortfolioItem(portfolio=light, **fields) for fields in assessed(site_lake(), owned, today=day)])
heavy = Portfolio.objects.create(organization=organization, name="一万行（为图片生成）Ten thousand rows, generated for the picture", by=user)
empty = Portfolio.objects.create(organization=organization, name="Empty", by=user)
PortfolioItem.objects.bulk_create([
    PortfolioItem(portfolio=heavy, key=f"CN-{100000000 + n}-B", office="CN", title=long, title_zh=long, patent_type="invention", owner="桥头大学；江州市桥梁工程与结构安全国家重点实验室有限公司",
        status=("in_force", "grace", "lapsed", "pending")[n % 4], grade="ABCDE"[n % 5] if n % 7 else "", score=(n * 37) % 100 if n % 7 else None,
        coverage=(n % 10) / 10, filing_date=day - dt.timedelta(days=n), expiry_date=day + dt.timedelta(days=n), annuity_year=n % 20 + 1,
        annuity_due_on=day + dt.timedelta(days=n % 700), annuity_fee_fen=120000, fees_to_come_fen=5_000_000, advice=("keep", "drop", "undecided", "ended")[n % 4],
        reasons=[{"zh": "为图片生成的行", "en": "a row generated for the picture"}], value_p10_fen=n * 1000 if n % 3 else None,
        value_p50_fen=n * 5000 if n % 3 else None, value_p90_fen=n * 30000 if n % 3 else None)
    for n in range(rows)], batch_size=500)
SavedView.objects.create(organization=organization, by=user, name="年费先看", place="portfolio", portfolio=heavy, query="sort=annuity", is_shared=True)
sessions = {}
for role in roles:
    user = User.objects.get(email=f"{role}.a@scenario.langqiao.example")
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY], session[FACTOR_AT_KEY] = user.get_session_auth_hash(), timezone.now().timestamp()
    session.save()
    sessions[role] = session.session_key
cited = Counter(row["key"] for row in site_lake().rows("citations"))
most = min(cited, key=lambda key: (abs(cited[key] - wanted), key)) if cited else owned[0]
print(json.dumps({"sessions": sessions, "light": light.pk, "heavy": heavy.pk, "empty": empty.pk, "owned": owned, "cited": most, "cited_count": cited[most]}))
"""


def town(var: Path, made: Path = Path("var/lake")) -> tuple[dict[str, str], dict[str, Any]]:
    """(environment, what is where): the lake `made` by `make run`, else the shipped facts; the scenario; portfolios; a session key a role."""
    environment = {**surroundings(var), "LANGQIAO_DEMO": "1"}
    if (made / "search" / "text" / "langqiao.json").exists():
        shutil.copytree(made, var / "lake")
    else:
        lake_made(environment)
    subprocess.run([sys.executable, "-m", "langqiao.cli", "scenario"], env=environment, check=True, timeout=600, stdout=subprocess.DEVNULL)
    return environment, populated(environment)


def populated(environment: dict[str, str]) -> dict[str, Any]:
    """Portfolios and sessions in a store whose scenario was played."""
    day = dt.datetime.now(tz=dt.UTC).date().isoformat()
    command = [sys.executable, "-c", STORE, day, ",".join(ROLES), str(HEAVY_ROWS), str(CITATIONS_WANTED)]
    told = subprocess.run(command, env=environment, check=True, timeout=300, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found
