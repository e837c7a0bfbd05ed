"""Signature and cipher against a published vector and an independent implementation."""

import warnings

import pytest

from sandbox.cipher import CipherError, decrypt, encrypt, sign

with warnings.catch_warnings():  # wechatpy is old and imports deprecated modules
    warnings.simplefilter("ignore")
    from wechatpy.crypto import WeChatCrypto
    from wechatpy.utils import check_signature

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TOKEN = "callback-token"


def test_signature_of_the_known_vector() -> None:
    assert sign("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"


def test_the_oracle_accepts_our_signature() -> None:
    check_signature(TOKEN, sign(TOKEN, "1790000000", "42"), "1790000000", "42")


@pytest.mark.parametrize("text", ["<xml></xml>", "<xml>备案 已通过</xml>", "x" * 31, "x" * 32, "长" * 5000])
def test_the_oracle_reads_what_we_encrypt(text: str) -> None:
    cipher = encrypt(AES_KEY, "wxofficial", text)
    message = f"<xml><Encrypt>{cipher}</Encrypt></xml>"
    oracle = WeChatCrypto(TOKEN, AES_KEY, "wxofficial")
    assert oracle.decrypt_message(message, sign(TOKEN, "1", "2", cipher), "1", "2") == text


def test_we_read_what_the_oracle_encrypts() -> None:
    oracle = WeChatCrypto(TOKEN, AES_KEY, "wxofficial")
    message = oracle.encrypt_message("<xml>检定查询</xml>", "2", "1")
    cipher = message.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    assert sign(TOKEN, "1", "2", cipher) in message
    assert decrypt(AES_KEY, "wxofficial", cipher) == "<xml>检定查询</xml>"


@pytest.mark.parametrize(
    ("key", "appid", "cut"),
    [(AES_KEY[::-1], "wxofficial", 0), (AES_KEY, "wxother", 0), (AES_KEY, "wxofficial", 4)],
)
def test_a_wrong_key_appid_or_length_is_refused(key: str, appid: str, cut: int) -> None:
    cipher = encrypt(AES_KEY, "wxofficial", "<xml></xml>")
    with pytest.raises(CipherError):
        decrypt(key, appid, cipher[: len(cipher) - cut])
