"""Une vraie autorité d'horodatage (RFC 3161), à soi : ses certificats, son serveur ; « openssl ts » signe."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIG = """\
[tsa]
default_tsa = autorite
[autorite]
serial = {place}/serie
crypto_device = builtin
signer_cert = {place}/tsa.pem
signer_key = {place}/tsa.cle
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
"""


def _certify(name: str, key: ec.EllipticCurvePrivateKey, issuer: str, signing: ec.EllipticCurvePrivateKey) -> bytes:
    now, root = datetime.now(UTC), name == issuer
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
    )
    if not root:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(signing, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def build_authority(place: Path) -> Path:
    """Écrire de quoi signer ; le certificat racine."""
    place.mkdir(parents=True, exist_ok=True)
    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    (place / "racine.pem").write_bytes(_certify("Racine d’essai", root, "Racine d’essai", root))
    (place / "tsa.pem").write_bytes(_certify("Horodatage d’essai", key, "Racine d’essai", root))
    plain = serialization.NoEncryption()
    (place / "tsa.cle").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    (place / "serie").write_text("01\n")
    (place / "openssl.cnf").write_text(CONFIG.format(place=place), encoding="utf-8")
    return place / "racine.pem"


@contextmanager
def serve(place: Path) -> Iterator[str]:
    """Le serveur de cette autorité ; son adresse."""

    class Reply(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (place / "demande").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            subprocess.run(
                ["openssl", "ts", "-reply", "-config", "openssl.cnf", "-queryfile", "demande", "-out", "reponse"],
                cwd=place,
                check=True,
                capture_output=True,
            )
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write((place / "reponse").read_bytes())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Reply)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
