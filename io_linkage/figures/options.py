"""Options of figures: one that a figure does not have is named, with the nearest it has."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from io_linkage.errors import OptionError, unknown

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


def teaching(
    *, passed_to: Callable[..., object] | None = None
) -> Callable[[Callable[_Given, _Made]], Callable[_Given, _Made]]:
    """Make a figure refuse options it does not have in a sentence of this package.

    Parameters
    ----------
    passed_to : callable, optional
        The figure that further options go to; its options count as well.
    """

    def decorate(figure: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
        parameters = inspect.signature(figure).parameters.values()
        known = [one.name for one in parameters if one.kind is not one.VAR_KEYWORD]
        if passed_to is not None:
            known += [one for one in inspect.signature(passed_to).parameters if one not in known]

        @wraps(figure)
        def checked(*args: _Given.args, **kwargs: _Given.kwargs) -> _Made:
            for name in kwargs:
                if name not in known:
                    message = str(unknown("option", name, sorted(known))).replace("Known:", "It takes:")
                    raise OptionError(f"figures.{getattr(figure, '__name__', 'figure')}: {message}")
            return figure(*args, **kwargs)

        return checked

    return decorate
