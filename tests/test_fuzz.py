"""A short run of `make fuzz`: no damage to any format is silent or a traceback."""

from __future__ import annotations

import pytest

from tests import fuzz
from tests.fuzz_formats import formats


@pytest.mark.parametrize("form", formats(), ids=lambda form: form.name)
def test_damage_is_refused_or_said(form, monkeypatch):
    monkeypatch.setenv("IO_LINKAGE_CACHE", "off")
    bad = []

    def show(name, what, kind, detail):
        if kind in ("silent", "traceback"):
            bad.append(f"{name}: {what}: {kind}: {detail}")

    counts = fuzz.run(form, 20, seed=0, show=show)
    assert not bad
    assert counts["refused"] > 0
    assert counts.total() == 20
