"""WeChat's signature and message cipher, seen from WeChat's side.

Signature: SHA-1 of the sorted parts, joined. Cipher: AES-256-CBC, key = base64(EncodingAESKey + "="), IV = key[:16],
PKCS#7 to 32 bytes, over 16 random bytes + length (4 bytes, big-endian) + message + appid.
"""

import base64
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


class CipherError(Exception):
    """The text was not made with our key for our appid."""


def sign(token: str, *parts: str) -> str:
    """Returns 40 hex digits over token, timestamp, nonce and, if encrypted, the ciphertext."""
    joined = "".join(sorted((token, *parts)))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()  # the protocol requires SHA-1


def _machine(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def encrypt(aes_key: str, appid: str, message: str) -> str:
    """Returns base64 of the encrypted message."""
    body = message.encode()
    plain = os.urandom(16) + struct.pack(">I", len(body)) + body + appid.encode()
    padding = BLOCK - len(plain) % BLOCK
    encryptor = _machine(aes_key).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()


def decrypt(aes_key: str, appid: str, text: str) -> str:
    """Returns the message. Raises CipherError for a wrong key, padding, length or appid."""
    try:
        data = base64.b64decode(text, validate=True)
        decryptor = _machine(aes_key).decryptor()
        plain = decryptor.update(data) + decryptor.finalize()
    except ValueError as error:
        raise CipherError("not a ciphertext") from error
    padding = plain[-1] if plain else 0
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise CipherError("wrong padding")
    plain = plain[:-padding]
    if len(plain) < 20:
        raise CipherError("too short")
    (length,) = struct.unpack(">I", plain[16:20])
    message, owner = plain[20 : 20 + length], plain[20 + length :]
    if len(message) != length or owner != appid.encode():
        raise CipherError("wrong appid")
    return message.decode()
