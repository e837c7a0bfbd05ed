"""A sandbox with known secrets, a clock that a test can move, and a platform that records pushes."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from sandbox.app import create_app
from sandbox.cipher import decrypt, encrypt, sign
from sandbox.settings import Settings, read_settings
from sandbox.testing import AES_KEY, ENVIRON, Clock, Platform, TokenOf


@pytest.fixture(scope="session")
def platform_server() -> Iterator[Platform]:
    platform, app = Platform(), Flask("platform")

    @app.route("/wechat/callback", methods=["GET", "POST"])
    def callback() -> Response:
        query = request.args
        if sign("callback-token", query["timestamp"], query["nonce"]) != query["signature"]:
            return Response(status=403)
        if request.method == "GET":
            return Response(query["echostr"])
        if platform.failures:
            platform.failures -= 1
            return Response(status=500)
        text = request.get_data(as_text=True)
        encrypted = query.get("encrypt_type") == "aes"
        if encrypted:
            cipher = text.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
            assert sign("callback-token", query["timestamp"], query["nonce"], cipher) == query["msg_signature"]
            text = decrypt(AES_KEY, "wxofficial", cipher)
        platform.pushed.append(text)
        platform.arrived.set()
        if not platform.answer:
            return Response("success")
        if not encrypted:
            return Response(platform.answer)
        cipher = encrypt(AES_KEY, "wxofficial", platform.answer)
        signature = sign("callback-token", "1", "2", cipher)
        return Response(
            f"<xml><Encrypt>{cipher}</Encrypt><MsgSignature>{signature}</MsgSignature>"
            "<TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>"
        )

    server = make_server("127.0.0.1", 0, app, threaded=True)
    platform.url = f"http://127.0.0.1:{server.server_port}/wechat/callback"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield platform
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def platform(platform_server: Platform) -> Platform:
    platform_server.pushed, platform_server.answer, platform_server.failures = [], "", 0
    platform_server.arrived.clear()
    return platform_server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(platform: Platform) -> Settings:
    return read_settings(ENVIRON | {"WECHAT_CALLBACK_URL": platform.url})


@pytest.fixture
def client(settings: Settings, clock: Clock) -> FlaskClient:
    return create_app(settings, clock).test_client()


@pytest.fixture
def person(client: FlaskClient) -> str:
    """The openid of a person with a phone who follows the official account."""
    body = {"openid": "oPerson", "unionid": "uPerson", "phone": "13800138000"}
    assert client.post("/phones", json=body).status_code == 201
    return "oPerson"


@pytest.fixture
def token(client: FlaskClient) -> TokenOf:
    return TokenOf(client)
