"""iol.find: the code of a region, an industry, a group, an account or a measure from a word."""

from __future__ import annotations

import pytest

import io_linkage as iol
from io_linkage.errors import UnknownLabelError
from io_linkage.selection import industry_codes, region_codes, select
from tests.examples import leather


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("Brasil", "region", "BRA"),
        ("巴西", "region", "BRA"),
        ("KR", "region", "KOR"),
        ("Electrical and optical", "industry", "30t33"),
        ("electircal and optical equipment", "industry", "30t33"),
        ("belt and road", "group", "belt_and_road"),
        ("欧盟", "group", "eu"),
        ("labour compensation", "account", "labour_compensation"),
        ("upstreamness", "measure", "position.upstreamness"),
    ],
)
def test_the_best_match_comes_first(world, text, kind, code):
    best = iol.find(text, world).iloc[0]
    assert (best["kind"], best["code"]) == (kind, code)


def test_a_table_answers_with_its_own_labels_only(world):
    assert "ZAF" not in set(iol.find("South Africa", world)["code"])
    assert iol.find("South Africa").loc[0, "code"] == "ZAF"
    own = iol.find("agriculture", leather())
    assert own.loc[0, ["kind", "code", "where"]].tolist() == ["industry", "Agriculture", leather().label]


@pytest.mark.parametrize("text", ["", "   ", "qqqxyz"])
def test_nothing_near_is_an_empty_list(world, text):
    rows = iol.find(text, world)
    assert len(rows) == 0
    assert list(rows.columns) == ["kind", "code", "name", "where"]


def test_what_is_found_is_what_functions_take(world):
    for kind, words in {"region": ["germany", "rest of"], "industry": ["textile", "mining", "hotel"]}.items():
        take = region_codes if kind == "region" else industry_codes
        for word in words:
            rows = iol.find(word, world)
            code = rows.loc[rows["kind"] == kind, "code"].iloc[0]
            assert take(world, code) == [code]


def test_shown_names_are_taken_wherever_codes_are(world):
    by_name = select(world, regions="China", industries=["Electrical and optical", "TRANSPORT EQUIPMENT"])
    by_code = select(world, regions="CHN", industries=["30t33", "34t35"])
    assert (by_name.share == by_code.share).all()
    assert by_name.label == "China 30t33+34t35"
    with pytest.raises(UnknownLabelError, match=r"'Electrical and optcal'. Nearest: 30t33 \(electrical"):
        industry_codes(world, "Electrical and optcal")
