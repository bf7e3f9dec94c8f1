"""An account per unit of output: one object for all measures, and what is not known stays unknown."""

from __future__ import annotations

import inspect

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from io_linkage import extraction, linkages, spillovers
from io_linkage.errors import MissingSatelliteError, OptionError, UnknownLabelError
from io_linkage.intensities import intensity
from tests.examples import germany_1995, leather


def levy(table, *, unknown=()):
    """A Series of a fifth of output, NaN in some regions."""
    values = (0.2 * table.x).rename("levy")
    values[table.index.get_level_values(0).isin(unknown)] = np.nan
    values.attrs["unit"] = "M EUR"
    return values


def test_a_satellite_per_unit_of_output():
    table = germany_1995()
    q = intensity(table, "jobs")
    assert_allclose(q.per_output, table.satellite("jobs") / table.x)
    assert (q.name, q.unit, q.unit_per_output) == ("jobs", "thousand persons", "thousand persons per M EUR")
    assert q.attrs == {"of": "jobs"}


def test_what_is_unknown_is_nan_and_counts_as_nothing_in_sums():
    table = leather()
    q = intensity(table, levy(table, unknown=["Turkey"]))
    turkey = table.index.get_level_values(0) == "Turkey"
    assert np.isnan(q.per_output[turkey]).all()
    assert np.isnan(q.total[turkey]).all()
    assert (q.counted[turkey] == 0).all()
    assert (q.amounts(table)[turkey] == 0).all()
    assert_allclose(q.counted[~turkey], 0.2)
    assert q.attrs["left_out"] == ("Turkey",)
    assert q.attrs["note"].startswith("3 of 9 country-industries")
    assert q.attrs["note"].endswith("have no levy: Turkey.")
    assert q.in_unknown_region(table).tolist() == turkey.tolist()


@pytest.mark.parametrize(
    "measure",
    [
        linkages.backward,
        linkages.forward,
        linkages.forward_leontief,
        linkages.direct_backward,
        linkages.direct_forward,
        linkages.linkages,
        linkages.net,
        linkages.weighted,
        linkages.dispersion,
        linkages.split,
        linkages.pure,
        linkages.by_region,
        extraction.losses,
        extraction.losses_by_region,
        extraction.by_region,
        extraction.matrix,
        spillovers.matrix,
        spillovers.multipliers,
        spillovers.effects,
        spillovers.by_region,
    ],
    ids=lambda measure: f"{measure.__module__.split('.')[1]}.{measure.__name__}",
)
def test_every_measure_takes_a_series_like_the_satellite_of_the_same_numbers(measure):
    table = leather()
    series = levy(table)
    attached = table.with_satellite("taxes", series.to_frame().T, "M EUR")
    found, expected = measure(table, of=series), measure(attached, of="levy")
    numbers = [pd.DataFrame(result).select_dtypes("number").to_numpy(dtype=float) for result in (found, expected)]
    assert_allclose(*numbers, rtol=1e-12)
    assert np.isfinite(numbers[0]).any()
    assert found.attrs["of"] == "levy"
    assert found.attrs["unit"] == expected.attrs["unit"]
    assert "Account" in str(inspect.signature(measure).parameters["of"].annotation)


def test_a_series_called_output_is_not_the_table_s_own():
    table = leather()
    fake = (0.5 * table.x).rename("output")
    assert_allclose(linkages.backward(table, of=fake), 0.5 * linkages.backward(table))
    assert_allclose(extraction.losses(table, of=fake)["total"], 0.5 * extraction.losses(table)["total"])


def test_series_that_do_not_fit_are_refused():
    table = leather()
    with pytest.raises(UnknownLabelError, match="Nearest"):
        intensity(table, levy(table).rename(index={"Turkey": "Turky"}))
    with pytest.raises(OptionError, match="more than one number"):
        intensity(table, pd.concat([levy(table), levy(table)]))
    with pytest.raises(MissingSatelliteError, match="no number for 'levy'"):
        intensity(table, levy(table, unknown=table.regions))
