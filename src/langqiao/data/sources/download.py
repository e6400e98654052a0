"""Downloads one exact version of a package with pip, from the index the user has configured, and compares its hash before anything opens it."""

import hashlib
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from langqiao.data.sources.packages import Package

TIMEOUT_SECONDS = 600
BLOCK_BYTES = 1024 * 1024
_UNREACHABLE = re.compile(
    r"NewConnectionError|Connection refused|Failed to establish|Name or service not known|timed out|ProxyError|SSLError"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """The outcome for one package: the file, or why it is absent as a sentence."""

    package: Package
    path: Path | None
    reason: str = ""


def download(package: Package, folder: Path) -> Downloaded:
    """The package's file in `folder`, downloaded unless it is there already; a file with another hash is deleted unopened."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / package.file
    if not path.exists() and (reason := _pip(package, folder)):
        return Downloaded(package=package, path=None, reason=reason)
    if not path.exists():
        return Downloaded(
            package=package, path=None, reason=f"the index gave {package.requirement} under another file name than {package.file}"
        )
    found = sha256(path)
    if found != package.sha256:
        path.unlink()
        reason = f"{package.file} has SHA-256 {found}, {package.sha256} was expected: not opened, deleted"
        return Downloaded(package=package, path=None, reason=reason)
    return Downloaded(package=package, path=path)


def sha256(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _pip(package: Package, folder: Path) -> str:
    """Calls pip; "" when it went well, else what it said last."""
    form = "--only-binary=:all:" if package.is_wheel else "--no-binary=:all:"
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps", form, "--dest", str(folder)]
    try:
        done = subprocess.run([*command, package.requirement], capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"pip did not finish within {TIMEOUT_SECONDS} seconds"
    except OSError as error:
        return f"pip could not be started: {error}"
    if done.returncode == 0:
        return ""
    return f"pip could not get {package.requirement}: {_reason(done.stderr)}"


def _reason(said: str) -> str:
    """What pip said last; an index that cannot be reached is named so, since pip then only speaks of a missing version."""
    if _UNREACHABLE.search(said):
        return "the package index could not be reached"
    if "(from versions: none)" in said:
        return "the package index gave no version of it: it cannot be reached, or does not hold the package"
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith(("WARNING", "[notice]"))]
    return lines[-1] if lines else "no reason given"
