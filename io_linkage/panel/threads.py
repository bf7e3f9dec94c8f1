"""One thread for the linear algebra of each table, so that numbers do not depend on who computes them.

A factorisation by two threads adds up in another order than one by a single thread, and differs in the last bits. Where
threadpoolctl is installed, as it is with the extra ``distributed``, each table is computed by one thread, in this
process and in every worker. Without it, workers on this machine have the number of threads that this process has.
"""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LOCK = threading.Lock()
_INSIDE: list[int] = [0]
_LIMIT: list[Any] = []


@contextmanager
def one_thread() -> Iterator[None]:
    """Let the linear algebra of this process run on one thread until the last who asked for it is done."""
    if importlib.util.find_spec("threadpoolctl") is None:
        yield
        return
    # Only libraries that are loaded are limited: numpy's, and scipy's own.
    import scipy.linalg  # noqa: F401
    import threadpoolctl

    with _LOCK:
        _INSIDE[0] += 1
        if _INSIDE[0] == 1:
            _LIMIT.append(threadpoolctl.threadpool_limits(limits=1, user_api="blas"))
    try:
        yield
    finally:
        with _LOCK:
            _INSIDE[0] -= 1
            if _INSIDE[0] == 0:
                _LIMIT.pop().restore_original_limits()
