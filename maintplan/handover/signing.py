"""SSH signatures by `ssh-keygen -Y`: everybody who uses Git has a key, and no service is needed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from maintplan.errors import InputError, SaveError, Where

NAMESPACE = "handover@maintplan"
"""What a signature is for; one made for a commit or a mail does not count here."""
_SECONDS = 60
_KEY = re.compile(r"with (?P<kind>[\w@.-]+) key (?P<print>[A-Z0-9]+:[A-Za-z0-9+/=:]+)")


@dataclass(frozen=True)
class Signature:
    """What a signature says.

    Attributes
    ----------
    fits
        Whether it was made over this very text.
    signer
        By whom, where the list of signers knows the key.
    key
        The key's kind and fingerprint.
    """

    fits: bool
    signer: str = ""
    key: str = ""


def sign(data: bytes, key: Path) -> bytes:
    """Return a signature over data.

    Parameters
    ----------
    data
        What is signed.
    key
        A private key, or a public one whose private half an agent holds.

    Raises
    ------
    InputError
        When there is no such key, or it can't sign.
    """
    if not key.is_file():
        raise InputError("there is no such key", Where(str(key), path="--sign"), "name a private SSH key")
    done = _run(["sign", "-f", str(key), "-n", NAMESPACE], data)
    if done.returncode or not done.stdout.startswith(b"-----BEGIN SSH SIGNATURE-----"):
        said = _said(done) or "ssh-keygen refused it"
        mend = "name a private SSH key that is readable by you alone"
        if "passphrase" in said:
            said = "it has a passphrase"
            half = f"{key.name.removesuffix('.pub')}.pub"
            mend = f"give it to the agent first, with ssh-add, and name its public half, {half}"
        raise InputError(f"the key can't sign: {said}", Where(str(key), path="--sign"), mend)
    return done.stdout


def check(data: bytes, signature: bytes, signers: Path | None) -> Signature:
    """Say whether a signature fits data, and who made it.

    Parameters
    ----------
    data
        What was signed.
    signature
        The signature.
    signers
        A file of allowed signers, as Git and ssh-keygen know it; None says only with which key.

    Raises
    ------
    InputError
        When the file of signers can't be read.
    """
    if signers is not None:
        readable(signers)
    with tempfile.TemporaryDirectory(prefix="maintplan-") as folder:
        path = Path(folder) / "signature"
        path.write_bytes(signature)
        bare = _run(["check-novalidate", "-n", NAMESPACE, "-s", str(path)], data)
        if bare.returncode:
            return Signature(fits=False)
        found = _KEY.search(bare.stdout.decode(errors="replace"))
        key = f"{found['kind']} {found['print']}" if found else ""
        if signers is None:
            return Signature(fits=True, key=key)
        named = _run(["find-principals", "-s", str(path), "-f", str(signers)], b"")
        names = named.stdout.decode(errors="replace").splitlines() if not named.returncode else []
        for name in (each.strip() for line in names for each in line.split(",")):
            allowed = ["verify", "-f", str(signers), "-I", name, "-n", NAMESPACE, "-s", str(path)]
            if not _run(allowed, data).returncode:
                return Signature(fits=True, signer=name, key=key)
        return Signature(fits=True, key=key)


def readable(signers: Path) -> None:
    """Refuse a list of signers that can't be read.

    Raises
    ------
    InputError
        With the reason.
    """
    try:
        with signers.open("rb") as file:
            file.read(1)
    except OSError as error:
        what = f"the list of signers can't be read: {(error.strerror or str(error)).lower()}"
        mend = "name a file with a line for each signer: NAME ssh-ed25519 AAAA..."
        raise InputError(what, Where(str(signers), path="--signers"), mend) from None


def _run(arguments: list[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("ssh-keygen")
    if program is None:
        mend = "install the OpenSSH client; on Debian: apt-get install openssh-client"
        raise InputError("signatures need ssh-keygen, which is not installed", mend=mend)
    try:
        return subprocess.run(  # noqa: S603 - no shell, and the arguments are ours or paths
            [program, "-Y", *arguments],
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        mend = "a key with a passphrase goes into the agent first: ssh-add"
        raise SaveError(f"ssh-keygen gave no answer in {_SECONDS} s", mend=mend) from None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the last line that ssh-keygen said, on one line and without its own frame."""
    lines = [each.strip(" @\t") for each in done.stderr.decode(errors="replace").splitlines()]
    said = [each for each in lines if each and not each.lower().startswith("signing data on")]
    return said[-1].rstrip(".").lower() if said else ""
