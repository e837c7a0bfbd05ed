"""`make bench [s=lists]`: runs every benchmark except the large ones on one platform, or those whose name begins with s. It
prints one JSON line per figure."""

import importlib
import sys

from harness import CannotMeasure, note, platform_to_measure, tell

BENCHMARKS = (
    "memory",
    "lists",
    "growth",
    "counts",
    "search",
    "filing_lists",
    "imports",
    "exports",
    "bulk",
    "certificates",
    "events",
    "sign_in",
    "portal",
)
LARGE = ("province",)  # only on request: loading takes half an hour and 12 GB


def main() -> int:
    known = (*BENCHMARKS, *LARGE)
    wanted = [name for name in known if name.startswith(sys.argv[1])] if len(sys.argv) > 1 else list(BENCHMARKS)
    if not wanted:
        note(f"no such benchmark; there are {', '.join(known)}")
        return 2
    try:
        for alone in ("memory", "portal"):  # each has its own platform
            if alone in wanted:
                for line in importlib.import_module(alone).measure():
                    tell(line)
                wanted.remove(alone)
        if wanted:
            with platform_to_measure() as platform:
                for name in wanted:
                    note(name)
                    for line in importlib.import_module(name).measure(platform):
                        tell(line)
    except CannotMeasure as error:
        note(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
