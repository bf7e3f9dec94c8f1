"""Figures: the prepared data before the pixels, what is said below them, and files that are whole."""

from __future__ import annotations

import warnings
from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import LogNorm
from matplotlib.text import Text

from io_linkage import figures, linkages
from io_linkage.errors import FontWarning, OptionError, OutputError, UnknownLabelError
from io_linkage.figures import fonts, naming, placing, saving, style

ATTRS = {"measure": "value added", "unit": "M USD", "table": "Made up 2011", "year": 2011, "source": "nobody"}


def matrix(rows=4, columns=3, seed=0) -> pd.DataFrame:
    values = np.random.default_rng(seed).uniform(0.2, 2, (rows, columns))
    frame = pd.DataFrame(
        values,
        index=pd.Index([f"from {k}" for k in range(rows)], name="giver"),
        columns=pd.Index([f"to {k}" for k in range(columns)], name="taker"),
    )
    frame.attrs.update(ATTRS)
    return frame


def texts(ax) -> str:
    figure = ax.figure
    parts = [figure.get_suptitle(), figure.get_supxlabel(), *(text.get_text() for text in ax.texts)]
    return " ".join(part.replace("\n", " ") for part in parts)


def cells(ax) -> np.ndarray:
    return ax.collections[0].get_array().filled(np.nan)


