"""The stored back-test of the grade as the data page shows it: an honest small figure beats a silent large one."""

from typing import Any

from langqiao.data.backtest import stored


def backtest_shown() -> dict[str, Any]:
    """The facts file of the back-test; `is_weak`: no test told the outcome better than chance."""
    found = stored()
    told = [row for row in found["results"] if row["predictor"] == "grade" and (row["auc"]["low"] or 0) > 0.5]
    return {**found, "is_weak": not told}
