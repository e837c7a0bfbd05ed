"""Checks whether a server is ready."""

import http.client
import socket
from urllib.parse import urlsplit

import psycopg


def http_ok(url: str, seconds: float = 2.0) -> bool:
    """Says whether GET `url` answers 200."""
    return http_status(url, seconds) == 200


def http_status(url: str, seconds: float = 2.0) -> int | None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=seconds)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def port_open(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def amqp_speaks(port: int) -> bool:
    """Says whether a broker answers the protocol header. Its port opens only at the end of its start."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return bool(connection.recv(1))
    except OSError:
        return False


def postgres_answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2) as db:
            db.execute("SELECT 1")
        return True
    except psycopg.OperationalError:
        return False
