"""What every test needs to know: which settings Django reads. Tests of the engine and of the data run without Django: `-p no:django`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("LANGQIAO_SECRET", "tests-only-" + "0" * 50)
