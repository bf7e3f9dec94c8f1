"""The moves that a scenario is made of: frozen data, each with a kind.

Regions and industries are given as codes, names or groups, one or several. `strength` is the share that moves, from 0
to 1, of what each buyer bought in the table before. Moves therefore add up, and what they take from one flow may not
exceed it. `flows` says whether inputs of industries, final demand or both move. Where a move has a `stage`, each
supplier counts with its share in it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, TypeAlias, get_args

from io_linkage.errors import OptionError, require_option, require_share

#: A code, a name or a group, or several of them.
Names: TypeAlias = "str | tuple[str, ...]"
Flows: TypeAlias = Literal["both", "inputs", "final"]
Reading: TypeAlias = Literal["replaced", "orders", "supply"]
Value: TypeAlias = Literal["basic", "purchaser"]


@dataclass(frozen=True)
class Move:
    """What all moves have: a kind, and checks of their options."""

    kind: ClassVar[str] = ""

    def __post_init__(self) -> None:
        """Turn lists into tuples, and refuse shares outside 0 to 1 and unknown options."""
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, list):
                object.__setattr__(self, entry.name, _tuples(value))
        require_option("flows", getattr(self, "flows", "both"), get_args(Flows))
        self._require_number("strength", at_least=0.0)
        if getattr(self, "strength", None) is not None:
            require_share("strength", self.strength)  # type: ignore[attr-defined]

    def _require_number(self, name: str, *, at_least: float | None = None) -> None:
        value = getattr(self, name, None)
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise OptionError(f"{self.kind}: {name}={value!r} is not a number.")
        if at_least is not None and value < at_least:
            raise OptionError(f"{self.kind}: {name}={value} is not possible; it must be {at_least:g} or more.")


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list | tuple) else value


@dataclass(frozen=True)
class DemandChange(Move):
    """Final demand of some regions changes in level, in its basket of products, or both.

    Attributes
    ----------
    regions : str or tuple
        Whose final demand.
    level : float
        Change as a share: .05 is 5 % more, -.1 is 10 % less.
    industries, suppliers : str or tuple, optional
        Only products of these industries, made in these regions.
    category : str, optional
        Only one category of final demand.
    basket : str or tuple of (industry, share), optional
        A region whose basket is taken over, at constant total, or shares. Who supplies each product stays; as in
        `io_linkage.ties.shift_basket`.
    strength : float
        How much of the way to go.
    stage : str, optional
    """

    kind: ClassVar[str] = "demand"

    regions: Names
    level: float = 0.0
    industries: Names | None = None
    suppliers: Names | None = None
    category: str | None = None
    basket: str | tuple[tuple[str, float], ...] | None = None
    strength: float = 1.0
    stage: str | None = None

    def __post_init__(self) -> None:
        """Refuse a fall by more than all."""
        super().__post_init__()
        self._require_number("level", at_least=-1.0)
        if self.basket is not None and (self.industries or self.suppliers or self.stage):
            raise OptionError("demand: a basket is that of all products; give it without industries, suppliers, stage.")
        if self.basket is None and self.level == 0:
            raise OptionError("demand: nothing changes; give a level (.05 is 5 % more) or a basket.")


@dataclass(frozen=True)
class Reshoring(Move):
    """Buyers bring home what they buy of some products from foreign suppliers.

    Attributes
    ----------
    buyers : str or tuple
        Each region brings home its own purchases.
    industries : str or tuple, optional
        Products; all by default.
    suppliers : str or tuple, optional
        From whom; all other regions by default.
    flows : {"both", "inputs", "final"}
    strength : float
    capacity : float, optional
        By how much the output of the product at home may grow, as a share of output before. What cannot be moved stays
        with the old suppliers and is `unmet`. Without it there is no limit.
    stage : str, optional
    """

    kind: ClassVar[str] = "reshoring"

    buyers: Names
    industries: Names | None = None
    suppliers: Names | None = None
    flows: Flows = "both"
    strength: float = 1.0
    capacity: float | None = None
    stage: str | None = None

    def __post_init__(self) -> None:
        """Refuse a negative capacity."""
        super().__post_init__()
        self._require_number("capacity", at_least=0.0)


@dataclass(frozen=True)
class Substitution(Move):
    """Buyers turn from some suppliers to third regions. This does not repair what the old suppliers lose.

    Attributes
    ----------
    buyers : str or tuple
    suppliers : str or tuple
        Who loses the orders.
    to : str or tuple
        Who gains them.
    industries : str or tuple, optional
    shares : tuple of float, optional
        What each region in `to` gains, adding to 1; by default as they export the product to others now.
    flows, strength, stage
        As in `Reshoring`.
    """

    kind: ClassVar[str] = "substitution"

    buyers: Names
    suppliers: Names
    to: Names
    industries: Names | None = None
    shares: tuple[float, ...] | None = None
    flows: Flows = "both"
    strength: float = 1.0
    stage: str | None = None

    def __post_init__(self) -> None:
        """Refuse shares that do not add to 1."""
        super().__post_init__()
        if self.shares is not None and (min(self.shares, default=-1.0) < 0 or abs(sum(self.shares) - 1) > 1e-9):
            raise OptionError(f"substitution: the shares {self.shares} must be at least 0 and add to 1.")


@dataclass(frozen=True)
class MarketRepair(Move):
    """Buyers of a third region take the goods of the hurt supplier, in place of their own or of named sources.

    This is what gives the hurt supplier its orders back.

    Attributes
    ----------
    buyers : str or tuple
        The third region.
    supplier : str or tuple
        Who gains; several share as they export the product now.
    industries : str or tuple, optional
    sources : str or tuple, optional
        Whose goods are replaced; the buyers' own by default.
    strength : float
    amount : float, optional
        Value that moves in the unit of the table, in place of a strength; spread in proportion.
    flows, stage
        As in `Reshoring`.
    """

    kind: ClassVar[str] = "market_repair"

    buyers: Names
    supplier: Names
    industries: Names | None = None
    sources: Names | None = None
    flows: Flows = "both"
    strength: float = 1.0
    amount: float | None = None
    stage: str | None = None

    def __post_init__(self) -> None:
        """Refuse a negative amount, and both an amount and a strength."""
        super().__post_init__()
        self._require_number("amount", at_least=0.0)
        if self.amount is not None and self.strength != 1.0:
            raise OptionError("market_repair: give a strength or an amount, not both.")


@dataclass(frozen=True)
class ProductionAbroad(Move):
    """A part of a host's industry produces as the investor's does: its inputs and accounts per unit of output.

    Attributes
    ----------
    investor : str
        One region whose coefficients are used.
    hosts : str or tuple
    industries : str or tuple, optional
    inputs : {"investor", "host"}
        Suppliers of the investor's column as they are, so that it goes on buying at home; or the investor's products
        with each bought where the host's industry buys it now.
    strength : float
        Part of the host's output that is made so.
    """

    kind: ClassVar[str] = "production_abroad"

    investor: str
    hosts: Names
    industries: Names | None = None
    inputs: Literal["investor", "host"] = "investor"
    strength: float = 1.0

    def __post_init__(self) -> None:
        """Refuse other words for the suppliers."""
        super().__post_init__()
        require_option("inputs", self.inputs, ("investor", "host"))


@dataclass(frozen=True)
class FriendShoring(Move):
    """Buyers of a bloc turn from another bloc to suppliers in their own, in proportion to what they buy there now.

    Attributes
    ----------
    buyers : str or tuple
        The bloc.
    away_from : str or tuple
        The other bloc.
    to : str or tuple, optional
        Suppliers; the buyers' bloc by default.
    industries, flows, strength, stage
        As in `Reshoring`.
    """

    kind: ClassVar[str] = "friend_shoring"

    buyers: Names
    away_from: Names
    to: Names | None = None
    industries: Names | None = None
    flows: Flows = "both"
    strength: float = 1.0
    stage: str | None = None


@dataclass(frozen=True)
class Tariff(Move):
    r"""A tariff moves purchases between sources, by a constant elasticity of substitution (Armington 1969).

    With w the shares of sources in what a buyer spends on a product and t = 1 + rate on taxed sources, at an elasticity
    :math:`\sigma`

    .. math:: \text{basic: } \frac{w_s t_s^{-\sigma}}{\sum_k w_k t_k^{-\sigma}}, \qquad
        \text{purchaser: } \frac{w'_s}{t_s}, \; w'_s = \frac{w_s t_s^{1-\sigma}}{\sum_k w_k t_k^{1-\sigma}}

    Attributes
    ----------
    buyers : str or tuple
        Who levies it.
    suppliers : str or tuple
        Whose goods are taxed. A buyer's own never are.
    rate : float
        .25 is 25 %.
    elasticity : float
        There is no default: estimates differ widely between products.
    industries : str or tuple, optional
    value : {"basic", "purchaser"}
        Keep what is bought of the product at basic prices, or what is spent at buyers' prices; then duties leave the
        column.
    flows : {"both", "inputs", "final"}
    """

    kind: ClassVar[str] = "tariff"

    buyers: Names
    suppliers: Names
    rate: float
    elasticity: float | None = None
    industries: Names | None = None
    value: Value = "basic"
    flows: Flows = "both"

    def __post_init__(self) -> None:
        """Refuse a tariff without an elasticity."""
        super().__post_init__()
        require_option("value", self.value, get_args(Value))
        self._require_number("rate", at_least=0.0)
        if self.elasticity is None:
            raise OptionError(
                "tariff: an elasticity of substitution between sources (Armington) is needed, and there is no default, "
                "since estimates differ widely by product. Give one, e.g. elasticity=4.0, with its source in the note; "
                "elasticity=0.0 keeps the sources."
            )
        self._require_number("elasticity", at_least=0.0)


@dataclass(frozen=True)
class ExportBan(Move):
    """A supplier stops selling some products abroad.

    Attributes
    ----------
    suppliers : str or tuple
    reading : {"replaced", "orders", "supply"}
        There is no default. "replaced": buyers turn to the product's other suppliers, in proportion to what they buy
        from them. "orders": the purchases fall away and what they cost is not spent. "supply": buyers miss the input
        and produce less, by the first round of `io_linkage.shortages`; it stands alone in its scenario.
    buyers : str or tuple, optional
        Who gets nothing more; all other regions by default.
    industries, flows, strength, stage
        As in `Reshoring`.
    ratings : {"survey", "cost_share"}
        Which inputs production cannot do without, for the reading "supply"; see `io_linkage.shortages.ratings`.
    """

    kind: ClassVar[str] = "export_ban"

    suppliers: Names
    reading: Reading | None = None
    buyers: Names | None = None
    industries: Names | None = None
    flows: Flows = "both"
    strength: float = 1.0
    stage: str | None = None
    ratings: Literal["survey", "cost_share"] = "survey"

    def __post_init__(self) -> None:
        """Refuse a ban without a reading."""
        super().__post_init__()
        require_option(
            "reading",
            self.reading,
            get_args(Reading),
            remedy="The three answer different questions, so there is no default.",
        )
        require_option("ratings", self.ratings, ("survey", "cost_share"))


@dataclass(frozen=True)
class FixedOutput(Move):
    """Output of some industries is fixed, and final demand for it follows (mixed model).

    Attributes
    ----------
    regions, industries : str or tuple
    level : float
        Output as a share of output before: .8 is 20 % less.
    """

    kind: ClassVar[str] = "fixed_output"

    regions: Names
    industries: Names | None = None
    level: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a negative level."""
        super().__post_init__()
        self._require_number("level", at_least=0.0)


@dataclass(frozen=True)
class NodeLoss(Move):
    """A part or all of some industries' output is lost; suppliers lose its orders. At 1 the same as extracting it.

    Attributes
    ----------
    regions, industries : str or tuple
    strength : float
        The part lost.
    stage : str, optional
        Only the part of each industry that is in this stage.
    """

    kind: ClassVar[str] = "node_loss"

    regions: Names
    industries: Names | None = None
    strength: float = 1.0
    stage: str | None = None


MOVES: dict[str, type[Move]] = {
    move.kind: move
    for move in (
        DemandChange,
        Reshoring,
        Substitution,
        MarketRepair,
        ProductionAbroad,
        FriendShoring,
        Tariff,
        ExportBan,
        FixedOutput,
        NodeLoss,
    )
}


@dataclass(frozen=True)
class Scenario:
    """Moves under one name.

    Attributes
    ----------
    name : str
    moves : tuple of Move
        They are shares of the table before, so their order does not matter.
    note : str
        What it stands for, and where its numbers are from.
    classification : str, optional
        Of the industries it names; another table is refused.

    Examples
    --------
    >>> home = Scenario("reshoring", [Reshoring("USA", industries="30t33", suppliers="CHN", strength=0.5)])
    >>> home.moves[0].kind
    'reshoring'
    """

    name: str
    moves: tuple[Move, ...] = ()
    note: str = ""
    classification: str | None = None

    def __post_init__(self) -> None:
        """Keep the moves as a tuple."""
        moves = (self.moves,) if isinstance(self.moves, Move) else tuple(self.moves)
        for move in moves:
            if not isinstance(move, Move) or move.kind not in MOVES:
                raise OptionError(f"{move!r} is not a move; a scenario is made of {', '.join(MOVES)}.")
        object.__setattr__(self, "moves", moves)
