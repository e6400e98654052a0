"""What every test needs to know: which settings Django reads. Tests of the engine and of the data run without Django: `-p no:django`."""

import os
import sys

import hypothesis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("LANGQIAO_SECRET", "tests-only-" + "0" * 50)

BOOKS = (
    "test_web_ledger",
    "test_web_audit",
    "test_web_rights",
    "test_web_deals",
    "test_web_funds",
    "test_web_credit",
    "test_web_royalties",
    "test_web_insurance",
    "test_web_securitization",
    "test_web_api_client",
)
"""Files of tests about money, record and title: marked `books`, so that `make test` runs them on PostgreSQL too."""


def pytest_collection_modifyitems(items):
    """Marks the tests of the books' rooms by the names of their files."""
    for item in items:
        if item.path.name.startswith(BOOKS):
            item.add_marker("books")


if "pytest_django" in sys.modules:
    from django.conf import settings

    assert settings.DATABASES, "pytest-django sets Django up where the settings have been read"

    from tests.frozen import let_flush_pass

    let_flush_pass()

# A loaded machine is no counterexample, so there are no deadlines; CI judges a commit by the same examples each time, a developer by new ones.
hypothesis.settings.register_profile("house", deadline=None, derandomize=os.environ.get("CI") == "true")
hypothesis.settings.load_profile("house")