class TestHeatmap:
    def test_cells_are_the_values(self):
        frame = matrix()
        ax = figures.heatmap(frame)
        np.testing.assert_allclose(cells(ax).reshape(frame.shape), frame.to_numpy())

    def test_says_measure_unit_table_and_source(self):
        said = texts(figures.heatmap(matrix()))
        for part in ("Value added", "Unit: M USD", "Made up 2011", "Source: nobody"):
            assert part in said

    def test_the_year_is_said_where_the_table_does_not(self):
        frame = matrix()
        frame.attrs["table"] = "Made up"
        assert "Year: 2011" in texts(figures.heatmap(frame))

    def test_labels_are_whole_and_in_order(self):
        frame = matrix()
        ax = figures.heatmap(frame)
        assert [label.get_text() for label in ax.get_yticklabels()] == list(frame.index)
        assert [label.get_text().replace("\n", " ") for label in ax.get_xticklabels()] == list(frame.columns)

    def test_long_labels_are_broken_not_cut(self):
        frame = matrix()
        long = "Manufacture of communication equipment, computers and other electronic equipment"
        frame.index = [long, "b", "c", "d"]
        shown = figures.heatmap(frame).get_yticklabels()[0].get_text()
        assert "\n" in shown
        assert shown.replace("\n", " ") == long

    def test_everything_is_inside_the_figure(self):
        frame = matrix(12, 20)
        frame.columns = [f"a rather long column name {k}" for k in range(20)]
        ax = figures.heatmap(frame, title="A long title that has to be broken over lines " * 3)
        figure = ax.figure
        figure.draw_without_rendering()
        inner = figure.get_tightbbox()
        assert inner.x0 >= -0.02
        assert inner.y0 >= -0.02
        assert inner.x1 <= figure.get_figwidth() + 0.02
        assert inner.y1 <= figure.get_figheight() + 0.02

    def test_column_labels_do_not_run_into_one_another(self):
        frame = matrix(3, 4)
        frame.columns = ["China", "United States", "European Union", "Japan"]
        ax = figures.heatmap(frame)
        ax.figure.draw_without_rendering()
        ends = [label.get_window_extent() for label in ax.get_xticklabels()]
        assert all(one.x1 < two.x0 for one, two in pairwise(ends))

    def test_absent_cells_are_empty_and_explained(self):
        frame = matrix()
        frame.iloc[1, 2] = np.nan
        ax = figures.heatmap(frame, empty="no output")
        assert np.isnan(cells(ax).reshape(frame.shape)[1, 2])
        assert ax.patch.get_hatch()
        assert "Hatched: no output" in texts(ax)

    def test_a_log_scale_leaves_out_what_has_no_logarithm(self):
        frame = matrix()
        frame.iloc[0, 0] = -1.0
        ax = figures.heatmap(frame, scale="log")
        assert isinstance(ax.collections[0].norm, LogNorm)
        assert np.isnan(cells(ax).reshape(frame.shape)[0, 0])
        assert "1 cells at or below 0 left empty" in texts(ax)

    def test_the_diagonal_can_be_left_out(self):
        frame = matrix(3, 3)
        frame.columns = pd.Index(frame.index, name="taker")
        ax = figures.heatmap(frame, diagonal="left out")
        assert np.isnan(np.diag(cells(ax).reshape(3, 3))).all()
        assert "iagonal" in texts(ax)

    def test_a_result_by_region_and_industry_is_laid_out_in_the_tables_order(self, world):
        found = linkages.linkages(world)["backward_normalised"]
        ax = figures.heatmap(found, columns="region", centre=1)
        assert [label.get_text() for label in ax.get_yticklabels()][:2] == ["Agriculture", "Mining"]
        assert [label.get_text() for label in ax.get_xticklabels()][:2] == ["China", "India"]
        drawn = cells(ax).reshape(35, 21)
        np.testing.assert_allclose(drawn[:, 0], found.loc["CHN"].to_numpy())

    def test_limits_beyond_the_values_point_the_bar(self):
        ax = figures.heatmap(matrix(), limits=(0.5, 1.0))
        bar = ax.collections[0].norm
        assert (bar.vmin, bar.vmax) == (0.5, 1.0)

    def test_equal_values_can_be_drawn(self):
        frame = matrix() * 0 + 3.0
        assert cells(figures.heatmap(frame)).min() == 3.0

    def test_values_written_follow_the_factor(self):
        frame = matrix(2, 2) * 0 + 0.123456
        ax = figures.heatmap(frame, factor=100, unit="%", digits=1)
        assert [text.get_text() for text in ax.texts] == ["12.3"] * 4

    def test_the_callers_axes_are_used_and_their_size_kept(self):
        figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
        ax = figures.heatmap(matrix(), ax=axes[1], title="right")
        assert ax is axes[1]
        assert ax.get_title(loc="left") == "Right"
        assert figure.get_suptitle() == ""
        assert any(text.get_gid() == "caption" for text in ax.texts)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"value": "nothing"}, "nothing"),
            ({"scale": "cubic"}, "linear"),
            ({"diagonal": "gone"}, "left out"),
        ],
    )
    def test_wrong_options_are_named(self, change, message):
        with pytest.raises((OptionError, UnknownLabelError), match=message):
            figures.heatmap(matrix(), **change)

    def test_nothing_to_draw_is_an_error(self):
        with pytest.raises(OptionError, match="empty"):
            figures.heatmap(matrix() * np.nan)
        with pytest.raises(OptionError, match="role"):
            figures.heatmap(pd.DataFrame({"role": ["key"]}))


class TestColours:
    @staticmethod
    def lightness(colours: np.ndarray) -> np.ndarray:
        """CIE lightness of sRGB colours."""
        rgb = colours[:, :3]
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
        return 116 * np.cbrt(np.maximum(luminance, 0.008856)) - 16

    @pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
    def test_more_is_darker_also_in_grey(self, share):
        for cmap in (style.sequential(), style.around(0.0, share, 1.0)):
            light = self.lightness(cmap(np.linspace(0, 1, 60)))
            assert (np.diff(light) <= 0.35).all()
            assert light[0] - light[-1] > 50

    def test_hues_part_at_the_centre(self):
        cmap = style.around(0.5, 1.0, 1.75)
        below, above = cmap((0.97 - 0.5) / 1.25), cmap((1.03 - 0.5) / 1.25)
        assert below[2] > below[0]
        assert above[0] > above[2]

    def test_stages_differ_in_grey(self):
        colours = np.array([mpl.colors.to_rgba(c) for c in style.STAGE_COLOURS.values()])
        light = np.sort(self.lightness(colours))
        assert np.diff(light).min() > 8


