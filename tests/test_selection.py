"""Selections add up, and say what they do not find."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

from io_linkage.errors import OptionError, StageError, UnknownLabelError
from io_linkage.selection import groups_by, industry_codes, region_codes, select
from tests.strategies import stage_weights, tables


@given(tables())
def test_selections_by_region_and_stage_add_up_to_everything(table):
    weights = stage_weights(table)
    total = np.zeros(len(table.index))
    for region in table.regions:
        for stage in weights.columns:
            try:
                total += select(table, regions=region, stage=stage, stage_weights=weights).share
            except OptionError:
                assert not table.active[np.asarray(table.index.get_level_values(0) == region)].any()
                total += np.asarray(table.index.get_level_values(0) == region) * weights[stage].to_numpy()
    assert_allclose(total, 1.0)


@pytest.mark.parametrize("by", ["region", "industry", "stage", "region-stage"])
@given(table=tables())
def test_groups_share_out_everything(table, by):
    W, names = groups_by(table, by, stage_weights(table))
    assert W.shape == (len(table.index), len(names))
    assert_allclose(W.sum(axis=1), 1.0)
    assert_allclose((W.T @ table.x.to_numpy()).sum(), table.x.sum())


def test_a_region_an_industry_and_both(world):
    assert select(world, regions="CHN").indices.size == 35
    assert select(world, industries="30t33").indices.size == 21
    both = select(world, regions=["CHN", "IND"], industries=["30t33", "34t35"])
    assert both.indices.size == 4
    assert both.label == "CHN+IND 30t33+34t35"


def test_a_stage_is_a_share(world):
    share = select(world, regions="CHN", stage="emerging").share
    assert 0 < share[share > 0].min() < 1
    assert not share[np.asarray(world.index.get_level_values(0) != "CHN")].any()


def test_a_group_is_its_members(world):
    assert set(region_codes(world, "developing")) >= {"CHN", "IND", "BRA", "IDN"}
    assert "USA" not in region_codes(world, "developing")
    assert select(world, regions="developing").label == "developing"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"regions": "CHM"}, "Nearest: .*CHN"),
        ({"industries": "30t3"}, "Nearest: 30t33"),
        ({"stage": "emergent"}, "Nearest: emerging"),
    ],
)
def test_unknown_labels_offer_the_nearest(world, options, message):
    with pytest.raises(UnknownLabelError, match=message):
        select(world, **options)


def test_an_empty_selection_is_refused(world):
    with pytest.raises(OptionError, match="is empty"):
        select(world, regions="CHN", industries="P")
    with pytest.raises(OptionError, match="No industry"):
        industry_codes(world, [])
    with pytest.raises(OptionError, match="No region"):
        region_codes(world, [])


def test_unknown_groupings_name_the_known(world):
    with pytest.raises(OptionError, match="region-stage"):
        groups_by(world, "continent")


def test_stage_shares_of_ones_own_are_checked(world):
    weights = stage_weights(world)
    with pytest.raises(StageError, match=r"of 1 of 726 industries.*first CHN AtB \(0.5\)"):
        select(
            world,
            stage="emerging",
            stage_weights=weights.assign(emerging=0.5, traditional=0.5, future=0.0).mask(
                np.asarray(weights.index == ("CHN", "AtB"))[:, None] & np.array([[True, False, False]]), 0.0
            ),
        )
    with pytest.raises(StageError, match=r"\(missing\)"):
        groups_by(world, "stage", weights.drop(index=[("CHN", "24")]))
    # Industries without output may be left out.
    groups_by(world, "stage", weights.drop(index=[("CHN", "P")]))
