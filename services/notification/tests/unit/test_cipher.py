"""Signature and cipher of the official account, checked with WeChat's vector and another implementation."""

import base64
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto
from wechatpy.utils import check_signature as oracle_check

from notification.domain.cipher import MessageCipher, NotOurs, check_signature, signature

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APPID = "wx0123456789abcdef"
RAW_KEY = base64.b64decode(KEY + "=")
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.fixture(scope="module")
def cipher() -> MessageCipher:
    return MessageCipher(KEY, APPID)


def test_the_signature_of_the_vector() -> None:
    assert signature("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"
    check_signature("899cf89e464efb63f54ddac96b0a0a235f53aa78", "AAAAA", "1714037059", "486452656")


def test_the_order_of_the_parts_does_not_matter_to_the_signature() -> None:
    assert signature("b", "a", "c") == signature("c", "b", "a")


@given(st.text(min_size=1, max_size=20, alphabet="abcXYZ019"), st.integers(0, 2**40), st.integers(0, 2**40))
def test_another_implementation_takes_our_signature(token: str, timestamp: int, nonce: int) -> None:
    oracle_check(token, signature(token, str(timestamp), str(nonce)), str(timestamp), str(nonce))


@pytest.mark.parametrize("given_signature", ["", "0" * 40, "899CF89E464EFB63F54DDAC96B0A0A235F53AA78", "签名"])
def test_a_wrong_signature_is_refused(given_signature: str) -> None:
    with pytest.raises(NotOurs):
        check_signature(given_signature, "AAAAA", "1714037059", "486452656")


@settings(max_examples=50)
@given(TEXT)
def test_another_implementation_reads_what_we_encrypt_and_we_what_it_does(text: str) -> None:
    ours, oracle = MessageCipher(KEY, APPID), PrpCrypto(RAW_KEY)
    assert oracle.decrypt(ours.encrypt(text), APPID) == text
    assert ours.decrypt(oracle.encrypt(text, APPID)) == text


@pytest.mark.parametrize("size", [0, 1, 10, 11, 12, 31, 32, 33, 64, 5000])
def test_every_length_is_padded_to_32(cipher: MessageCipher, size: int) -> None:
    encrypted = cipher.encrypt("x" * size)
    assert len(base64.b64decode(encrypted)) % 32 == 0
    assert cipher.decrypt(encrypted) == "x" * size


def test_the_same_message_twice_looks_different(cipher: MessageCipher) -> None:
    assert cipher.encrypt("x") != cipher.encrypt("x")


def test_another_account_or_another_key_is_refused(cipher: MessageCipher) -> None:
    other_key = base64.b64encode(os.urandom(32)).decode()[:43]
    for stranger in (MessageCipher(KEY, "wx-another"), MessageCipher(KEY, APPID + "x")):
        with pytest.raises(NotOurs):
            cipher.decrypt(stranger.encrypt("<xml/>"))
    refused = 0
    for _ in range(20):
        try:
            cipher.decrypt(MessageCipher(other_key, APPID).encrypt("<xml/>"))
        except NotOurs:
            refused += 1
    assert refused == 20


@pytest.mark.parametrize("text", ["", "?", "AAAA", "密文", "A" * 43, base64.b64encode(bytes(16)).decode(), base64.b64encode(bytes(32)).decode(), base64.b64encode(bytes(33)).decode()])  # fmt: skip
def test_what_is_no_cipher_text_is_refused(cipher: MessageCipher, text: str) -> None:
    with pytest.raises(NotOurs):
        cipher.decrypt(text)


@given(st.binary(max_size=128))
def test_whatever_comes_is_refused_and_never_breaks(raw: bytes) -> None:
    with pytest.raises(NotOurs):
        MessageCipher(KEY, APPID).decrypt(base64.b64encode(raw).decode())


@given(st.integers(0, 500), st.integers(1, 255))
def test_a_changed_byte_gives_no_other_message_of_ours(place: int, mask: int) -> None:
    ours = MessageCipher(KEY, APPID)
    raw = bytearray(base64.b64decode(ours.encrypt("<xml>" + "a" * 100 + "</xml>")))
    raw[-1 - place % 32] ^= mask  # the last two blocks hold the appid and the padding
    with pytest.raises((NotOurs, UnicodeDecodeError)):
        ours.decrypt(base64.b64encode(bytes(raw)).decode())
