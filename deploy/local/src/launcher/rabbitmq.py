"""A private RabbitMQ node with its own name server (epmd) and folders, on loopback only. It never touches the machine's
broker."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from launcher import binaries
from launcher.errors import LauncherError
from launcher.paths import private_folder
from launcher.probes import amqp_speaks, port_open
from launcher.processes import Program

USER = "qj"
HOW_TO_GET = "apt-get install -y --no-install-recommends rabbitmq-server"
POLICY = Path("/usr/sbin/policy-rc.d")  # Debian's way to install without starting services
CONFIG = """\
listeners.tcp.1 = 127.0.0.1:{port}
default_user = {user}
default_pass = {password}
default_user_tags.administrator = true
loopback_users.guest = true
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 200MB
raft.wal_max_size_bytes = 67108864
log.console = true
log.console.level = warning
log.file = false
"""


@dataclass(frozen=True)
class PrivateRabbit:
    programs: tuple[Program, Program]  # the name server, then the broker
    url: str


def found() -> bool:
    return binaries.find("rabbitmq-server") is not None and binaries.find("epmd") is not None


def install(report: Callable[[str], None]) -> None:
    """Installs RabbitMQ by apt without starting a service. Raises LauncherError, which says what to do instead."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise LauncherError(f"BUS=rabbitmq, but no RabbitMQ is installed. As root: {HOW_TO_GET}  or set BUS_URL")
    report("installing RabbitMQ (apt-get)")
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-q"], HOW_TO_GET.split()):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                raise LauncherError(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    finally:
        if ours:
            POLICY.unlink()


def prepare(folder: Path, password: str, port: int, dist_port: int, epmd_port: int) -> PrivateRabbit:
    """Writes the node's configuration and returns its programs. Raises LauncherError if there is no RabbitMQ."""
    server, epmd = binaries.find("rabbitmq-server"), binaries.find("epmd")
    if server is None or epmd is None:
        raise LauncherError(f"no RabbitMQ found: {HOW_TO_GET}")
    private_folder(folder)
    (folder / "rabbitmq.conf").write_text(CONFIG.format(port=port, user=USER, password=password))
    (folder / "rabbitmq.conf").chmod(0o600)
    (folder / "enabled_plugins").write_text("[].\n")
    (folder / "ports.json").write_text(json.dumps({"epmd": epmd_port, "dist": dist_port}))
    (folder / "rabbitmq-env.conf").write_text("")
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder),  # the cookie
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": "qj@localhost",
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_DIST_PORT": str(dist_port),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            # no busy waiting, because this broker is mostly idle
            "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none"
        ),
        # The start script then execs the broker, so that a signal reaches it.
        "RUNNING_UNDER_SYSTEMD": "true",
    }
    name_server = Program(
        name="epmd",
        argv=[epmd.path("epmd"), "-port", str(epmd_port), "-address", "127.0.0.1"],
        env=environment,
        ready=lambda: port_open(epmd_port),
        stop_seconds=5,
    )
    broker = Program(
        name="rabbitmq",
        argv=[server.path("rabbitmq-server")],
        env=environment,
        ready=lambda: amqp_speaks(port),
        stop_seconds=20,
        cwd=str(folder),
    )
    return PrivateRabbit((name_server, broker), f"amqp://{USER}:{password}@127.0.0.1:{port}//")


def control(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs `rabbitmqctl words…` on the private node of `folder`, which must be running."""
    ports = json.loads((folder / "ports.json").read_text())
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "HOME": str(folder),
        "ERL_EPMD_PORT": str(ports["epmd"]), "RABBITMQ_NODENAME": "qj@localhost",
        "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
    }  # fmt: skip
    found = binaries.find("rabbitmqctl")
    if found is None:
        raise LauncherError(f"no rabbitmqctl found: {HOW_TO_GET}")
    return subprocess.run(
        [found.path("rabbitmqctl"), *words], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
