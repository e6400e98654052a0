"""A member follows a step of theirs to its proof, downloads it, and checks it with the verifier that knows nothing of the site."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.slow]
VERIFIER = Path(__file__).parents[2] / "tools" / "verify_audit.py"


def test_a_member_proves_a_step_of_theirs_without_trusting_the_site(member, tmp_path):
    member.goto("/audit")
    member.click("main .chips >> text=我的账户")
    member.wait_for_selector("main table tbody tr")
    member.click("main table tbody tr >> nth=0 >> a")
    member.wait_for_url("**/audit/*")
    if member.locator("text=立即对记录签名").count():
        member.click("text=立即对记录签名")
    member.wait_for_selector("text=下载证明")
    assert member.locator(".tag.bad").count() == 0
    key = member.locator("pre.bytes").first.inner_text().rsplit(" ", 1)[1]
    with member.expect_download() as waiting:
        member.click("text=下载证明")
    proof = tmp_path / "proof.json"
    waiting.value.save_as(proof)
    done = subprocess.run(
        [sys.executable, "-I", VERIFIER, "--proof", proof, "--key", key], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    member.goto("/audit/heads")
    assert key in member.content()
