"""Runs every benchmark of this folder (or those named) and prints one table; exit status 0 when all ran, whatever the figures."""

import importlib
import json
import os
import pkgutil
import sys
import traceback
from pathlib import Path

import bench
from bench.report import Measurement

SKIP = {"report", "__main__"}


def main(arguments: list[str]) -> int:
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    names = [m.name for m in pkgutil.iter_modules(bench.__path__) if m.name not in SKIP]
    chosen = [name for name in names if not arguments or name in arguments]
    failed = 0
    rows: list[dict[str, object]] = []
    for name in chosen:
        print(f"\n== {name}", flush=True)
        try:
            for found in importlib.import_module(f"bench.{name}").measure():
                print(line(found), flush=True)
                rows.append({"bench": name, **{slot: getattr(found, slot) for slot in Measurement.__slots__}})
        except Exception:  # noqa: BLE001 - one broken benchmark must not hide the others
            traceback.print_exc()
            failed += 1
    Path("var").mkdir(exist_ok=True)
    Path("var/bench.json").write_text(json.dumps(rows, indent=1, default=str), encoding="utf-8")
    return 1 if failed else 0


def line(found: Measurement) -> str:
    text = f"{found.name:<58} {found.ours:>14,.4g} {found.unit}"
    if found.peer is not None:
        text += f" | {found.peer_name} {found.peer:,.4g} | ×{found.ratio:.2f}"
    if found.target:
        text += f" | target {found.target} {'met' if found.met else 'NOT MET'}"
    return text + (f" | {found.note}" if found.note else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
