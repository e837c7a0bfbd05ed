"""The health check of a container: `healthy.py PATH PORT …` asks each port until one answers. It returns 0 for status 200.

A serve container listens on the first port, a work container on the second. It runs every few seconds, so it uses only the
standard library and no site packages.
"""

import http.client
import sys


def main(path, *ports):
    for port in ports:
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=3)
        try:
            connection.request("GET", path)
            return 0 if connection.getresponse().status == 200 else 1
        except ConnectionRefusedError:
            continue
        except OSError:
            return 1
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