class TestKeyIndustries:
    @pytest.fixture
    def china(self, world):
        found = linkages.linkages(world)
        rows = found.loc["CHN"]
        rows.attrs = found.attrs
        return rows

    def test_points_are_the_linkages(self, china):
        ax = figures.key_industries(china)
        points = ax.collections[0].get_offsets()
        known = china.dropna(subset=["role"])
        np.testing.assert_allclose(points[:, 0], known["forward_normalised"])
        np.testing.assert_allclose(points[:, 1], known["backward_normalised"])
        assert "2 without output not shown" in texts(ax)

    def test_labels_cover_neither_one_another_nor_points(self, china, world):
        ax = figures.key_industries(china, size=world.va.loc["CHN"])
        ax.figure.draw_without_rendering()
        boxes = [Text.get_window_extent(text) for text in ax.texts]
        assert len(boxes) >= 33
        for k, one in enumerate(boxes):
            assert not any(one.overlaps(other) for other in boxes[k + 1 :])
        frame = ax.get_window_extent()
        assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)

    def test_areas_are_in_proportion(self, china, world):
        size = world.va.loc["CHN"]
        ax = figures.key_industries(china, size=size)
        areas = ax.collections[0].get_sizes()
        known = size[china["role"].notna().to_numpy()].to_numpy()
        large = known > 0.1 * known.max()
        np.testing.assert_allclose(areas[large] / known[large], areas.max() / known.max())

    def test_stages_have_a_shape_and_a_colour_each(self, china):
        stage = pd.Series(["traditional", "emerging", "future"] * 12, index=[*china.index, "none"])
        ax = figures.key_industries(china, stage=stage)
        names = [text.get_text() for text in ax.get_legend().get_texts()]
        assert names == ["traditional", "emerging", "future"]

    def test_what_is_missing_is_named(self, china):
        with pytest.raises(UnknownLabelError, match="sideways"):
            figures.key_industries(china, forward="sideways")
        with pytest.raises(OptionError, match="none has output"):
            figures.key_industries(china[["backward_normalised", "forward_normalised"]] * np.nan)


class TestPlacing:
    def test_labels_of_a_crowd_stay_apart_and_some_are_left_out(self):
        ax = plt.subplots(figsize=(3, 3))[1]
        rng = np.random.default_rng(3)
        x, y = rng.random(80), rng.random(80)
        ax.scatter(x, y)
        placed = placing.place(ax, x, y, [f"label number {k}" for k in range(80)])
        ax.figure.draw_without_rendering()
        boxes = [Text.get_window_extent(text) for text in placed]
        assert 5 < len(placed) < 80
        assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[k + 1 :])

    def test_a_text_at_the_edge_stays_inside(self):
        ax = plt.subplots(figsize=(3, 3))[1]
        ax.set(xlim=(0, 1), ylim=(0, 1))
        left, right = placing.place(ax, [0.02, 0.98], [0.5, 0.5], ["left", "right"])
        ax.figure.draw_without_rendering()
        frame = ax.get_window_extent()
        for text in (left, right):
            box = Text.get_window_extent(text)
            assert frame.x0 < box.x0 < box.x1 < frame.x1

    def test_a_text_off_its_point_has_a_line(self):
        ax = plt.subplots(figsize=(3, 3))[1]
        ax.set(xlim=(0, 1), ylim=(0, 1))
        rest = np.linspace(0.38, 0.62, 12)
        x, y = [0.5, *rest, *rest], [0.5, *(rest * 0 + 0.47), *(rest * 0 + 0.53)]
        placed = placing.place(ax, x, y, ["in the middle", *[""] * 24])
        assert len(placed) == 1
        assert placed[0].arrow_patch is not None


