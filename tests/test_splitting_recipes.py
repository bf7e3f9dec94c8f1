"""Recipes as files: those that ship, a user's own, and files with faults."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from io_linkage import load
from io_linkage.errors import OptionError, ReadError, UnknownLabelError
from io_linkage.splitting import Division, Part, read_recipe, recipes, split
from io_linkage.splitting.files import COLUMNS
from tests.examples import germany_1995

SHIPPED = list(recipes().index)


@pytest.fixture
def file(tmp_path):
    """A recipe for Germany's manufacturing, to be changed."""

    def write(*rows: tuple[object, ...], header: tuple[str, ...] = COLUMNS):
        path = tmp_path / "own.csv"
        pd.DataFrame(list(rows), columns=list(header)).to_csv(path, index=False)
        return path

    return write


def row(item: str, key: str = "", low: object = 0.1, central: object = 0.2, high: object = 0.3, **more: object):
    values = {"parent": "manufacturing", "part": "chips", "name": "Chips", "item": item, "key": key, "region": "*"}
    values |= {"year": "", "low": low, "central": central, "high": high, "source": "a trial"} | more
    return tuple(values[column] for column in COLUMNS)


REST = row("rest", low="", central="", high="", part="others", name="Others", region="")


class TestShipped:
    @pytest.mark.parametrize("name", SHIPPED)
    @pytest.mark.parametrize("year", [1995, 2011])
    def test_each_splits_the_shipped_table(self, name, year):
        world = load(year=year)
        recipe = read_recipe(name, year=year)
        finer = split(world, recipe)
        (division,) = recipe.divisions
        part, rest = division.parts
        together = finer.x.xs(part.code, level=1) + finer.x.xs(rest.code, level=1)
        assert_allclose(together, world.x.xs(division.industry, level=1).reindex(together.index), rtol=1e-12)
        share = finer.x["CHN", part.code] / world.x["CHN", division.industry]
        assert_allclose(share, part.share["CHN"], rtol=1e-9)

    def test_what_batteries_buy_is_what_china_says(self):
        world = load()
        finer = split(world, read_recipe("batteries", year=2012))
        inputs = finer.A.loc[(slice(None), "24"), ("CHN", "batteries")].sum()
        of_parent = world.A.loc[(slice(None), "24"), ("CHN", "30t33")].sum()
        assert_allclose(inputs / of_parent, 3.6373, rtol=1e-9)

    def test_figures_are_those_of_chinas_table(self, shared_data):
        """Recomputed from the national table of 2018: share of output, value added and inputs of chemicals."""
        table = load(shared_data / "china_nbs" / "china_2018_153.parquet")
        concordance = pd.read_csv("tables/industries/nbs_to_wiod2013.csv", dtype=str).query(
            "classification == 'NBS153'"
        )
        parents = concordance.set_index("industry")["wiod2013"]
        electrical = [code for code in table.industries if parents.get(code) == "30t33"]
        chemicals = [code for code in table.industries if parents.get(code) == "24"]
        batteries = concordance.set_index("activity").loc["batteries", "industry"]
        x, va, Z = table.x["CHN"], table.va["CHN"], table.Z.loc["CHN", "CHN"]
        part = read_recipe("batteries", year=2018).divisions[0].parts[0]
        assert_allclose(part.share["CHN"], x[batteries] / x[electrical].sum(), rtol=1e-4)
        ratio = (va[batteries] / x[batteries]) / (va[electrical].sum() / x[electrical].sum())
        assert_allclose(part.value_added["CHN"], ratio, rtol=1e-4)
        bought = Z.loc[chemicals, batteries].sum() / x[batteries]
        by_parent = Z.loc[chemicals, electrical].sum().sum() / x[electrical].sum()
        assert_allclose(part.inputs["24"]["CHN"], bought / by_parent, rtol=1e-4)

    def test_ranges_and_what_has_no_evidence(self):
        low, high = (
            read_recipe("batteries", year=2018, share=end).divisions[0].parts[0].share for end in ("low", "high")
        )
        assert low["CHN"] < 0.0393 < high["CHN"]
        assert low["*"] == 0.0
        assert recipes().loc["batteries", "evidence_for"] == "CHN"
        assert "no evidence" in recipes().loc["photovoltaics", "sources"]


