"""Sets the project up in .venv and runs a command in it. Needs only the standard library of any Python 3.

    python3 deploy/local/bootstrap.py [--dev] [arguments of .venv/bin/python …]

A second run takes milliseconds, because a stamp file says that nothing changed. --dev adds the packages of tests and
linters; they are never removed again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
UV = "uv>=0.9,<1"  # installs 130 packages in seconds; pip needs a minute
OLDEST = (3, 11)


def main():
    words = sys.argv[1:]
    dev = words[:1] == ["--dev"]
    command = words[1:] if dev else words
    use_a_python_that_will_do()
    if not up_to_date("dev") and (dev or not up_to_date("run")):
        set_up("dev" if dev or os.path.exists(stamp_file("dev")) else "run")
    if command:
        os.execv(PYTHON, [PYTHON, *command])  # noqa: S606


def use_a_python_that_will_do():
    """Continues under a newer Python of this machine if this one is too old or has no venv."""
    missing = what_is_missing()
    if not missing:
        return
    if not os.environ.get("QJ_BOOTSTRAP"):
        for name in ("python3.13", "python3.12", "python3.11", "python3.14"):
            other = shutil.which(name)
            if other and os.path.realpath(other) != os.path.realpath(sys.executable):
                os.environ["QJ_BOOTSTRAP"] = "1"
                os.execv(other, [other, *sys.argv])  # noqa: S606
    sys.exit("\nmissing: {}\nbring it: {}\n".format(*missing))


def what_is_missing():
    """Returns None, or (the missing part, the command that installs it)."""
    if sys.version_info < OLDEST:
        return (
            f"Python {OLDEST[0]}.{OLDEST[1]} or later (this is {sys.version.split()[0]})",
            "sudo apt-get install -y --no-install-recommends python3.11 python3.11-venv"
            "   (Debian 12, Ubuntu 24.04 or later: python3 python3-venv)",
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return (
            "the venv module of Python",
            "sudo apt-get install -y --no-install-recommends python3-venv",
        )
    if not shutil.which("make"):
        return ("make", "sudo apt-get install -y --no-install-recommends make")
    return None


def set_up(kind):
    began = time.monotonic()
    if not venv_is_ours():
        say("making .venv")
        run([sys.executable, "-m", "venv", "--clear", VENV])
        with open(os.path.join(VENV, ".made-at"), "w") as file:
            file.write(VENV)
    install = installer()
    say(f"installing locked packages ({kind})")
    requirements = os.path.join(ROOT, "requirements", kind + ".txt")
    run([*install, "--require-hashes", "-r", requirements])
    say("installing the workspace")
    editable = [part for folder in members() for part in ("-e", folder)]
    run([*install, "--no-deps", *editable])
    with open(stamp_file(kind), "w") as file:
        file.write(fingerprint(kind))
    if kind == "dev":  # dev contains everything of run
        with open(stamp_file("run"), "w") as file:
            file.write(fingerprint("run"))
    say(f"set up in {time.monotonic() - began:.0f} s")


def installer():
    """Returns the command of uv if it can be installed, else of pip."""
    uv = shutil.which("uv") or os.path.join(VENV, "bin", "uv")
    if not os.path.exists(uv):
        say("installing uv")
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV]
        if subprocess.call(pip, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) or not os.path.exists(uv):
            say("uv cannot be installed: using pip, which takes longer")
            return [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return [uv, "pip", "install", "--quiet", "--python", PYTHON]


def members():
    """Returns the folders of the workspace's packages."""
    folders = [os.path.join(ROOT, "services", name) for name in sorted(os.listdir(os.path.join(ROOT, "services")))]
    folders += [os.path.join(ROOT, "deploy", name) for name in ("local", "sandbox")]
    return [folder for folder in folders if os.path.exists(os.path.join(folder, "pyproject.toml"))]


def venv_is_ours():
    """Says whether .venv works and was made in this folder: a moved .venv does not work."""
    try:
        with open(os.path.join(VENV, ".made-at")) as file:
            made_at = file.read()
    except OSError:
        made_at = None
    if made_at == VENV and os.path.exists(PYTHON):
        return subprocess.call([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
    return False


def stamp_file(kind):
    return os.path.join(VENV, ".installed-" + kind)


def up_to_date(kind):
    try:
        with open(stamp_file(kind)) as file:
            return file.read() == fingerprint(kind) and os.path.exists(PYTHON)
    except OSError:
        return False


def fingerprint(kind):
    """A hash of everything that decides which packages are installed."""
    digest = hashlib.sha256(f"{VENV} {sys.version_info[:2]}".encode())
    files = [os.path.join(ROOT, "requirements", kind + ".txt")]
    for path in files + [os.path.join(folder, "pyproject.toml") for folder in members()]:
        with open(path, "rb") as file:
            digest.update(path.encode() + b"\0" + file.read() + b"\0")
    return digest.hexdigest()


def run(command):
    done = subprocess.call(command, cwd=ROOT)
    if done:
        sys.exit(f"\nthis command failed ({done}): {' '.join(command)}\n")


def say(text):
    print("[set-up] " + text, flush=True)


if __name__ == "__main__":
    main()
