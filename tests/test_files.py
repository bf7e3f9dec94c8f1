"""Files and folders are written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from io_linkage import files, writing
from io_linkage.errors import OutputError
from tests import examples


def full(file: Path) -> None:
    file.write_text("half")
    raise OSError(28, "No space left on device")


def usual(of: int) -> int:
    umask = os.umask(0)
    os.umask(umask)
    return of & ~umask


class TestFiles:
    def test_a_failure_leaves_the_old_file_and_no_other(self, tmp_path):
        place = tmp_path / "map.csv"
        place.write_text("old")
        with pytest.raises(OutputError, match="No space left"):
            files.atomically(place, full)
        assert place.read_text() == "old"
        assert list(tmp_path.iterdir()) == [place]

    def test_a_person_who_stops_it_leaves_the_old_file_and_no_other(self, tmp_path):
        place = tmp_path / "map.csv"
        place.write_text("old")

        def stopped(file: Path) -> None:
            file.write_text("half")
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            files.atomically(place, stopped)
        assert place.read_text() == "old"
        assert list(tmp_path.iterdir()) == [place]

    def test_a_file_in_the_way_of_the_folder_is_named(self, tmp_path):
        (tmp_path / "taken").write_text("")
        with pytest.raises(OutputError, match="taken"):
            files.atomically(tmp_path / "taken" / "map.csv", lambda file: file.write_text(""))

    def test_permissions_are_the_usual_ones(self, tmp_path):
        files.atomically(tmp_path / "map.csv", lambda file: file.write_text(""))
        assert stat.S_IMODE((tmp_path / "map.csv").stat().st_mode) == usual(0o666)
        with files.working_folder(tmp_path) as folder:
            assert stat.S_IMODE(folder.stat().st_mode) == usual(0o777)


class TestFolders:
    def test_a_working_folder_is_gone_also_after_an_error(self, tmp_path):
        with pytest.raises(OSError, match="No space left"), files.working_folder(tmp_path / "new") as folder:
            full(folder / "half")
        assert list((tmp_path / "new").iterdir()) == []

    def test_it_may_be_moved_into_place(self, tmp_path):
        with files.working_folder(tmp_path) as folder:
            (folder / "all").write_text("")
            folder.rename(tmp_path / "done")
        assert [path.name for path in tmp_path.rglob("*")] == ["done", "all"]


class TestTables:
    @pytest.fixture
    def table(self):
        return examples.germany_1995()

    def test_a_folder_of_other_things_is_never_replaced(self, table, tmp_path):
        (tmp_path / "thesis.tex").write_text("years of work")
        for form in ("pymrio", "csv"):
            with pytest.raises(OutputError, match="would be lost"):
                writing.save(table, tmp_path, form=form, overwrite=True)
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]

    def test_a_saved_table_is_replaced_on_request(self, table, tmp_path):
        place = writing.save(table, tmp_path / "saved")
        (place / "stale.txt").write_text("from before")
        with pytest.raises(OutputError, match="--overwrite"):
            writing.save(table, place)
        writing.save(table, place, overwrite=True)
        assert not (place / "stale.txt").exists()
        assert [path.name for path in tmp_path.iterdir()] == ["saved"]

    def test_a_failure_leaves_the_old_table(self, table, tmp_path, monkeypatch):
        place = writing.save(table, tmp_path / "saved")
        monkeypatch.setattr(writing, "_written", lambda *_: full(tmp_path / "saved.half"))
        with pytest.raises(OutputError, match="No space left"):
            writing.save(table, place, overwrite=True)
        assert (place / "file_parameters.json").exists()
