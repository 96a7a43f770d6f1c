"""The console script: `scaffold`, or `python -m scaffold`."""

import gc
import sys

from scaffold import stopping


def main() -> None:
    """Run the command line and end the process with its status."""
    # Most of what a short run makes lives to its end: looking for garbage costs more than it frees.
    gc.set_threshold(100_000)
    try:
        stopping.install()
        from scaffold import cli

        status = cli.run(sys.argv[1:])
    except KeyboardInterrupt:
        status = stopping.status()
    sys.exit(status)


if __name__ == "__main__":
    main()
