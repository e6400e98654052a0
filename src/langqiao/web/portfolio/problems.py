"""The problems of an upload: by code with the number of rows, and row by row."""

from typing import Any

from django.db.models import Count
from django.http import QueryDict

from langqiao.web.portfolio.models import RowProblem, Upload

PAGE_SIZE = 50


def problems_page(upload: Upload, given: QueryDict) -> dict[str, Any]:
    """What the page of an upload's problems shows: fifty rows, narrowed by code."""
    code, page = given.get("code", ""), given.get("page", "1")
    every = RowProblem.objects.filter(upload=upload)
    found = every.filter(code=code) if code else every
    total = found.count()
    page_count = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, int(page)), page_count) if page.isascii() and page.isdigit() else 1
    return {
        "code": code,
        "counts": list(every.values("code", "severity").annotate(n=Count("id")).order_by("-n", "code")),
        "problems": list(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]),
        "total": total,
        "page": number,
        "page_count": page_count,
    }
