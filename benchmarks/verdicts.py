"""What the measured figures come to: tables, and ratios beside their targets."""

import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scaffold.measuring.load import Call
from scaffold.measuring.projects import CREATE, LIST, LIVE, ME
from scaffold.measuring.rounds import Contender, Sample, Samples, Step, middle

# The least that a ratio may be, and the most that p99 (in medians) and memory may be.
TARGETS: dict[str, dict[Call, float]] = {
    "fastapi": {LIVE: 0.75, ME: 0.60},
    "django": {LIVE: 0.55, ME: 0.70},
    "flask": {LIVE: 0.60, ME: 0.60},
}
MOST_P99, MOST_MEMORY = 3.0, 1.6
AGAINST = {LIVE: "bare", ME: "least", LIST: "least", CREATE: "least"}


class Seen(NamedTuple):
    """All that was seen of the contenders of one framework and server."""

    samples: Samples
    memory: Mapping[str, float]


def show(contenders: Sequence[Contender], steps: Sequence[Step], seen: Seen) -> None:
    """Print what each contender did."""
    print(f"{'':16} {'':7} {'req/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU µs':>8} {'failed':>7}")
    for step in steps:
        for each in contenders:
            samples = seen.samples.get((each.name, step))
            if not samples:
                continue
            rate = middle(samples, lambda sample: sample.load.rate)
            p50 = middle(samples, lambda sample: sample.load.p50)
            p99 = middle(samples, lambda sample: sample.load.p99)
            cpu = middle(samples, lambda sample: sample.cpu)
            failed = max(sample.load.failed for sample in samples)
            figures = f"{rate:8.0f} {p50:8.2f} {p99:8.2f} {cpu:8.0f} {failed:7.1%}"
            print(f"{each.name:16} {step.call.name:7} {figures}")
    print("memory: " + ", ".join(f"{name} {each:.0f} MiB" for name, each in seen.memory.items()))


def judged(framework: str, name: str, steps: Sequence[Step], seen: Seen) -> bool:
    """Print the ratios of a project beside their targets, and return whether it meets them."""
    met = [_ratio(framework, name, step, seen) for step in steps]
    met += [_spread(name, seen.samples[name, step]) for step in steps if step.call is ME]
    times = seen.memory[name] / seen.memory["bare"]
    within = times <= MOST_MEMORY
    said = f"{name}: memory {seen.memory[name]:.0f} MiB, {times:.2f} × bare"
    print(said + _verdict(within, f"at most {MOST_MEMORY}"))
    return all(met) and within


def _ratio(framework: str, name: str, step: Step, seen: Seen) -> bool:
    against = AGAINST[step.call]
    ours, theirs = seen.samples.get((name, step)), seen.samples.get((against, step))
    if not ours or not theirs:
        return True
    pairs = list(zip(ours, theirs, strict=True))
    ratio = statistics.median(mine.load.rate / max(1, other.load.rate) for mine, other in pairs)
    cpu = statistics.median(other.cpu / mine.cpu for mine, other in pairs)
    target = TARGETS[framework].get(step.call)
    said = f"{name}: {step.call.name} {ratio:.2f} of {against} (by CPU {cpu:.2f})"
    if target is None:
        print(said)
        return True
    print(said + _verdict(ratio >= target, f"at least {target:.2f}"))
    return ratio >= target


def _spread(name: str, samples: Sequence[Sample]) -> bool:
    p99 = middle(samples, lambda sample: sample.load.p99)
    spread = middle(samples, lambda sample: sample.load.p99 / sample.load.p50)
    said = f"{name}: p99 of me {p99:.1f} ms, {spread:.1f} × median"
    print(said + _verdict(spread <= MOST_P99, f"at most {MOST_P99:.0f}"))
    return spread <= MOST_P99


def _verdict(within: bool, target: str) -> str:
    return f"   {'ok' if within else 'MISSED'}, {target}"
