"""Time stamps: what openssl stamps is proven, and one edit of any part is not."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from mobstd.validation.evidence import Unproven, verify_evidence

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")

CONFIG = """
[tsa]
serial = {here}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:true
subjectKeyIdentifier = hash
keyUsage = critical,keyCertSign
[stamp]
basicConstraints = CA:false
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""
TEXT = '{"id":"subscription-1","prénom":"Camille"}'
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()


@dataclass(frozen=True)
class Authority:
    here: Path

    def openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.here, check=True, capture_output=True)

    @property
    def root(self) -> bytes:
        return (self.here / "root.pem").read_bytes()

    def answer(self, digest: str, *, bare: bool, sha: str = "sha256") -> bytes:
        """Return the answer of the authority, or its bare token."""
        self.openssl("ts", "-query", "-digest", digest, f"-{sha}", "-cert", "-out", "q")
        words = ["-queryfile", "q", "-signer", "tsa.pem", "-inkey", "tsa.key"]
        form = ["-token_out"] if bare else []
        self.openssl("ts", "-reply", "-config", "c", "-section", "tsa", *words, *form, "-out", "a")
        return (self.here / "a").read_bytes()


def authority(here: Path) -> Authority:
    (here / "c").write_text(CONFIG.format(here=here))
    (here / "serial").write_text("01\n")
    made = Authority(here)
    new = ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    new += ["-config", "c"]
    subject = ["-subj", "/CN=Root of a test"]
    made.openssl(
        *new, "-x509", "-keyout", "root.key", "-out", "root.pem", "-extensions", "root", *subject
    )
    made.openssl(*new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Stamps of a test")
    sign = ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30"]
    made.openssl(
        "x509",
        "-req",
        "-in",
        "tsa.csr",
        *sign,
        "-extfile",
        "c",
        "-extensions",
        "stamp",
        "-out",
        "tsa.pem",
    )
    return made


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tsa"))


@pytest.mark.parametrize("bare", [True, False])
@pytest.mark.parametrize("text", [True, False])
def test_what_was_stamped_is_proven(trusted: Authority, bare: bool, text: bool) -> None:
    der = trusted.answer(DIGEST, bare=bare)
    token = base64.b64encode(der).decode() if text else der
    stamp = verify_evidence(TEXT, DIGEST, token, roots=[trusted.root])
    assert stamp.policy == "1.2.3.4.1"
    assert stamp.time.utcoffset() is not None


def refused(data: str, digest: str, token: str | bytes, roots: list[bytes]) -> str:
    with pytest.raises(Unproven) as caught:
        verify_evidence(data, digest, token, roots=roots)
    return caught.value.code.rpartition(".")[2]


def test_one_edit_proves_nothing(trusted: Authority, tmp_path: Path) -> None:
    token = trusted.answer(DIGEST, bare=True)
    other = hashlib.sha256(b"other").hexdigest()
    roots = [trusted.root]
    assert refused(TEXT + " ", DIGEST, token, roots) == "digest"
    assert refused(TEXT, other, token, roots) == "digest"
    assert refused("other", other, token, roots) == "imprint"
    assert refused(TEXT, DIGEST, token[:-9], roots) == "token"
    assert refused(TEXT, DIGEST, "not base64!", roots) == "token"
    assert refused(TEXT, DIGEST, b"", roots) == "token"
    assert refused(TEXT, DIGEST, token, []) == "roots"
    assert refused(TEXT, DIGEST, token, [authority(tmp_path).root]) == "authority"
    forged = bytearray(token)
    forged[-1] ^= 1
    assert refused(TEXT, DIGEST, bytes(forged), roots) == "authority"


def test_a_digest_of_another_kind_proves_nothing(trusted: Authority) -> None:
    longer = hashlib.sha512(TEXT.encode()).hexdigest()
    token = trusted.answer(longer, bare=True, sha="sha512")
    assert refused(TEXT, DIGEST, token, [trusted.root]) == "imprint"