class TestFonts:
    @pytest.fixture(autouse=True)
    def _nothing_said_yet(self):
        fonts._warn.cache_clear()
        yield
        fonts._warn.cache_clear()

    @pytest.fixture
    def chinese(self, monkeypatch) -> pd.DataFrame:
        """Labels that no font has a sign for, as on a machine without Chinese fonts."""
        monkeypatch.setattr(fonts, "families", lambda: [fonts.BASE])
        frame = matrix(30, 2)
        signs = [chr(0x4E00 + k) * 3 for k in range(30)]
        return frame.set_axis(pd.Index(signs, name="giver")).rename_axis(columns="到")

    def test_signs_without_a_font_are_one_note(self, chinese, tmp_path, caplog):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            for _ in range(3):
                figures.save(figures.heatmap(chinese), tmp_path / "x")
        assert [one.category for one in caught] == [FontWarning]
        assert "Noto Sans CJK" in str(caught[0].message)

    def test_a_font_that_is_not_there_is_one_note(self, tmp_path, caplog):
        frame = matrix()
        with warnings.catch_warnings(record=True) as caught, mpl.rc_context({"font.family": "No Such Font"}):
            warnings.simplefilter("default")
            figure, ax = plt.subplots()
            ax.set_title("one")
            figures.save(figure, tmp_path / "x", data=frame)
        assert [one.category for one in caught] == [FontWarning]
        assert caplog.records == []

    def test_other_warnings_pass(self):
        with pytest.warns(UserWarning, match="something else"), fonts.one_warning():
            warnings.warn("something else", UserWarning, stacklevel=1)

    def test_an_installed_chinese_font_is_drawn_with(self, monkeypatch):
        monkeypatch.setattr("matplotlib.font_manager.get_font_names", lambda: ["SimHei", "DejaVu Sans", "SimSun"])
        assert fonts.families.__wrapped__() == ["DejaVu Sans", "SimHei"]
        monkeypatch.setattr("matplotlib.font_manager.get_font_names", lambda: ["DejaVu Sans"])
        assert fonts.families.__wrapped__() == ["DejaVu Sans"]


class TestNames:
    def test_codes_are_replaced_only_where_all_are_known(self):
        assert naming.shown(["CHN", "RoW"]) == ["China", "Rest of the world"]
        assert naming.shown(["CHN", "valley"]) == ["CHN", "valley"]
        assert naming.shown(["CHN"], "codes") == ["CHN"]
        assert naming.shown(["CHN", "USA"], {"CHN": "中国"}) == ["中国", "USA"]

    def test_every_industry_of_the_shipped_table_has_a_short_name(self, world):
        short = naming.shown(world.industries)
        assert not set(short) & set(world.industries)
        assert len(set(short)) == len(short)


