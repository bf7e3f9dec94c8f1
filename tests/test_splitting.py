"""Split industries: worked examples, conservation, the way back, and recipes that no table has."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from io_linkage.aggregation import aggregate
from io_linkage.errors import ComparisonError, OptionError, SolveError, UnknownLabelError
from io_linkage.splitting import Division, Part, Recipe, split
from io_linkage.table import MRIOTable
from tests.examples import germany_1995, miller_blair_two_regions
from tests.strategies import tables


def two_industries() -> MRIOTable:
    Z = pd.DataFrame([[150.0, 500.0], [200.0, 100.0]], index=["1", "2"], columns=["1", "2"])
    return MRIOTable.from_frames(Z, pd.DataFrame({"demand": [350.0, 1700.0]}, index=["1", "2"]), name="two industries")


def with_evidence() -> MRIOTable:
    first = Part(
        "1a",
        0.3,
        inputs={"1a": 10 / 300, "1b": 20 / 300, "2": 90 / 300},
        sales={"1a": 10 / 300, "1b": 35 / 300, "2": 155 / 300},
    )
    return split(two_industries(), Division("1", (first, Part("1b"))))


class TestWorkedExample:
    def test_in_proportion(self):
        parts = split(two_industries(), Division("1", (Part("1a", 0.3), Part("1b"))))
        assert_allclose(parts.Z, [[13.5, 31.5, 150], [31.5, 73.5, 350], [60, 140, 100]], rtol=1e-14)
        L = [
            [1.0762376238, 0.0762376238, 0.0990099010],
            [0.1778877888, 1.1778877888, 0.2310231023],
            [0.2640264026, 0.2640264026, 1.1221122112],
        ]
        assert_allclose(parts.L, L, atol=5e-11)
        assert_allclose(parts.L.sum(), [1.5181518152, 1.5181518152, 1.4521452145], atol=5e-11)

    def test_with_evidence(self):
        parts = with_evidence()
        assert_allclose(parts.Z, [[10, 35, 155], [20, 85, 345], [90, 110, 100]], rtol=1e-11)
        assert_allclose(parts.final_demand, [100, 250, 1700], rtol=1e-11)
        assert_allclose(parts.v, [0.6, 0.6714285714, 0.7], atol=5e-11)
        L = [
            [1.0715351992, 0.0791886833, 0.1017937113],
            [0.1527063637, 1.1877038757, 0.2281196439],
            [0.3636392358, 0.2214692478, 1.1225110379],
        ]
        assert_allclose(parts.L, L, atol=5e-11)
        assert_allclose(parts.L.sum(), [1.5878807984, 1.4883618068, 1.4524243932], atol=5e-11)

    def test_aggregation_bias(self):
        mean = np.average(with_evidence().L.sum()[:2], weights=[300, 700])
        assert_allclose([mean, two_industries().L.sum().iloc[0]], [1.5182175043, 1.5181518152], atol=5e-11)

    def test_evidence_changes_coefficients_by_rank_two(self):
        parent, parts = two_industries(), with_evidence()
        P, Q = np.array([[0.3, 0], [0.7, 0], [0, 1]]), np.array([[1.0, 1, 0], [0, 0, 1]])
        change = parts.A.to_numpy() - P @ parent.A.to_numpy() @ Q
        assert np.linalg.matrix_rank(change, tol=1e-9) == 2
        assert_allclose(Q @ change @ parts.x.to_numpy(), 0, atol=1e-9)


def spread(table: MRIOTable, industry: str, shares: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Matrices P and Q of a proportional split, by hand."""
    P, Q = [], []
    for position, (_, code) in enumerate(table.index):
        for share in shares if code == industry else [1.0]:
            P.append(share * np.eye(len(table.index))[position])
            Q.append(np.eye(len(table.index))[position])
    return np.array(P), np.array(Q).T


@given(table=tables(min_industries=2), share=st.floats(0.05, 0.95))
def test_the_inverse_of_a_proportional_split(table, share):
    industry = table.industries[0]
    parts = split(table, Division(industry, (Part("a", share), Part("b"))))
    P, Q = spread(table, industry, [share, 1 - share])
    L = np.eye(len(P)) + P @ (table.system.inverse() - np.eye(len(table.index))) @ Q
    assert_allclose(parts.system.inverse(), L, rtol=1e-9, atol=1e-12)


