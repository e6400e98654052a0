"""What every answer passes: refusals become pages, private pages are not kept by caches."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.refusals import told

STATUS = {
    "not_found": 404,
    "not_a_patent": 404,
    "not_allowed": 403,
    "not_a_member": 403,
    "not_verified": 403,
    "second_factor_needed": 403,
    "too_many_attempts": 429,
}
"""A refusal's HTTP status by its code; every other refusal is a conflict with what is recorded: 409."""

Handler = Callable[[HttpRequest], HttpResponse]


class RefusalsAsPages:
    """Middleware: a Refusal raised by a command becomes a page with its sentence, article and code."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal; every other exception goes on to Django."""
        if not isinstance(exception, Refusal):
            return None
        return render(request, "errors/refusal.html", {"told": told(exception)}, status=STATUS.get(exception.code, 409))


def private_pages_are_not_stored(get_response: Handler) -> Handler:
    """Middleware: an answer to a logged-in user is marked so that no cache keeps it, unless the view said otherwise."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        return response

    return handle
