"""Where the real records of the EPO, assignment and sample tests lie; tests that read them skip when a folder is absent."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("LANGQIAO_SHARED") or ROOT.parent / "shared") / "data"
SAMPLE = Path(os.environ.get("LANGQIAO_SAMPLE") or ROOT / "var" / "sample")

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the development data folder {SHARED} is absent")
needs_sample = pytest.mark.skipif(not SAMPLE.is_dir(), reason=f"no sample in {SAMPLE}: call `langqiao sample fetch`")
