"""The console script: `scaffold`, or `python -m scaffold`."""

import gc
import sys

from scaffold import stopping


def main() -> None:
    """Run the command line and end the process with its status."""
    try:
        stopping.install()
        from scaffold import cli

        status = cli.run(sys.argv[1:])
    except KeyboardInterrupt:
        status = stopping.status()
    # Python looks through everything for garbage as it ends; nothing is gained by that here.
    gc.freeze()
    sys.exit(status)


if __name__ == "__main__":
    main()