class TestSave:
    def test_picture_and_numbers_stand_side_by_side(self, tmp_path):
        frame = matrix()
        files = figures.save(figures.heatmap(frame), tmp_path / "deep" / "map")
        assert [file.name for file in files] == ["map.png", "map.svg", "map.csv"]
        assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["map.csv", "map.png", "map.svg"]
        # Read as text: how exactly pandas itself reads numbers depends on its version.
        numbers = pd.read_csv(files[2], dtype=str).astype({"value": float})
        assert list(numbers.columns) == ["giver", "taker", "value", "unit", "year", "source"]
        wide = numbers.pivot(index="giver", columns="taker", values="value")
        np.testing.assert_array_equal(wide.to_numpy(), frame.to_numpy())
        assert set(numbers["unit"]) == {"M USD"}

    def test_bitmaps_have_300_dots_an_inch(self, tmp_path):
        ax = figures.heatmap(matrix(), width=4.0)
        files = figures.save(ax, tmp_path / "map.png")
        assert plt.imread(files[0]).shape[1] == 1200

    def test_the_same_figure_gives_the_same_bytes(self, tmp_path):
        first = figures.save(figures.heatmap(matrix()), tmp_path / "a")
        second = figures.save(figures.heatmap(matrix()), tmp_path / "b")
        for one, two in zip(first, second, strict=True):
            assert one.read_bytes() == two.read_bytes()
        assert b"<dc:date>" not in first[1].read_bytes()

    def test_a_name_with_dots_keeps_them(self, tmp_path):
        files = figures.save(figures.heatmap(matrix()), tmp_path / "v1.2", formats=["svg"])
        assert [file.name for file in files] == ["v1.2.svg", "v1.2.csv"]

    def test_other_data_can_be_given(self, tmp_path):
        ax = plt.subplots()[1]
        with pytest.raises(OptionError, match="data="):
            figures.save(ax, tmp_path / "map")
        files = figures.save(ax, tmp_path / "map", data=pd.Series([1.0, 2.0], name="mine"), formats=["png"])
        assert pd.read_csv(files[-1])["mine"].tolist() == [1.0, 2.0]

    def test_an_unknown_format_is_named_before_anything_is_written(self, tmp_path):
        with pytest.raises(OptionError, match="bmpp"):
            figures.save(figures.heatmap(matrix()), tmp_path / "map", formats=["png", "bmpp"])
        assert not list(tmp_path.iterdir())

    def test_a_folder_in_the_way_is_an_error_that_says_so(self, tmp_path):
        (tmp_path / "taken").write_text("")
        with pytest.raises(OutputError, match="taken"):
            figures.save(figures.heatmap(matrix()), tmp_path / "taken" / "map")


class TestTidy:
    def test_a_matrix_with_the_same_name_on_both_sides(self):
        frame = matrix(2, 2)
        frame.index.name = frame.columns.name = "region"
        shown = saving.numbers(figures.heatmap(frame))
        assert list(shown.columns) == ["region_row", "region_column", "value"]

    def test_columns_of_two_levels_become_one(self):
        frame = pd.DataFrame([[1.0]], columns=pd.MultiIndex.from_tuples([("direct", "CHN")]), index=["a"])
        assert list(saving.tidy(frame).columns) == ["label_1", "direct | CHN"]


class TestWrongOptions:
    """An option that a figure does not have is a sentence with the nearest one, never a bare TypeError."""

    @pytest.mark.parametrize(
        "name", [name for name in figures.__all__ if name not in ("close", "save", "shown", "theme")]
    )
    def test_every_figure_teaches(self, name):
        with pytest.raises(OptionError, match=rf"figures\.{name}: Unknown option 'titel'. Nearest: title"):
            getattr(figures, name)(matrix(), titel="x")

    @pytest.mark.parametrize("option", ["cmap", "rows"])
    def test_options_passed_on_are_known(self, option):
        square = matrix(3, 3)
        square.index = square.columns
        with pytest.raises(OptionError, match=f"Unknown option '{option}'.*It takes:.*centre"):
            figures.spillover_heatmap(square, **{option: 1})
        assert figures.spillover_heatmap(square, digits=1) is not None

    def test_names_in_a_language(self):
        with pytest.raises(OptionError, match=r"names='zh' is not possible; choose 'auto' or 'codes'"):
            figures.heatmap(matrix(), names="zh")

    @pytest.mark.parametrize("dpi", [0, -1, "a", float("nan"), True])
    def test_dots_per_inch(self, dpi, tmp_path):
        with pytest.raises(OptionError, match="dots per inch"):
            figures.save(figures.heatmap(matrix()), tmp_path / "x", dpi=dpi)
        assert list(tmp_path.iterdir()) == []

    def test_formats(self, tmp_path):
        ax = figures.heatmap(matrix())
        assert [path.suffix for path in figures.save(ax, tmp_path / "x", formats=("tiff",))] == [".tiff", ".csv"]
        assert [path.suffix for path in figures.save(ax, tmp_path / "y", formats="svg")] == [".svg", ".csv"]
        with pytest.raises(OptionError, match="Unknown picture format 'bmpp'"):
            figures.save(ax, tmp_path / "z", formats=("bmpp",))
