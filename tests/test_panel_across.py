"""Panels: the same numbers as a plain loop, whoever computes them, and nothing stale from a folder."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import io_linkage as iol
from io_linkage import decomposition, extraction, panel, spillovers, ties
from io_linkage.errors import ComparisonError, OptionError, ReadError
from io_linkage.panel import keeping
from tests.examples import germany_1995, leather

YEARS = [2005, 2008, 2011]


def gdp(table, factor=1.0):
    result = (factor * table.va).groupby(level="region").sum().rename("gdp")
    result.attrs.update(unit=table.unit, measure="GDP")
    return result


def effects(before, after, by="region"):
    return decomposition.structural(before, after).frame(by)


def wide(found: pd.DataFrame, year: int) -> pd.Series:
    part = found[found["year"] == year]
    return part.set_index(["region", "column"])["value"]


def test_a_panel_is_a_plain_loop():
    found = panel.across(YEARS, extraction.by_region)
    for year in YEARS:
        alone = extraction.by_region(iol.load(year=year))
        expected = alone.select_dtypes("number").stack()
        assert (wide(found, year).reindex(expected.index).to_numpy() == expected.to_numpy()).all()
    assert found["year"].unique().tolist() == YEARS
    assert (found.loc[found["column"] == "total", "unit"] == "M USD").all()
    assert found.attrs["year"] == YEARS
    assert found.attrs["measure"] == extraction.by_region(iol.load()).attrs["measure"]


def test_pairs_are_a_plain_loop_and_add_up_to_the_chain():
    found = panel.across(YEARS, effects, pairs=True, apart=3)
    assert found["from_year"].unique().tolist() == YEARS[:-1]
    for before, after in ((2005, 2008), (2008, 2011)):
        expected = effects(iol.load(year=before), iol.load(year=after)).stack()
        assert (wide(found, after).to_numpy() == expected.to_numpy()).all()
    chain = decomposition.chained(iol.load(year=year) for year in YEARS).frame()
    sums = found.groupby(["region", "column"])["value"].sum().unstack()
    for column in ("level", "input_sourcing"):
        np.testing.assert_allclose(sums.loc[chain.index, column], chain[column], rtol=1e-9, atol=1e-3)


def test_a_change_is_framed():
    found = panel.across([2008, 2011], decomposition.structural, pairs=True, of="jobs")
    assert set(found["unit"]) == {"thousand persons"}


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_workers_give_the_same_bits_in_the_same_order(pool):
    alone = panel.across(YEARS, effects, pairs=True, by="industry")
    with pool(2) as executor:
        shared = panel.across(YEARS, effects, pairs=True, by="industry", executor=executor)
    assert_frame_equal(shared, alone, check_exact=True)
    assert shared.attrs == alone.attrs


def test_a_dask_cluster_gives_the_same_bits():
    distributed = pytest.importorskip("distributed", reason="the extra `distributed` is not installed")
    alone = panel.across([2008, 2011], gdp)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        shared = panel.across([2008, 2011], gdp, executor=client.get_executor())
    assert_frame_equal(shared, alone, check_exact=True)


def test_linear_algebra_has_one_thread_where_that_can_be_said():
    """In processes of their own, since the number of threads is settled when the libraries are loaded."""
    pytest.importorskip("threadpoolctl", reason="the extra `distributed` is not installed")
    code = (
        "import io_linkage as iol, hashlib; "
        "found = iol.panel.across([2008, 2011], iol.decomposition.structural, pairs=True); "
        "print(hashlib.sha256(found['value'].to_numpy().tobytes()).hexdigest())"
    )
    digests = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for count in ("1", "2")
    ]
    assert digests[0] == digests[1]


def test_one_table_is_in_memory_at_a_time():
    alive: list[weakref.ref] = []

    def count(table):
        gc.collect()
        assert sum(reference() is not None for reference in alive) == 0
        alive.append(weakref.ref(table))
        return gdp(table)

    panel.across((germany_1995().replace(year=year) for year in (1995, 1996, 1997)), count)
    panel.across([{"year": 2005}, {"year": 2008}], count)
    assert len(alive) == 5


def test_tables_of_several_databases_by_name(tmp_path):
    iol.save(leather().replace(year=2000), tmp_path / "leather")
    later = {"source": "world2020"}
    sources = {"world": 2011, "small": germany_1995(), "file": str(tmp_path / "leather"), "later": later}
    found = panel.across(sources, gdp)
    assert found["table"].unique().tolist() == list(sources)
    assert found[found["table"] == "small"]["value"].item() == germany_1995().va.sum()
    assert found.attrs["unit"] == "see the column unit"
    assert found.columns.tolist() == ["table", "year", "region", "column", "value", "unit"]


def test_variants_are_computed_while_the_table_is_there():
    found = panel.across([2008, 2011], gdp, variants={"as it is": {}, "doubled": {"factor": 2.0}})
    assert found["variant"].unique().tolist() == ["as it is", "doubled"]
    by_variant = found.set_index(["variant", "year", "region"])["value"]
    assert (by_variant["doubled"] == 2 * by_variant["as it is"]).all()


def test_matrices_and_texts_are_laid_out():
    found = panel.across([2011], spillovers.matrix)
    alone = spillovers.matrix(iol.load())
    rows, columns = (str(axis.name) for axis in (alone.index, alone.columns))
    rows = f"{rows}_row" if rows == columns else rows
    back = found.set_index([rows, columns])["value"].unstack()
    assert_frame_equal(back.loc[alone.index, alone.columns], alone, check_names=False, check_exact=True)
    roles = panel.across([germany_1995()], lambda table: pd.DataFrame({"role": ["key"], "size": [1.0]}, index=["a"]))
    assert roles["text"].tolist()[0] == "key"
    assert roles["value"].tolist()[1] == 1
    assert roles["label_1"].tolist() == ["a", "a"]


def test_progress_counts_tables():
    heard = []
    panel.across([2008, 2011], gdp, progress=lambda *step: heard.append(step))
    assert heard == [(1, 2, "2008"), (2, 2, "2011")]
    heard.clear()
    panel.across((germany_1995().replace(year=year) for year in (1, 2)), gdp, progress=lambda *step: heard.append(step))
    assert [step[:2] for step in heard] == [(1, None), (2, None)]


def test_groups_have_one_membership():
    found = panel.across([1995, 2011], ties.bilateral, focus="CHN", by_stage=False)
    alone = ties.bilateral(iol.load(year=1995), "CHN", by_stage=False, membership_year=2011)
    early = found[(found["year"] == 1995) & (found["column"] == "exports")]
    assert (early["value"].to_numpy() == alone["exports"].to_numpy()).all()
    with pytest.raises(OptionError, match="not known from files"):
        panel.across([{"source": "world"}], ties.bilateral, focus="CHN")


class TestKept:
    def test_resumed_equals_fresh(self, tmp_path):
        fresh = panel.across(YEARS, effects, pairs=True)
        computed = []

        def counting(before, after):
            computed.append(after.year)
            if len(computed) == 2:
                raise KeyboardInterrupt
            return effects(before, after)

        with pytest.raises(KeyboardInterrupt):
            panel.across(YEARS, partial(_call, counting), pairs=True, folder=tmp_path / "kept")
        assert len(list((tmp_path / "kept").iterdir())) == 1
        resumed = panel.across(YEARS, effects, pairs=True, folder=tmp_path / "other")
        again = panel.across(YEARS, effects, pairs=True, folder=tmp_path / "other")
        for found in (resumed, again):
            assert_frame_equal(found, fresh, check_exact=True)
            assert found.attrs == fresh.attrs
        assert len(list((tmp_path / "other").iterdir())) == 2

    def test_what_is_kept_is_not_computed_again(self, tmp_path, monkeypatch):
        first = panel.across([2008, 2011], gdp, folder=tmp_path)
        monkeypatch.setattr(iol.panel.across.__globals__["compute"], "__code__", _refuse.__code__)
        assert_frame_equal(panel.across([2008, 2011], gdp, folder=tmp_path), first, check_exact=True)
        with pytest.raises(AssertionError, match="computed again"):
            panel.across([2008, 2011], gdp, folder=tmp_path, factor=2.0)

    def test_whatever_changes_is_computed_again(self, tmp_path):
        """Options, the measure's code, what it encloses, its helpers, the table and files named in options."""
        table = germany_1995()
        note = tmp_path / "note.csv"
        note.write_text("1")
        helper = 1.0

        def scaled(table, factor=1.0, file=None):
            return gdp(table) * helper * factor

        keys = [keeping.place_of(tmp_path, [scaled, {"factor": 1.0}, keeping.source_digest(table)])]
        keys.append(keeping.place_of(tmp_path, [scaled, {"factor": 1}, keeping.source_digest(table)]))
        helper = 2.0
        keys.append(keeping.place_of(tmp_path, [scaled, {"factor": 1.0}, keeping.source_digest(table)]))
        changed = table.remade(table.accounts.Z * 1.001, table.accounts.Y, table.accounts.V)
        keys.append(keeping.place_of(tmp_path, [scaled, {"factor": 1.0}, keeping.source_digest(changed)]))
        keys.append(keeping.place_of(tmp_path, [scaled, {"file": str(note)}, keeping.source_digest(table)]))
        note.write_text("2")
        keys.append(keeping.place_of(tmp_path, [scaled, {"file": str(note)}, keeping.source_digest(table)]))
        keys.append(keeping.place_of(tmp_path, [lambda table: gdp(table), {}, keeping.source_digest(table)]))
        keys.append(keeping.place_of(tmp_path, [lambda table: gdp(table) * 2, {}, keeping.source_digest(table)]))
        keys.append(keeping.place_of(tmp_path, [partial(gdp, factor=2), {}, keeping.source_digest(table)]))
        assert len(set(keys)) == len(keys)
        again = [keeping.place_of(tmp_path, [partial(gdp, factor=2), {}, keeping.source_digest(germany_1995())])]
        assert again[0] == keys[-1]

    def test_a_changed_file_is_read_again(self, tmp_path):
        place = tmp_path / "table"
        iol.save(leather().replace(year=2000), place)
        first = panel.across([place], gdp, folder=tmp_path / "kept")
        larger = leather().replace(year=2000)
        larger = larger.remade(larger.accounts.Z * 2, larger.accounts.Y * 2, larger.accounts.V * 2)
        iol.save(larger, place, overwrite=True)
        second = panel.across([place], gdp, folder=tmp_path / "kept")
        np.testing.assert_allclose(second["value"], 2 * first["value"])

    def test_a_damaged_file_is_computed_again(self, tmp_path):
        first = panel.across([2011], gdp, folder=tmp_path)
        (file,) = tmp_path.iterdir()
        file.write_bytes(file.read_bytes()[:200])
        assert_frame_equal(panel.across([2011], gdp, folder=tmp_path), first, check_exact=True)

    def test_what_cannot_be_told_apart_is_refused(self, tmp_path):
        with pytest.raises(OptionError, match="cannot be told apart"):
            panel.across([germany_1995()], gdp, folder=tmp_path, factor=(number for number in [1]))


