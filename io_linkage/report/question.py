"""What a report is asked: about whom, with which partners and comparators, and with which stage shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from io_linkage import economies
from io_linkage.economies import registry
from io_linkage.economies.resolving import rest_regions
from io_linkage.errors import IOLinkageError, OptionError, StageError, require_option

if TYPE_CHECKING:
    import pandas as pd

    from io_linkage.table import MRIOTable

DEFAULT_FOCUS = "CHN"
DEFAULT_PARTNERS = "developing"


@dataclass(frozen=True)
class Question:
    """A question, settled against a table.

    Attributes
    ----------
    focus : str
        As asked, or the default.
    regions : tuple of str
        Regions of the table that are the focus.
    partners : tuple of str
        Regions of the table that are partners; empty where `no_partners` says why there are none.
    partners_asked : str
        As asked, e.g. "developing".
    comparators : tuple of str
    stage_file : path, DataFrame or None
        Stage shares of one's own.
    no_partners, no_stages : str
        Why the parts about partners or stages are left out; empty where they are not.
    draws, seed : int
        Draws of the stage shares behind every range.
    aggregates : mapping or None
        How aggregates count in groups, where it is not the package's own rule.
    membership_year : int or None
        Year whose members of a group the focus and the partners are; None for the table's own.
    rest_regions : tuple of str
        Partners such as the rest of the world, without which dependence is given too; empty where it is not.
    rest_left_out : tuple of str
        Regions of that kind that would be partners but were left out.
    """

    focus: str
    regions: tuple[str, ...]
    partners: tuple[str, ...] = ()
    partners_asked: str = DEFAULT_PARTNERS
    comparators: tuple[str, ...] = economies.COMPARATORS
    stage_file: str | Path | pd.DataFrame | None = None
    no_partners: str = ""
    no_stages: str = ""
    draws: int = 200
    seed: int = 0
    aggregates: Mapping[str, Mapping[str, bool]] | None = None
    membership_year: int | None = None
    rest_regions: tuple[str, ...] = ()
    rest_left_out: tuple[str, ...] = ()


def ask(
    table: MRIOTable,
    *,
    focus: str | None = None,
    partners: str | Sequence[str] | None = None,
    comparators: Sequence[str] | None = None,
    stage_file: str | Path | pd.DataFrame | None = None,
    draws: int = 200,
    seed: int = 0,
    aggregates: Mapping[str, Mapping[str, bool]] | None = None,
    membership_year: int | None = None,
    rest: Literal["in", "out", "both"] = "both",
) -> Question:
    """Settle a question against a table.

    What was asked for and is not there is an error; what is only a default and does not fit the table is left out
    with its reason.

    Parameters
    ----------
    table : MRIOTable
    focus : str, optional
        A region, economy or group; China by default, or the only region of a national table.
    partners : str or sequence of str, optional
        Regions, economies or groups; developing economies by default.
    comparators : sequence of str, optional
        The USA, the EU and Japan by default.
    stage_file : path or DataFrame, optional
        Stage shares of one's own.
    draws, seed : int
    aggregates : mapping, optional
        How aggregates count in groups, see `economies.resolve`.
    membership_year : int, optional
        Year whose members of a group count as focus and partners, e.g. 2023 for the Belt and Road in a table of 2011;
        the table's own by default.
    rest : {"in", "out", "both"}
        Whether partners such as the rest of the world, which hold economies of every kind, count. "both" counts them
        and gives dependence without them too.

    Raises
    ------
    UnknownLabelError, OptionError, StageError
        The focus, the partners or the stage shares that were asked for do not fit the table.

    Examples
    --------
    >>> import io_linkage as iol
    >>> asked = ask(iol.load(), partners="brics")
    >>> asked.focus, asked.partners
    ('CHN', ('IND', 'BRA', 'RUS'))
    """
    from io_linkage.stages.intervals import require_draws

    require_draws(draws)
    _require_dates(membership_year)
    require_option("rest", rest, ("in", "out", "both"))
    finder = _Finder(table, aggregates, membership_year)
    name, regions = _focus(finder, focus)
    _require_output(table, name, regions)
    chosen, no_partners = _partners(finder, name, regions, partners)
    several, named = _apart(table, chosen, rest)
    asked = DEFAULT_PARTNERS if partners is None else partners if isinstance(partners, str) else ", ".join(partners)
    return Question(
        focus=name,
        regions=tuple(regions),
        partners=tuple(named if rest == "out" else chosen),
        partners_asked=asked,
        comparators=_comparators(table, comparators),
        stage_file=stage_file,
        no_partners=no_partners,
        no_stages=_no_stages(table, stage_file, draws),
        draws=draws,
        seed=seed,
        aggregates=aggregates,
        membership_year=membership_year,
        rest_regions=tuple(several) if rest == "both" and named else (),
        rest_left_out=tuple(several) if rest == "out" else (),
    )


@dataclass(frozen=True)
class _Finder:
    """Finds regions in a table by the members of groups that count."""

    table: MRIOTable
    aggregates: Mapping[str, Mapping[str, bool]] | None
    membership_year: int | None

    def regions(self, names: str | Sequence[str]) -> list[str]:
        try:
            return economies.resolve(
                self.table, names, aggregates=self.aggregates, membership_year=self.membership_year
            )
        except OptionError as error:
            if "no member in" not in str(error):
                raise
            raise OptionError(f"{error} In a report that is members=YEAR (--members YEAR).") from error


def _require_dates(members: int | None) -> None:
    """Refuse a year before the first and after the last date of any group, whose members would be guesses."""
    if members is None:
        return
    spells = [spell for group in registry.memberships().values() for spell in group]
    years = sorted(int(date[:4]) for spell in spells for date in (spell.start, spell.end) if date[:4].isdigit())
    if not years[0] <= members <= years[-1]:
        raise OptionError(
            f"membership_year={members}: the dates of membership go from {years[0]} to {years[-1]}. Choose a year "
            "between them (--members YEAR)."
        )


def _require_output(table: MRIOTable, name: str, regions: list[str]) -> None:
    output = table.x.groupby(level="region").sum()
    if not output.reindex(regions).gt(0).any():
        with_output = output.index[output > 0]
        raise OptionError(
            f"{name} has no output in {table.label}, so there is nothing to report about it. Choose another focus "
            f"(--focus), one of: {', '.join(map(str, with_output[:40]))}."
        )


def _focus(finder: _Finder, focus: str | None) -> tuple[str, list[str]]:
    table = finder.table
    if focus is not None:
        return focus, finder.regions(focus)
    if len(table.regions) == 1:
        return table.regions[0], list(table.regions)
    china = [region for region in table.regions if registry.find(region) == DEFAULT_FOCUS]
    if not china:
        raise OptionError(
            f"{table.label} does not show China, which a report is about unless told otherwise. Say whom it is "
            f"about with focus= (--focus), one of: {', '.join(table.regions[:40])}."
        )
    return (china[0] if len(china) == 1 else DEFAULT_FOCUS), china


def _partners(
    finder: _Finder, focus: str, own: list[str], partners: str | Sequence[str] | None
) -> tuple[list[str], str]:
    table = finder.table
    if len(table.regions) == 1:
        return [], (
            f"{table.label} has one region, so it shows no other economy's purchases and sales. Load a "
            "multi-regional table to see who depends on whom."
        )
    try:
        regions = finder.regions(DEFAULT_PARTNERS if partners is None else partners)
    except IOLinkageError as error:
        if partners is not None:
            raise
        return [], f"{error} Or name partners with --partners."
    others = [region for region in regions if region not in own]
    if others:
        return others, ""
    reason = f"There is no partner besides {focus} itself; name others with --partners."
    if partners is not None:
        raise OptionError(reason)
    return [], reason


def _apart(table: MRIOTable, partners: list[str], rest: str) -> tuple[list[str], list[str]]:
    """Partners that are the rest of the world or of a continent, and those that are not."""
    several = [region for region in partners if region in rest_regions(table)]
    named = [region for region in partners if region not in several]
    if rest == "out" and several and not named:
        raise OptionError(
            f"The only partners are {', '.join(several)}, so none is left with rest='out' (--rest out); name others "
            "with partners= (--partners)."
        )
    return several, named


def _comparators(table: MRIOTable, comparators: Sequence[str] | None) -> tuple[str, ...]:
    if comparators is not None:
        return tuple(comparators)
    if table.year is None:
        # Membership in a group has dates, so without a year only single economies can be compared with.
        return tuple(name for name in economies.COMPARATORS if registry.find(name) is not None)
    return economies.COMPARATORS


def _no_stages(table: MRIOTable, stages: str | Path | pd.DataFrame | None, draws: int) -> str:
    from io_linkage import stages as stage_shares

    try:
        weights = stage_shares.weights(table, stage_file=stages)
        stage_shares.require_memory(draws, *weights.shape)
    except StageError as error:
        if stages is not None:
            raise
        return f"{error} On the command line that file is given with --stages FILE."
    return ""
