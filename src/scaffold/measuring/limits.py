"""How many files a program may have open here: each connection is one, on either side."""

import resource

from scaffold.errors import MeasuringFailed

# What a service and wrk have open beside their connections.
_BESIDE = 200


def connections(needed: int, wanted: int) -> int:
    """Allow what is begun from now on as many connections as are `wanted`; return how many there can be.

    Raises:
        MeasuringFailed: if these are fewer than are `needed`.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = wanted + _BESIDE
    if soft != resource.RLIM_INFINITY and soft < highest:
        most = highest if hard == resource.RLIM_INFINITY else min(hard, highest)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        except (OSError, ValueError):  # macOS has a limit beyond the one that it names.
            most = soft
        highest = max(soft, most)
    if highest - _BESIDE < needed:
        raise MeasuringFailed(
            f"{needed} connections need {needed + _BESIDE} open files, and {highest} are allowed here: "
            f'raise the limit ("ulimit -Hn" shows the most that this user may have) and run again'
        )
    return highest - _BESIDE