def _call(function, *tables):
    return function(*tables)


def _refuse(task):
    raise AssertionError("computed again")


@pytest.mark.parametrize("given", ["wiot.csv", germany_1995()])
def test_one_table_is_not_a_panel(given):
    with pytest.raises(OptionError, match="several tables"):
        panel.across(given, gdp)


def test_bad_panels_are_refused():
    with pytest.raises(OptionError, match="is not one"):
        panel.across([2011.5], gdp)
    with pytest.raises(OptionError, match="No table"):
        panel.across([], gdp)
    with pytest.raises(OptionError, match="no neighbour"):
        panel.across([2011], effects, pairs=True)
    with pytest.raises(ComparisonError, match="2008 has no neighbour 1 year later"):
        panel.across([2008, 2011], effects, pairs=True, apart=1)
    early = ({"source": "world", "year": year} for year in (1995, 2011))
    with pytest.raises(ComparisonError, match="1995 has no neighbour 1 year later"):
        panel.across(early, effects, pairs=True, apart=1)
    with pytest.raises(OptionError, match="variants= is empty"):
        panel.across([2011], gdp, variants={})
    with pytest.raises(OptionError, match="returned int"):
        panel.across([germany_1995()], lambda table: 1)
    with pytest.raises(ReadError) as caught:
        panel.across(["nowhere.csv"], gdp)
    assert caught.value.__notes__ == ["While computing nowhere.csv."]


def test_a_function_that_cannot_travel_is_refused():
    with ProcessPoolExecutor(1) as executor, pytest.raises(OptionError, match="not a lambda"):
        panel.across([2011], lambda table: gdp(table), executor=executor)


def test_an_error_in_a_worker_is_that_of_the_measure():
    with ThreadPoolExecutor(2) as executor, pytest.raises(ComparisonError, match="earlier table first"):
        panel.across([2011, 2008, 2005], effects, pairs=True, executor=executor)


def test_what_is_no_executor_is_refused():
    class Client:
        def get_executor(self): ...

    for executor, remedy in ((4, "ProcessPoolExecutor"), (Client(), r"client\.get_executor")):
        with pytest.raises(OptionError, match=f"executor= is a .*{remedy}"):
            panel.across([2011], gdp, executor=executor)
