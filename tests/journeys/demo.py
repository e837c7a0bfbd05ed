"""`make demo`: runs the journey on the running platform and prints it. Exit code 1 if a step fails."""

import argparse
import os
import random
import sys
import time

from journey import STEPS
from story import Story


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gateway", default=f"http://127.0.0.1:{os.environ.get('GATEWAY_PORT') or 8080}")
    parser.add_argument("--sandbox", default=f"http://127.0.0.1:{os.environ.get('SANDBOX_PORT') or 8090}")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    arguments = parser.parse_args()
    story = Story(arguments.gateway, arguments.sandbox, arguments.seed)
    print(f"从注册到证书：{arguments.gateway}（seed {arguments.seed}）", flush=True)
    begun = time.monotonic()
    for number, (title, step) in enumerate(STEPS, 1):
        lines: list[str] = []
        story.say = lines.append
        print(f"  [{number:2}/{len(STEPS)}] {title} …", end="", flush=True)
        started = time.monotonic()
        try:
            step(story)
        except Exception as error:
            print(f" 失败\n{type(error).__name__}: {error}", file=sys.stderr)
            return 1
        print(f" {'；'.join(lines)}（{time.monotonic() - started:.1f} s）", flush=True)
    print(f"完成，用时 {time.monotonic() - begun:.1f} s。账号 {story.facts['username']}，可登录查看。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
