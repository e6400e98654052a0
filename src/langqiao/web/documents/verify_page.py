"""The page that verifies any PDF, for anybody: four answers for every signature, each shown, and the certificate they are trusted by."""

from cryptography.hazmat.primitives import serialization
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from langqiao.web.documents.authority import root
from langqiao.web.documents.files import sha256_of
from langqiao.web.documents.models import Document, DocumentSignature
from langqiao.web.documents.signature import SIZE_MAX, provider
from langqiao.web.documents.words import WRONG


@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: HttpRequest) -> HttpResponse:
    """A form for a file; after it, the answers. The file is read in memory and not kept."""
    context: dict[str, object] = {
        "label": provider().label(),
        "qualified": provider().qualified,
        "most_bytes": SIZE_MAX,
        "room": "documents",
    }
    status = 200
    if request.method == "POST":
        given = request.FILES.get("file")
        content = given.read(SIZE_MAX + 1) if given else b""
        from langqiao.web.documents.verifying import verify  # noqa: PLC0415 - the start of the site does not wait for it

        found = verify(content, provider().roots())
        digest = sha256_of(content)
        context |= {
            "verification": found,
            "wrong": WRONG.get(found.wrong, ""),
            "name": given.name if given else "",
            "sha256": digest,
            "size_bytes": len(content),
            "known": DocumentSignature.objects.filter(sha256=digest).exists() or Document.objects.filter(sha256=digest).exists(),
        }
        status = 200 if found.signers else 422
    return render(request, "documents/verify.html", context, status=status)


@require_safe
def root_certificate(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The certificate of the test authority, for verifying with another program."""
    answer = HttpResponse(root()[0].public_bytes(serialization.Encoding.PEM), content_type="application/x-pem-file")
    answer["Content-Disposition"] = 'attachment; filename="langqiao-test-authority.pem"'
    return answer
