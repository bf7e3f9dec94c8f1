"""The attrs of results: every key that a result may carry, and what it says. docs/results.md is made from it."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict, get_type_hints


class Attrs(TypedDict, total=False):
    """What a result says of itself in `attrs`; a key is there only where it applies."""

    # Every result.
    measure: Annotated[str, "what was measured"]
    unit: Annotated[str, "unit of the values; empty for pure numbers"]
    table: Annotated[str, "name and year of the table"]
    year: Annotated[Any, "year of the table; a list of years where there are several, None where it is not known"]
    source: Annotated[str, "who published the table, and what was done to it"]
    value_added: Annotated[str, "what value added is in this table: with or without taxes and margins"]
    anchors: Annotated[Any, "a few of the values, so that a figure notices when they have been changed"]

    # What was measured, and for whom.
    of: Annotated[str, "account measured: output, value_added or a satellite"]
    units: Annotated[dict[str, str], "units of the columns, where they differ from one another"]
    focus: Annotated[str, "economy that the result is about"]
    partners: Annotated[tuple[str, ...], "regions counted as partners, in the row that adds them up too"]
    frontier: Annotated[list[str], "regions that others are compared with"]
    groups: Annotated[dict[str, list[str]], "regions of each group in the result"]
    aggregates: Annotated[list[str], "regions that stand for several economies"]
    membership_year: Annotated[int, "year whose members groups have"]
    trait: Annotated[str, "trait that is measured: digital, green, high_tech or one of your own"]
    proxy: Annotated[str, "why the account is a stand-in, where it is one"]
    left_out: Annotated[tuple[str, ...], "codes of what was left out"]
    note: Annotated[str, "one sentence on what was left out or counted in another way"]
    missing: Annotated[list[str], "accounts that the table lacks"]
    stage: Annotated[str, "stage that is compared"]
    high_stages: Annotated[tuple[str, ...], "stages that high_stage adds up"]
    part: Annotated[str, "part of each region that is counted"]
    rows: Annotated[str, "what the rows stand for"]
    columns: Annotated[str, "what the columns stand for"]

    # How it was computed.
    by: Annotated[str, "grouping of the rows, or the weights of weighted linkages"]
    rule: Annotated[str, "how the result aggregates: mean, sum, or block where only the group itself can be asked"]
    weighted_by: Annotated[str, "weights of its means"]
    normalise: Annotated[str, "scope whose mean is 1"]
    normalised: Annotated[tuple[str, ...], "columns that are normalised"]
    within: Annotated[str, "scope of the coefficients of variation"]
    per: Annotated[str, "what amounts are divided by"]
    origin: Annotated[str, "what the content of exports is split by"]
    indirect: Annotated[str, "which indirect exports count in the position index"]
    intensity: Annotated[str, "size of a field of influence"]
    inventories: Annotated[str, "whether inventories were kept or removed"]
    uncorrected: Annotated[list[str], "industries whose inventories could not be removed"]
    kind: Annotated[str, "kind of extraction"]
    share: Annotated[float, "part taken out"]
    inside_flows: Annotated[str, "whether flows inside the extracted group were removed or kept"]
    flows: Annotated[str, "which flows of a corridor were removed"]
    flows_removed: Annotated[float, "value of the flows removed"]
    percent_of: Annotated[str, "what percentages are of"]
    prices: Annotated[str, "current prices, or constant ones of a base year"]
    filled: Annotated[list[str], "regions without prices of their own, which take those of the world"]
    average: Annotated[str, "orders that effects are averaged over: full (all of them) or polar (two)"]
    through: Annotated[str, "what dependence or reliance runs through"]
    role: Annotated[str, "supplier or buyer"]
    reach: Annotated[str, "how far inputs are looked at: direct, look_through, fpem, face, hidden or value_added"]
    products: Annotated[str, "what counts as a product"]
    category: Annotated[str, "category of final demand"]
    shifted: Annotated[float, "share of the basket that was moved"]
    kept: Annotated[list[str], "products that were not moved"]
    product: Annotated[str, "final product of a smile curve"]
    product_value: Annotated[float, "its value"]
    NON_VA: Annotated[float, "share of it that is not value added: taxes, margins and discrepancies"]
    jobs: Annotated[str, "unit of the jobs"]
    volume: Annotated[str, "volume of value added behind productivity: published or double-deflated"]
    capital_stock: Annotated[str, "what is doubtful in the capital stock behind productivity"]

    # What would be if.
    scenario: Annotated[str, "name of the scenario"]
    assumptions: Annotated[dict[str, str], "closure, substitution and horizon, one sentence each"]
    coverage: Annotated[float, "share of the content that the paths carry"]
    content: Annotated[float, "content of the final product, over all paths"]
    threshold: Annotated[float, "smallest path kept, as a share of the content"]
    order: Annotated[str, "order in which country-industries are removed"]
    pass_through: Annotated[float, "share of a duty that reaches the buyer"]
    rounds: Annotated[int, "how often a shortage was passed on"]
    shortage_rule: Annotated[str, "what a shortage of inputs does to output"]
    ratings: Annotated[str, "where the ratings of inputs come from: survey, proxy by cost share, or own"]
    substitution: Annotated[float, "how much more other sources deliver to each buyer, as a share of what they deliver"]

    # Stage shares.
    file: Annotated[str, "stage file behind the shares"]
    which: Annotated[str, "central, low or high shares"]
    interval: Annotated[str, "which part of how many draws lies between low and high"]


def described() -> dict[str, str]:
    """Return what each key says, in order."""
    return {key: hint.__metadata__[0] for key, hint in get_type_hints(Attrs, include_extras=True).items()}
