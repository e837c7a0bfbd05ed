import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from launcher.generated import Secrets


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return Secrets(tmp_path / "secrets")


def make_all(secrets: Secrets) -> list[str]:
    private, public = secrets.key_pairs(["identity", "booking"])
    token_keys = secrets.token_keys()
    files = [*private.iterdir(), *public.iterdir(), *token_keys.iterdir()]
    words = [secrets.password("database"), secrets.appid("app"), secrets.aes_key("aes")]
    return words + [file.read_text() for file in sorted(files)]


def test_a_secret_is_made_once_and_stays(secrets: Secrets) -> None:
    assert make_all(secrets) == make_all(Secrets(secrets.folder))


def test_only_their_owner_reads_them(secrets: Secrets) -> None:
    make_all(secrets)
    for path in (secrets.folder, *secrets.folder.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_two_platforms_have_different_secrets(secrets: Secrets, tmp_path: Path) -> None:
    assert not set(make_all(secrets)) & set(make_all(Secrets(tmp_path / "other")))


def test_the_callback_key_is_43_characters_of_32_bytes(secrets: Secrets) -> None:
    key = secrets.aes_key("aes")
    assert len(key) == 43
    assert len(base64.b64decode(key + "=", validate=True)) == 32


def test_the_public_key_checks_what_the_private_one_signed(secrets: Secrets) -> None:
    private, public = secrets.key_pairs(["filing"])
    key = serialization.load_pem_private_key((private / "filing.pem").read_bytes(), None)
    other = serialization.load_pem_public_key((public / "filing.pem").read_bytes())
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert isinstance(other, ec.EllipticCurvePublicKey)
    signature = key.sign(b"word", ec.ECDSA(hashes.SHA256()))
    other.verify(signature, b"word", ec.ECDSA(hashes.SHA256()))
