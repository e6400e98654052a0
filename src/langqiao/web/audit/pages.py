"""The pages of the record: the list, one record with its proof, the signed heads and how to check them."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.record.chain import is_sound
from langqiao.web.audit.heads import head_line, head_make, heads_file, heads_write_out
from langqiao.web.audit.models import Record, TreeHead
from langqiao.web.audit.proofs import inclusion_of
from langqiao.web.audit.selectors import (
    RecordsQuery,
    actors_of,
    heads_list,
    record_get,
    record_size,
    records_page,
    sees_all,
)
from langqiao.web.audit.words import room_word
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_edit

SEQ_MAX = 2**63 - 1


@require_safe
@member_page
def records(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The record as a list: what concerns the organization, or everything for the office and the platform."""
    given = {name: request.GET.get(name, "").replace("\x00", "").strip()[:160] for name in ("action", "subject", "actor")}
    before = request.GET.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    query = RecordsQuery(**given, before=start, own=request.GET.get("own") == "1")
    found = records_page(membership, query)
    names = actors_of(found.records, membership)
    context = {
        "rows": [_row(record, names) for record in found.records],
        "next_before": found.next_before,
        "query": given,
        "before": query.before,
        "own": query.own,
        "filtered": any(given.values()),
        "sees_all": sees_all(membership),
        "head": TreeHead.objects.first(),
        "room": "audit",
    }
    return render(request, "audit/records.html", context)


def _row(record: Record, names: Any) -> dict[str, Any]:
    return {
        "record": record,
        "room": room_word(record.action),
        "subject_room": room_word(record.subject),
        "actor": names.get(record.actor, ""),
        "actor_room": room_word(record.actor),
    }


@require_safe
@member_page
def record(request: HttpRequest, membership: Membership, seq: int) -> HttpResponse:
    """A record: what was written, its hash computed anew, and the way from it to a signed root."""
    found = record_get(membership, min(seq, SEQ_MAX))
    proof = inclusion_of(found)
    context = {
        **_row(found, actors_of([found], membership)),
        "payload": _lines(json.loads(found.payload)),
        "sound": is_sound(found.link()),
        "proof": proof,
        "steps": list(enumerate(proof.path, 1)) if proof else [],
        "command": f"python verify_audit.py --proof langqiao-record-{seq}.json --key {proof.head.key.public_key}" if proof else "",
        "may_sign": membership.may_edit,
        "room": "audit",
        "body": found.link().body(),
    }
    context["action_room"] = room_word(found.action)
    return render(request, "audit/record.html", context)


def _lines(payload: Any) -> list[tuple[str, str, Any]]:
    """The payload's entries for the eye: key, how to show it, value; what is nested stays JSON."""
    return [(str(key), *_shown(str(key), value)) for key, value in (payload.items() if isinstance(payload, dict) else [("", payload)])]


def _shown(key: str, value: Any) -> tuple[str, Any]:
    if key.endswith("_fen") and type(value) is int:
        return "money", value
    if isinstance(value, str):
        return "mark" if value.startswith("mark:") else "text", value
    return "text", json.dumps(value, ensure_ascii=False)


@require_safe
@member_page
def proof(request: HttpRequest, membership: Membership, seq: int) -> HttpResponse:  # noqa: ARG001
    """The proof as a file. Refused (no_head_yet) where no signed head covers the record."""
    made = inclusion_of(record_get(membership, min(seq, SEQ_MAX)))
    if made is None:
        raise Refusal("no_head_yet", _("No signed head covers record %(seq)s yet.") % {"seq": seq}, facts={"seq": seq})
    headers = {"Content-Disposition": f'attachment; filename="langqiao-record-{seq}.json"'}
    return HttpResponse(made.text() + "\n", content_type="application/json", headers=headers)


@require_safe
def heads(request: HttpRequest) -> HttpResponse:
    """The signed heads, open to everybody: whoever keeps one can tell later whether the record was cut or rewritten."""
    found = heads_list()
    context = {
        "heads": found,
        "size": record_size(),
        "command": f"python verify_audit.py FOLDER langqiao-heads.jsonl --key {found[0].key.public_key}" if found else "",
        "member": request.user.is_authenticated,
        "room": "audit",
    }
    return render(request, "audit/heads.html", context)


@require_safe
def heads_download(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """All heads as lines of JSON."""
    text = "".join(f"{head_line(head)}\n" for head in TreeHead.objects.order_by("size"))
    return HttpResponse(
        text, content_type="application/jsonl", headers={"Content-Disposition": 'attachment; filename="langqiao-heads.jsonl"'}
    )


@require_POST
@member_page
def sign(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Signs the record as it stands now. Refused (not_allowed) for who may only read."""
    must_edit(membership)
    made = head_make()
    heads_write_out(heads_file())
    if made is None:
        messages.info(request, _("Nothing is recorded yet."))
    else:
        messages.success(request, _("The record is signed at %(size)s entries.") % {"size": made.size})
    seq = request.POST.get("seq", "")
    return redirect("audit_record", seq=int(seq)) if seq.isascii() and seq.isdigit() and len(seq) < 19 else redirect("audit_heads")