@given(
    table=tables(min_industries=3, zero_output=False),
    share=st.floats(0.1, 0.9),
    size=st.floats(0, 0.9),
    margin=st.floats(0.5, 1.5),
)
def test_evidence_is_kept_and_everything_conserved(table, share, size, margin):
    """Whatever is known of a part, parents come back, identities hold, and the part has what the recipe says."""
    parent, product = table.industries[0], table.industries[1]
    A, v = table.A, table.v
    inputs = {r: size * A.loc[(slice(None), product), (r, parent)].sum() for r in table.regions}
    value_added = {r: min(margin * v[r, parent], 0.99 - inputs[r]) for r in table.regions}
    assume(all(share * value_added[r] <= v[r, parent] for r in table.regions))
    part = Part("a", share, inputs={product: inputs}, value_added=value_added, accounts={"jobs": 0.25})
    try:
        parts = split(table, Division(parent, (part, Part("b"))))
    except SolveError:
        assume(False)
    back = aggregate(parts, industries={"a": parent, "b": parent} | {code: code for code in table.industries[1:]})
    for name in ("Z", "Y", "V"):
        new, old = getattr(back, name), getattr(table, name)
        new = new.reindex(index=old.index, columns=old.columns).fillna(0.0)
        assert_allclose(new, old, rtol=1e-9, atol=1e-9 * table.x.max(), err_msg=name)
    assert_allclose(back.x.reindex(table.index), table.x, rtol=1e-12)
    assert_allclose(parts.Z.sum() + parts.V.sum(), parts.x, rtol=1e-9)
    for r in table.regions:
        bought = parts.Z.loc[(slice(None), product), (r, "a")].sum()
        assert_allclose(bought, inputs[r] * parts.x[r, "a"], rtol=1e-8, atol=1e-8 * parts.x[r, "a"])
        assert_allclose(parts.v[r, "a"], value_added[r], rtol=1e-8, atol=1e-8)
        assert_allclose(parts.x[r, "a"], share * table.x[r, parent], rtol=1e-9)
        assert_allclose(parts.satellite("jobs")[r, "a"], 0.25 * table.satellite("jobs")[r, parent])


def test_cells_are_conserved_to_the_last_digits():
    table = germany_1995()
    parts = split(table, Division("manufacturing", (Part("a", 0.37, inputs={"agriculture": 0.01}), Part("b"))))
    back = aggregate(
        parts,
        industries={"a": "manufacturing", "b": "manufacturing"}
        | {code: code for code in table.industries if code != "manufacturing"},
    )
    cells = back.Z.reindex(index=table.index, columns=table.index)
    assert_allclose(cells, table.Z, rtol=4 * np.finfo(float).eps)
    assert_allclose(back.Y.reindex(table.index), table.Y, rtol=4 * np.finfo(float).eps)


def test_the_free_cells_are_the_nearest_to_the_proportional_ones():
    """Brute force: no other table with these sums has a smaller divergence from the prior (Lagrange conditions)."""
    table = germany_1995()
    part = Part("a", 0.4, inputs={"agriculture": 0.02})
    parts = split(table, Division("manufacturing", (part, Part("b"))))
    start = split(table, Division("manufacturing", (Part("a", 0.4), Part("b"))))
    ratio = np.log(parts.Z / start.Z)
    a, b = ("DEU", "a"), ("DEU", "b")
    free = [code for code in table.industries if code not in ("manufacturing", "agriculture")]
    # Within the columns of a and b, log ratios differ by the same amount in every free row.
    difference = [ratio.loc[("DEU", code), a] - ratio.loc[("DEU", code), b] for code in free]
    assert_allclose(difference, difference[0], atol=1e-9)
    assert abs(difference[0]) > 1e-3


def test_regions_that_are_not_split_keep_the_parent():
    table = miller_blair_two_regions()
    region, industry = table.regions[0], table.industries[0]
    parts = split(table, Division(industry, (Part("a", 0.2), Part("b")), region))
    assert [code for r, code in parts.index if r == region][:2] == ["a", "b"]
    assert (table.regions[1], industry) in parts.index
    assert_allclose(parts.x[region, "a"], 0.2 * table.x[region, industry])


def test_shares_by_region_with_one_for_the_others():
    table = miller_blair_two_regions()
    first, second = table.regions
    parts = split(table, Division(table.industries[0], (Part("a", {first: 0.2, "*": 0.6}), Part("b"))))
    assert_allclose(parts.x[first, "a"] / table.x[first, table.industries[0]], 0.2)
    assert_allclose(parts.x[second, "a"] / table.x[second, table.industries[0]], 0.6)


def test_the_table_is_not_changed_and_says_what_was_done():
    table = two_industries()
    before = table.Z.copy()
    recipe = Recipe((Division("1", (Part("1a", 0.3), Part("1b"))),), name="a trial", source="by hand")
    parts = split(table, recipe)
    assert_array_equal(table.Z, before)
    assert parts.carried["notes"] == ("a trial: 1 into 1a and 1b (by hand)",)
    assert parts.label == "two industries, split"


