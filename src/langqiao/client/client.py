"""Requests to the API of a Langqiao site: token, key of each attempt, pages of lists, problems as exceptions, waiting where the site asks for it."""

import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

Answer = dict[str, Any]
WAITS_MAX = 3
WAIT_S_MAX = 60


class ApiProblemError(Exception):
    """What the site answered instead: `status`, `refusal` (a rule forbids it) or `error` (the request cannot be read), and the whole problem."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('refusal') or problem.get('error') or ''}: {problem.get('message', '')}")
        self.status = status
        self.problem = dict(problem)
        self.refusal = str(problem.get("refusal", ""))
        self.error = str(problem.get("error", ""))


class Client:
    """A member's program. `address` is the site's, as https://langqiao.example; `language` that of sentences: zh-Hans or en.

    A POST names its attempt by `key`; without one the client makes it. After a broken connection, call again with the same key: the
    site acts once. `last_key` holds the key of the last POST.
    """

    def __init__(self, address: str, token: str, *, language: str = "en", timeout_s: float = 30.0) -> None:
        self.address = address.rstrip("/")
        if urllib.parse.urlsplit(self.address).scheme not in {"http", "https"}:
            raise ValueError(f"{address[:80]!r} is no address of a site")
        self.language = language
        self.timeout_s = timeout_s
        self.last_key = ""
        self._token = token
        self._opener = urllib.request.build_opener(_NoRedirect(), urllib.request.HTTPSHandler(context=ssl.create_default_context()))

    def get(self, path: str, **query: Any) -> Answer:
        """The answer to a GET of a path such as /deals; `query` may hold texts, numbers, flags and lists. Raises ApiProblemError, OSError."""
        given = {name: _written(value) for name, value in query.items() if value is not None}
        return self._asked("GET", f"{_path(path)}?{urllib.parse.urlencode(given, doseq=True)}" if given else _path(path))

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, key: str = "") -> Answer:
        """The answer to a POST, made once by its key. Raises ApiProblemError, OSError."""
        self.last_key = key or str(uuid.uuid4())
        return self._asked("POST", _path(path), body=json.dumps(body or {}).encode(), key=self.last_key)

    def items(self, path: str, **query: Any) -> Iterator[Answer]:
        """Every item of a list, page by page."""
        cursor: str | None = None
        while True:
            page = self.get(path, **query, cursor=cursor)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def second_factor(self, code: str) -> Answer:
        """Gives a code of the authenticator: opens steps of money and title to this token for a few minutes."""
        return self.post("/second-factor", {"code": code})

    def _asked(self, method: str, path: str, *, body: bytes | None = None, key: str = "") -> Answer:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json", "Accept-Language": self.language}
        headers |= {"Content-Type": "application/json", "Idempotency-Key": key} if body is not None else {}
        for attempt in range(WAITS_MAX + 1):
            request = urllib.request.Request(self.address + path, data=body, headers=headers, method=method)  # noqa: S310 - http(s) only
            try:
                with self._opener.open(request, timeout=self.timeout_s) as answer:
                    told: Answer = json.loads(answer.read())
                    return told
            except urllib.error.HTTPError as error:
                with error:
                    wait = error.headers.get("Retry-After", "")
                    if error.code == 429 and wait.isdigit() and int(wait) <= WAIT_S_MAX and attempt < WAITS_MAX:
                        time.sleep(int(wait))
                        continue
                    raise ApiProblemError(error.code, _problem(error.read())) from error
        raise AssertionError("every attempt returns, raises or waits")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The API redirects nowhere; a redirect would carry the token to another host."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """None: the answer itself is the problem."""


def _path(path: str) -> str:
    return "/api/v1" + urllib.parse.quote(path if path.startswith("/") else f"/{path}", safe="/:@!$&'()*+,;=-._~")


def _written(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return [str(one) for one in value] if isinstance(value, list | tuple) else str(value)


def _problem(body: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {"message": body[:200].decode(errors="replace")}
