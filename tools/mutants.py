"""Mutation testing of the engine's rooms on a seeded sample, in a copy of the tree, resumable: `make mutants`.

    python tools/mutants.py [--package funds] [--sample 300] [--seed 20261124]

mutmut makes the mutants and runs the tests that reach each; this script draws the sample, runs what has no result yet, and prints the share
killed and the survivors. Results lie under var/mutants and are kept until the source or the tests change.
"""

import argparse
import hashlib
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORK = ROOT / "var" / "mutants"
CHUNK = 60
KILLED = {1, 3}
TIMED_OUT = {-24, 24, 36, 152, 255}
"""mutmut's exit codes: a test failed; the tests ran forever. Everything else, also "no test reaches it", counts as survived."""
TESTS = {
    "funds": [
        "tests/engine/test_roots.py", "tests/spec/test_funds.py", "tests/spec/test_funds_life.py", "tests/spec/test_inputs.py",
        "tests/spec/test_contract_money.py", "tests/generative/test_capital.py",
    ],
    "credit": [
        "tests/spec/test_credit.py", "tests/spec/test_structured.py", "tests/spec/test_inputs.py", "tests/spec/test_contract_money.py",
        "tests/generative/test_capital.py",
    ],
    "operations": [
        "tests/spec/test_royalties.py", "tests/spec/test_structured.py", "tests/spec/test_inputs.py", "tests/spec/test_contract_money.py",
        "tests/generative/test_capital.py",
        "tests/spec/test_operations_check.py", "tests/spec/test_operations_title.py", "tests/spec/test_deals.py", "tests/spec/test_deals_settle.py",
        "tests/spec/test_deals_auction.py", "tests/spec/test_deals_bidding.py", "tests/spec/test_deals_reasons.py",
        "tests/spec/test_deals_outcomes.py", "tests/spec/test_operations_reasons.py", "tests/generative/test_deals.py",
        "tests/generative/test_deal_run.py", "tests/generative/test_operations_invariants.py",
    ],
}  # fmt: skip
CONFIG = """
[tool.mutmut]
source_paths = ["src/langqiao/engine/{package}"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-x", "-q", "--hypothesis-seed=1"]
also_copy = ["src/langqiao", "tests", "pyproject.toml"]
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Mutation testing of the engine's rooms.")
    parser.add_argument("--package", choices=sorted(TESTS), action="append")
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261124)
    options = parser.parse_args()
    figures = {name: judge(name, options.sample, options.seed) for name in options.package or sorted(TESTS)}
    for name, (killed, total, survivors) in figures.items():
        print(f"engine/{name}: {killed} of {total} mutants killed, {killed / total:.1%}")
        for survivor in survivors:
            print(f"    survived {survivor}")
    return 0 if all(killed / total >= 0.85 for killed, total, _ in figures.values()) else 1


def judge(package: str, size: int, seed: int) -> tuple[int, int, list[str]]:
    """Killed, judged and survivors of the sample of one package."""
    place = prepared(package)
    names = sorted(results(place))
    sample = sorted(random.Random(seed).sample(names, min(size, len(names))))
    while todo := [name for name in sample if results(place)[name] is None]:
        before = len(todo)
        mutmut(place, todo[:CHUNK])
        left = sum(results(place)[name] is None for name in todo)
        print(f"engine/{package}: {len(sample) - left} of {len(sample)} judged", flush=True)
        if left == before:
            raise SystemExit(f"mutmut judged none of {todo[:3]}; see {place}/mutmut.log")
    codes = results(place)
    survivors = [name for name in sample if codes[name] not in KILLED | TIMED_OUT]
    return len(sample) - len(survivors), len(sample), survivors


def prepared(package: str) -> Path:
    """A copy of the tree with its mutants made; a copy of another source or other tests is thrown away."""
    place = WORK / package
    stamp = digest(package)
    if (place / "stamp").exists() and (place / "stamp").read_text() == stamp:
        return place
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    config = (ROOT / "pyproject.toml").read_text() + CONFIG.format(package=package, tests=json.dumps(TESTS[package]))
    (place / "pyproject.toml").write_text(config)
    (place / "README.md").write_text("a copy for mutation testing\n")
    mutmut(place, ["no.such.mutant"])
    if not results(place):
        raise SystemExit(f"mutmut made no mutants; see {place}/mutmut.log")
    (place / "stamp").write_text(stamp)
    return place


def digest(package: str) -> str:
    files = [*sorted((ROOT / "src/langqiao/engine").rglob("*.py")), *sorted((ROOT / "src/langqiao/rules").rglob("*.yaml"))]
    files += [*(ROOT / name for name in TESTS[package]), *sorted((ROOT / "tests").glob("*/[a-su-z]*.py")), Path(__file__)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def mutmut(place: Path, names: list[str]) -> None:
    with (place / "mutmut.log").open("ab") as log:
        command = [Path(sys.executable).parent / "mutmut", "run", "--max-children", "2", *names]
        subprocess.run(command, cwd=place, stdout=log, stderr=log, check=False)


def results(place: Path) -> dict[str, int | None]:
    """Exit code of the tests under each mutant, None where it was not run."""
    found: dict[str, int | None] = {}
    for meta in (place / "mutants").rglob("*.meta"):
        found |= json.loads(meta.read_text())["exit_code_by_key"]
    return found


if __name__ == "__main__":
    sys.exit(main())
