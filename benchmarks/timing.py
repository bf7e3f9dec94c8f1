"""Timing two things fairly on a machine that others use too, and the most memory something takes."""

from __future__ import annotations

import gc
import multiprocessing
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Timing:
    """Seconds of one thing over its runs."""

    name: str
    seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        """The least disturbed run."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The usual run."""
        return statistics.median(self.seconds)

    def of(self, base: Timing) -> float:
        """Median over the rounds of this run's seconds by the base's in the same round."""
        return statistics.median(one / other for one, other in zip(self.seconds, base.seconds, strict=True))


def paired(runs: Mapping[str, Callable[[], object]], *, repeats: int = 5) -> dict[str, Timing]:
    """Run things by turns, each once a round, so that a busy minute touches all of them.

    The order changes with the round. Garbage is collected before each run.
    """
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    names = list(runs)
    for round_ in range(repeats):
        for name in names[round_ % len(names) :] + names[: round_ % len(names)]:
            gc.collect()
            start = time.perf_counter()
            result = runs[name]()
            seconds[name].append(time.perf_counter() - start)
            del result
    return {name: Timing(name, tuple(values)) for name, values in seconds.items()}


def table(timings: Mapping[str, Timing], *, base: str) -> str:
    """Return a plain table: best, median, and the median multiple of the base in the same round."""
    width = max(map(len, timings)) + 2
    lines = [f"{'':{width}}{'best s':>10}{'median s':>10}{'x base':>9}"]
    for name, timing in timings.items():
        ratio = timing.of(timings[base])
        lines.append(f"{name:{width}}{timing.best:10.3f}{timing.median:10.3f}{ratio:9.2f}")
    return "\n".join(lines)


def peak(make: Callable[..., Any], run: Callable[[Any], object], *arguments: Any) -> float:
    """Bytes that `run(make(*arguments))` takes at its peak beyond what stood after `make`; in a process of its own.

    Both have to be functions of a module. Linux only: it resets the high-water mark of the process.
    """
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return float(pool.apply(_measured, (make, run, arguments)))


def _measured(make: Callable[..., Any], run: Callable[[Any], object], arguments: tuple[Any, ...]) -> float:
    value = make(*arguments)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    result = run(value)
    after = _status("VmHWM")
    del result
    return after - before


def _status(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return float(line.split()[1]) * 1024
    raise LookupError(field)
