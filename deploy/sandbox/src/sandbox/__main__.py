"""`python -m sandbox`: serve on SANDBOX_BIND until SIGTERM or SIGINT."""

import logging
import signal
import sys
from types import FrameType

from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.app import create_app
from sandbox.settings import SettingMissing, read_settings


class QuietHandler(WSGIRequestHandler):
    """Logs a request at DEBUG and without its query, which carries secrets and tokens."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        path = self.path.partition("?")[0]
        logging.getLogger("sandbox").debug("%s %s %s", self.command, path, code)


def stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    try:
        settings = read_settings()
    except SettingMissing as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 2
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(message)s")
    host, port = settings.bind
    signal.signal(signal.SIGTERM, stop)
    server = make_server(host, port, create_app(settings), threaded=True, request_handler=QuietHandler)
    logging.getLogger("sandbox").info("stand-in for WeChat and SMS on http://%s:%d", host, port)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