class TestOwnFile:
    def test_it_is_read_and_used(self, file):
        path = file(row("output_share"), row("input", "agriculture", 1.0, 1.5, 2.0), REST)
        table = germany_1995()
        finer = split(table, read_recipe(path))
        relative = Part("chips", 0.2, inputs={"agriculture": 1.5}, relative=True)
        same = split(table, Division("manufacturing", (relative, Part("others"))))
        assert np.array_equal(finer.Z, same.Z)
        bought = finer.A.loc[("DEU", "agriculture"), ("DEU", "chips")]
        assert_allclose(bought, 1.5 * table.A.loc[("DEU", "agriculture"), ("DEU", "manufacturing")], rtol=1e-9)

    @pytest.mark.parametrize(("year", "share"), [(2000, 0.1), (2009, 0.2), (2011, 0.2), (None, 0.3)])
    def test_the_nearest_year_counts(self, file, year, share):
        years = {2001: 0.1, 2010: 0.2, 2020: 0.3}
        path = file(*(row("output_share", low=0, central=value, high=1, year=at) for at, value in years.items()), REST)
        assert read_recipe(path, year=year).divisions[0].parts[0].share == {"*": share}

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ([row("output_share", low=0.4), REST], "not in order"),
            ([row("output_share", central="much"), REST], "not a number"),
            ([row("output_share", low=""), REST], "low, central and high are needed"),
            ([row("output share"), REST], "one of output_share"),
            ([row("output_share")], "0 rows of item rest"),
            ([row("input", "agriculture"), REST], "no output_share"),
        ],
    )
    def test_faults_are_named(self, file, rows, message):
        with pytest.raises((ReadError, OptionError), match=message):
            read_recipe(file(*rows))

    def test_missing_columns_and_files(self, file, tmp_path):
        with pytest.raises(ReadError, match="no column source"):
            read_recipe(file(REST[:-1], header=COLUMNS[:-1]))
        with pytest.raises(UnknownLabelError, match="batteries"):
            read_recipe("baterries")

    def test_a_multiple_below_zero(self, file):
        path = file(row("output_share"), row("input", "agriculture", -2, -1, 0), REST)
        with pytest.raises(OptionError, match="not below 0"):
            split(germany_1995(), read_recipe(path))


class TestCommand:
    def test_without_a_recipe_they_are_listed(self, run):
        shown = run("split")
        assert shown.returncode == 0
        assert all(name in shown.stdout for name in SHIPPED)

    def test_the_finer_table_is_written_and_read_back(self, run, tmp_path):
        result = run("split", "batteries", tmp_path / "finer", "--year", "2011", "--regions", "CHN")
        assert result.returncode == 0, result.stderr
        # The gaps of WIOD are those of rounding to whole millions, which a split table no longer shows.
        finer = load(tmp_path / "finer", tolerance=0.1)
        assert ("CHN", "batteries") in finer.index
        assert ("USA", "30t33") in finer.index

    def test_no_file_is_replaced_and_nothing_left_half_written(self, run, tmp_path):
        target = tmp_path / "finer.csv"
        target.write_text("mine")
        result = run("split", "batteries", target)
        assert result.returncode == 1
        assert "is there already" in result.stderr
        assert target.read_text() == "mine"
        assert [path.name for path in tmp_path.iterdir()] == ["finer.csv"]

    @pytest.mark.parametrize(
        ("words", "message"), [(["batteries"], "io-linkage split RECIPE TARGET"), (["baterries", "out"], "batteries")]
    )
    def test_what_is_wrong_is_one_sentence(self, run, words, message):
        result = run("split", *words)
        assert result.returncode == 1
        assert result.stderr.lstrip().startswith("Error: ")
        assert message in " ".join(result.stderr.split())
