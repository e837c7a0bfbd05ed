"""Signature and cipher of the official account's pushes (WeChat's message encryption, AES-256-CBC).

Signature: SHA-1 of the sorted parts joined. Cipher text: 16 random bytes, length (4 bytes, big-endian), message, appid;
key = base64(EncodingAESKey + "="), IV = key[:16], PKCS#7 to 32.
"""

import base64
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


class NotOurs(Exception):
    """The push is not signed or encrypted with our key for our appid."""


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def check_signature(given: str, *parts: str) -> None:
    """Raises: NotOurs."""
    if not hmac.compare_digest(given.encode(), signature(*parts).encode()):
        raise NotOurs("signature")


class MessageCipher:
    def __init__(self, aes_key: str, appid: str) -> None:
        key = base64.b64decode(aes_key + "=")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._appid = appid.encode()

    def decrypt(self, text: str) -> str:
        """Raises: NotOurs for a wrong key, padding, length or appid."""
        try:
            raw = base64.b64decode(text, validate=True)
            machine = self._cipher.decryptor()
            plain = machine.update(raw) + machine.finalize()
        except ValueError as error:
            raise NotOurs("cipher text") from error
        pad = plain[-1] if plain else 0
        if not 1 <= pad <= 32 or len(plain) < 20 + pad:
            raise NotOurs("padding")
        plain = plain[16:-pad]
        (length,) = struct.unpack(">I", plain[:4])
        message, appid = plain[4 : 4 + length], plain[4 + length :]
        if len(message) != length or appid != self._appid:
            raise NotOurs("appid")
        return message.decode()

    def encrypt(self, message: str) -> str:
        body = message.encode()
        plain = os.urandom(16) + struct.pack(">I", len(body)) + body + self._appid
        pad = 32 - len(plain) % 32
        machine = self._cipher.encryptor()
        return base64.b64encode(machine.update(plain + bytes([pad]) * pad) + machine.finalize()).decode()
