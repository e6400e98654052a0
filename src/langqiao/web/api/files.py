"""Files in JSON: as base64 in a request or an answer, with name, size and hash."""

import base64
import binascii
import hashlib

from django.core.files.uploadedfile import SimpleUploadedFile
from pydantic import Field

from langqiao.web.api.endpoint import Given, Told
from langqiao.web.api.problems import ApiError

FILE_BODY_BYTES_MAX = 30_000_000
"""A request with a file: base64 takes a third more, so a file has about 22 MB."""


class FileGiven(Given):
    """A file: its name and its bytes as base64."""

    name: str = Field(min_length=1, max_length=180)
    content_base64: str = Field(min_length=4)


class FileTold(Told):
    """A file with its bytes as base64."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str
    content_base64: str


def uploaded(given: FileGiven, field: str = "file") -> SimpleUploadedFile:
    """The file as a form would bring it. Raises ApiError (422) for what is no base64."""
    try:
        return SimpleUploadedFile(given.name, base64.b64decode(given.content_base64, validate=True))
    except (binascii.Error, ValueError) as error:
        raise ApiError(422, "bad_input", "not base64", field=f"{field}.content_base64") from error


def file_told(content: bytes, *, name: str, media_type: str) -> FileTold:
    """Bytes as an answer holds them."""
    return FileTold(
        name=name,
        media_type=media_type,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content_base64=base64.b64encode(content).decode(),
    )
