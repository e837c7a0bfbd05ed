"""The journey while processes of the services, the broker and the database are killed (SIGKILL), at random points with a
printed seed. The final state is the same: nothing is lost or done twice, and no manual step is needed.
"""

import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from client import Client
from journey import STEPS
from looking import assert_settled
from story import Story

from launcher.servers import Platform

SERVICES = ("identity", "registry", "filing", "booking", "notification")
VICTIMS = {*(f"{name}-{part}" for name in SERVICES for part in ("serve", "work")), "postgres", "rabbitmq"}
KILLS = 15


@contextmanager
def killing(platform: Platform, chance: random.Random) -> Iterator[list[str]]:
    """Kills one process about every second, KILLS in all. Yields the list of killed processes."""
    stop, killed = threading.Event(), []
    victims = sorted(VICTIMS & set(platform.processes()))  # a platform on pgmq has no broker

    def run() -> None:
        while len(killed) < KILLS and not stop.wait(chance.uniform(0.3, 1.2)):
            victim = chance.choice(victims)
            platform.kill(victim)
            killed.append(victim)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


def test_the_journey_ends_well_while_everything_is_killed(whole_platform: Platform) -> None:
    seed = int(os.environ.get("FAULT_SEED") or random.randrange(10**6))
    print(f"FAULT_SEED={seed}")
    Client.patience = 120.0
    story = Story(whole_platform.gateway_url, whole_platform.sandbox_url, seed)
    with killing(whole_platform, random.Random(seed)) as killed:
        for title, step in STEPS:
            try:
                step(story)
            except BaseException as error:
                error.add_note(f"FAULT_SEED={seed}, step {title}, killed so far: {killed}")
                raise
    assert len(killed) >= 5, killed
    Client.patience = 60.0
    assert_settled(whole_platform)
