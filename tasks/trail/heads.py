"""Heads leave the database: dated files that are never rewritten, time-stamped where an authority is set.

Whoever holds the database can rewrite a whole chain; not what was written elsewhere the day before.
A token (RFC 3161) beside a head file, ``.tsr``, proves that it existed on its date.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import httpx
from cryptography import x509
from filelock import FileLock
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from nr_models.values.frozen import canonical
from tasks.store.lock import hold
from tasks.store.settings import Settings, masked
from tasks.store.workspace import Workspace
from tasks.trail import chain
from tasks.trail.verifier import Faille, Heads, load_heads

_TSA_WAIT_S = 20
_REQUEST = TimestampRequestBuilder().hash_algorithm(HashAlgorithm.SHA256)
_QUERY = {"Content-Type": "application/timestamp-query"}
_READ_ONLY = 0o444
_FOREIGN = "ce jeton d’horodatage n’est pas celui de ce relevé, ou n’est pas de cette autorité"


class Releve(NamedTuple):
    """What came of a relevé: the new head file (None: nothing moved), the files time-stamped, what failed in French."""

    fichier: Path | None
    horodates: tuple[Path, ...] = ()
    erreur: str = ""


class Tetes(NamedTuple):
    """The head files kept beside the database: their heads, how many tokens were verified, what is wrong first."""

    heads: tuple[Heads, ...]
    fichiers: int = 0
    jetons: int = 0
    faille: Faille | None = None


def write_heads(workspace: Workspace, now: str) -> Releve:
    """Write where every chain stands, where one moved since the last file; then time-stamp what is not yet.

    ``now`` is an instant (ISO 8601, UTC). An authority that does not answer is said, and asked again next time.
    """
    workspace.settings.tetes.mkdir(parents=True, exist_ok=True)
    with hold(FileLock(workspace.settings.tetes / ".verrou")):
        return _write_heads(workspace, now)


def _write_heads(workspace: Workspace, now: str) -> Releve:
    with workspace.reading() as session:
        found = chain.list_heads(session)
    known = list_files(workspace.settings)
    fresh = None
    if found and not (known and _says(known[-1], found)):
        fresh = _free(workspace.settings.tetes, now[:10])
        _keep(fresh, (canonical({"format": 1, "le": now, "chaines": found}) + "\n").encode())
    return _stamp_all(workspace.settings, fresh)


def list_files(settings: Settings) -> list[Path]:
    """The head files, from the first to the last."""
    return sorted(settings.tetes.glob("[!.]*.json"))


def check_heads(settings: Settings) -> Tetes:
    """Read every head file and its token. A token is verified where the authority's certificates are given."""
    heads: list[Heads] = []
    jetons = 0
    for path in list_files(settings):
        try:
            heads.append(load_heads(path))
        except (OSError, ValueError):
            return Tetes(tuple(heads), len(heads), jetons, Faille(path.name, 0, "ce relevé de têtes ne se lit pas"))
        token = path.with_suffix(".tsr")
        if token.is_file():
            if reason := _bad_token(settings, path.read_bytes(), token.read_bytes()):
                return Tetes(tuple(heads), len(heads), jetons, Faille(token.name, 0, reason))
            jetons += 1
    return Tetes(tuple(heads), len(heads), jetons)


def _says(path: Path, heads: Heads) -> bool:
    """True when a head file says these heads; one that does not read says nothing, and the check names it."""
    try:
        return load_heads(path) == heads
    except (OSError, ValueError):
        return False


def _free(folder: Path, day: str) -> Path:
    """« 2026-11-25.json », then « 2026-11-25_02.json », which sorts after it: a file is never written twice."""
    names = (f"{day}.json", *(f"{day}_{number:02}.json" for number in range(2, 1000)))
    return next(folder / name for name in names if not (folder / name).exists())


def _keep(path: Path, content: bytes) -> None:
    """Whole or absent, read only, and never over another. What a crash leaves is no head file, and goes next time."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.unlink(missing_ok=True)
    temporary.write_bytes(content)
    temporary.chmod(temporary.stat().st_mode & _READ_ONLY)  # for whom it was made, and no more to write
    temporary.rename(path)


def _stamp_all(settings: Settings, fresh: Path | None) -> Releve:
    done: list[Path] = []
    if settings.tsa_url:
        for path in list_files(settings):
            if path.with_suffix(".tsr").exists():
                continue
            try:
                _keep(path.with_suffix(".tsr"), _ask(settings, path.read_bytes()))
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, VerificationError) as error:
                where, why = masked(settings.tsa_url), type(error).__name__
                said = f"L’autorité d’horodatage {where} n’a pas donné de jeton ({why})."
                return Releve(fresh, tuple(done), f"{said} Le relevé est gardé ; il sera horodaté au prochain passage.")
            done.append(path)
    return Releve(fresh, tuple(done))


def _ask(settings: Settings, content: bytes) -> bytes:
    """The token of an authority for these bytes. Raises what ``_stamp_all`` catches."""
    request = _REQUEST.data(content).nonce(nonce=True).cert_request(cert_request=True).build()
    answer = httpx.post(settings.tsa_url, content=request.as_bytes(), headers=_QUERY, timeout=_TSA_WAIT_S)
    answer.raise_for_status()
    token = decode_timestamp_response(answer.content)
    if token.tst_info.nonce != request.nonce:
        raise VerificationError("nonce")
    if reason := _bad_token(settings, content, answer.content):
        raise VerificationError(reason)
    return answer.content


def _bad_token(settings: Settings, content: bytes, token: bytes) -> str:
    """Why a token is not that of these bytes, or ""."""
    try:
        answer = decode_timestamp_response(token)
        if settings.tsa_ca is None:
            return "" if answer.tst_info.message_imprint.message == sha256(content).digest() else _FOREIGN
        builder = VerifierBuilder()
        for certificate in x509.load_pem_x509_certificates(settings.tsa_ca.read_bytes()):
            builder = builder.add_root_certificate(certificate)
        builder.build().verify_message(answer, content)
    except (ValueError, VerificationError):
        return _FOREIGN
    return ""