class TestRefused:
    @pytest.mark.parametrize(
        ("division", "message"),
        [
            (Division("1", (Part("a", 1.2), Part("b"))), "between 0 and 1"),
            (Division("1", (Part("a", 0.7), Part("c", 0.6), Part("b"))), "add up to 1.3"),
            (Division("1", (Part("a", 0.7), Part("b", 0.6))), "add up to 1.3"),
            (Division("1", (Part("2", 0.7), Part("b"))), "another code"),
            (Division("1", (Part("a", {"elsewhere": 0.7}), Part("b"))), "no share"),
            (Division("1", (Part("a", 0.5, inputs={"2": 1.5}), Part("b"))), "between 0 and 1"),
            (Division("1", (Part("a", 0.5, inputs={"2": 0.6}, value_added=0.6), Part("b"))), "add up to 1.2"),
            (
                Division("1", (Part("a", 0.5, inputs={"2": 0.6}), Part("b"))),
                "adds up to 300 in the cell .*2 .*parent has 200",
            ),
            (Division("1", (Part("a", 0.9, sales={"demand": 0.6}), Part("b"))), "adds up to 540 .*parent has 350"),
            (Division("1", (Part("a", 0.5, accounts={"jobs": 1.5}), Part("b"))), "jobs"),
        ],
    )
    def test_what_the_parent_cannot_give(self, division, message):
        with pytest.raises((OptionError, UnknownLabelError), match=message):
            split(two_industries(), division)

    def test_unknown_labels(self):
        for division in (
            Division("3", (Part("a", 0.5), Part("b"))),
            Division("1", (Part("a", 0.5, inputs={"3": 0.1}), Part("b"))),
            Division("1", (Part("a", 0.5, sales={"3": 0.1}), Part("b"))),
            Division("1", (Part("a", 0.5), Part("b")), "nowhere"),
        ):
            with pytest.raises(UnknownLabelError):
                split(two_industries(), division)

    def test_figures_that_contradict_one_another(self):
        # All parts' inputs of product 2 are known, and less than the parent's.
        parts = (Part("a", 0.5, inputs={"2": 0.1}), Part("b", inputs={"2": 0.1}))
        with pytest.raises(SolveError, match="take the rest"):
            split(two_industries(), Division("1", parts))

    def test_an_input_that_the_parent_does_not_have(self):
        Z = pd.DataFrame([[150.0, 500.0], [0.0, 100.0]], index=["1", "2"], columns=["1", "2"])
        table = MRIOTable.from_frames(Z, pd.DataFrame({"demand": [350.0, 1700.0]}, index=["1", "2"]))
        with pytest.raises(OptionError, match="the parent has none"):
            split(table, Division("1", (Part("a", 0.5, inputs={"2": 0.1}), Part("b"))))

    def test_an_industry_without_output(self):
        Z = pd.DataFrame([[0.0, 0.0], [0.0, 100.0]], index=["1", "2"], columns=["1", "2"])
        table = MRIOTable.from_frames(Z, pd.DataFrame({"demand": [0.0, 1700.0]}, index=["1", "2"]))
        with pytest.raises(OptionError, match="no output"):
            split(table, Division("1", (Part("a", 0.5), Part("b"))))

    def test_a_recipe_for_another_classification(self):
        recipe = Recipe((Division("1", (Part("a", 0.5), Part("b"))),), classification="WIOD2013")
        with pytest.raises(ComparisonError, match="WIOD2013"):
            split(two_industries(), recipe)

    def test_an_industry_split_twice(self):
        division = Division("1", (Part("a", 0.5), Part("b")))
        with pytest.raises(OptionError, match="twice"):
            split(two_industries(), (division, Division("1", (Part("c", 0.5), Part("d")))))

    @pytest.mark.parametrize("parts", [(Part("a", 0.5),), (Part("a", 0.5), Part("a")), (Part("a"), Part("b", 0.5))])
    def test_divisions_that_are_none(self, parts):
        with pytest.raises(OptionError):
            Division("1", parts)


class TestChina:
    """The national table of 153 industries as the truth: a broad industry split with its own structure."""

    def test_the_linkages_come_back(self, shared_data):
        from io_linkage import load

        fine = load(shared_data / "china_nbs" / "china_2018_153.parquet")
        (region,) = fine.regions
        x, A = fine.x[region], fine.A.loc[region, region]
        B = fine.B.loc[region, region]
        chosen = [code for code in fine.industries if x[code] > 0 and B.loc[code].sum() < 0.9][20:23]
        broad = aggregate(fine, industries={code: "broad" if code in chosen else code for code in fine.industries})
        parts = [
            Part(code, x[code] / x[chosen].sum(), inputs=dict(A[code]), sales=dict(B.loc[code])) for code in chosen[:-1]
        ]
        again = split(broad, Division("broad", (*parts, Part(chosen[-1]))))
        linkages = pd.Series(again.system.backward_sums(), again.index).reindex(fine.index)
        assert_allclose(linkages, fine.system.backward_sums(), rtol=1e-8)
        parent = pd.Series(broad.system.backward_sums(), broad.index)[region, "broad"]
        assert abs(linkages[region, chosen[0]] / parent - 1) > 0.01
