"""The report as sections of sentences, figures and tables: what was asked, found, how, how sure, and from what."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pandas as pd

from io_linkage.report import methods, sentences, words
from io_linkage.report.parts import Briefing, Section, View
from io_linkage.report.results import Results


def compose(found: Results) -> Briefing:
    """Put the results into words and tables.

    Parameters
    ----------
    found : Results
        From `gather`.

    Returns
    -------
    Briefing
    """
    focus = words.heading(found.question.focus)
    parts = [
        _asked(found),
        _industries(found),
        _stages(found),
        _partners(found),
        _time(found),
        *methods.sections(found),
    ]
    partners = found.question.partners
    whose = "their" if focus.endswith("economies") else "its"
    whom = (
        words.economy(partners[0]) if len(partners) == 1 else f"{whose} {words.partners(found.question.partners_asked)}"
    )
    title = f"{focus} and {whom}" if partners else f"The industries of {focus}"
    title += f", {found.caption['year']}" if found.caption.get("year") else ""
    parts = [_capital(section) for section in parts]
    by_key = {section.key: section for section in parts}
    brief = [s for key, count in _BRIEF for s in by_key[key].sentences[:count]]
    # What makes the linkages at the top misleading stands there with them.
    brief[_BRIEF[0][1] : _BRIEF[0][1]] = sentences.imports_taken_off(found)[:1]
    return Briefing(title, _subtitle(found), (*_faults(found), *brief), tuple(parts))


def _faults(found: Results) -> list[str]:
    """Say what a reader has to know before the results: errors of the table, and that there is nothing to compare."""
    checks = found["checks"]
    errors = checks[checks["severity"] == "error"].fillna("").to_dict("records")
    lines = [f"Error in the table, {row['check']}: {row['finding']} {row['where']}".rstrip(" .") for row in errors]
    if errors:
        lines = [
            f"The table has {words.counted(len(errors), 'error')}. Results that use that part of it are wrong; see "
            "“Checks of the table” for what to do.",
            *(f"{line}." for line in lines),
        ]
    if len(found["linkages"]) == 1:
        lines.append(
            "The table has one region with one industry: its relative linkages are 1 by definition, with nothing to "
            "compare it with."
        )
    return lines


# How many of the first sentences of each section stand at the top.
_BRIEF = (("industries", 2), ("stages", 2), ("partners", 2), ("time", 1))


def _subtitle(found: Results) -> str:
    what = (
        "Linkages of industries"
        if "stages" in found.absent
        else "Linkages of traditional, emerging and future industries"
    )
    what += "" if "partners" in found.absent else ", and who depends on whom"
    return f"{what}. {found.caption['table']}"


def _capital(section: Section) -> Section:
    """Begin each sentence with a capital, also where it begins with the name of an industry."""
    return replace(section, sentences=tuple(s[:1].upper() + s[1:] for s in section.sentences))


def _asked(found: Results) -> Section:
    question = found.question
    focus = words.economy(question.focus)
    questions = [f"Which industries of {focus} pull others along?"]
    if "stages" not in found.absent:
        questions.append("What do traditional, emerging and future industries do for one another?")
    if "partners" not in found.absent:
        questions.append("Who depends on whom?")
    lines = [" ".join(questions)]
    if question.partners:
        names = words.listed(words.economy(region) for region in question.partners)
        against = [words.economy(name) for name in findings_comparators(found)]
        lines.append(
            f"The {words.partners(question.partners_asked)} are {names}."
            + (f" What {focus} is to them is set against {words.listed(against)}." if against else "")
        )
        if question.members is not None:
            lines.append(f"A group has the members of {question.members}.")
        if note := found["trade"].attrs["note"]:
            lines.append(note)
    source = found.caption.get("source") or "a source that is not stated"
    lines.append(f"The table is {found.caption['table']}, from {source}.")
    return Section("asked", "What was asked", sentences=tuple(lines))


def findings_comparators(found: Results) -> list[str]:
    """Economies beside the focus that partners are compared for."""
    columns = found["dependence_of_partner"].columns
    return [str(name) for name in columns if name != found.question.focus]


def _industries(found: Results) -> Section:
    rows = sentences.focus_rows(found, "linkages").dropna(subset=["role"])
    rows = rows.sort_values("backward_normalised", ascending=False, kind="stable")
    lost = sentences.focus_rows(found, "extraction")
    shown = pd.DataFrame(
        {
            "Industry": [_industry(found, label) for label in rows.index],
            "Backward": rows["backward"].to_numpy(),
            "relative to average": rows["backward_normalised"].to_numpy(),
            "Forward": rows["forward"].to_numpy(),
            "relative to average ": rows["forward_normalised"].to_numpy(),
            "Role": rows["role"].to_numpy(),
            "% of GDP behind it": lost["home_percent"].reindex(rows.index).to_numpy(),
        }
    )
    note = (
        "Relative to the average industry of the region, which is 1. The last column is the value added of the "
        "industry itself and of others in its region that would be missing without it, as a percentage of the "
        "region's GDP; these do not add up over industries."
    )
    if "less_imports" in found:
        used = sentences.focus_rows(found, "less_imports")["used_per_output"]
        shown["Used / made"] = used.reindex(rows.index).to_numpy()
        note += " Used / made: use of the product wherever it was made, exports included, over output at home."
    view = _view("Industries, strongest backward linkage first", shown.head(40), {"% of GDP behind it": 1}, note)
    if len(shown) > 40:
        view = View(view.title, view.heads, view.rows, view.numeric, f"The first 40 of {len(shown)}. {note}")
    return Section(
        "industries",
        f"Which industries of {words.economy(found.question.focus)} pull others along",
        "A backward linkage is what one unit of final demand for an industry's products draws from all industries, "
        "everywhere. A forward linkage is the output that one unit of the industry's labour and capital makes "
        "possible. Key industries are above the average of their economy in both.",
        tuple(sentences.industries(found)),
        ("key_industries", "linkages"),
        (*_pulled(found), view) if len(shown) else (),
    )


def _pulled(found: Results) -> list[View]:
    rows = []
    for puller, others in sentences.pulled(found).items():
        shown = [f"{name} {words.money(value, found.unit)} ({share})" for name, value, share in others[:4]]
        rows.append([puller, "; ".join(shown)])
    if not rows:
        return []
    note = (
        "Value added in other industries that would be missing without the first, nothing taking its place, and what "
        "share of the other industry's value added that is. More in data/pulled.csv."
    )
    note = f"{note} {sentences.above_all(found)}".rstrip()
    heads = ["Industry", "Pulls along most"]
    return [View("Who pulls whom", heads, rows, [False, False], note)]


def _stages(found: Results) -> Section:
    title = "Traditional, emerging and future industries"
    if "stages" in found.absent:
        return Section("stages", title, reason=found.absent["stages"])
    return Section(
        "stages",
        title,
        "A stage is a share of an industry: electrical equipment holds batteries and photovoltaics as well as cables. "
        "The shares are judgements with ranges, so each figure comes with the range it has when the shares are drawn "
        f"anew {found.question.draws} times (nine draws of ten lie inside).",
        tuple(sentences.stages(found)),
        ("stage_spillovers", "emerging_linkages"),
        (*(_stage_view(found, region) for region in found.question.regions), _drawn_view(found)),
    )


def _drawn_view(found: Results) -> View:
    drawn = 100 * found["focus_stage_ranges"]
    products = list(dict.fromkeys(drawn.index.get_level_values("product")))
    rows = [
        [str(place), str(stage), *(sentences.ranged(drawn, (place, stage, product)) for product in products)]
        for place, stage in dict.fromkeys((place, stage) for place, stage, _ in drawn.index)
    ]
    return View(
        f"Value added that 100 of final demand for products of {words.economy(found.question.focus)} draw, by stage",
        ["Place", "Where it arises", *(f"for {product} products" for product in products)],
        rows,
        [False, False, *[True] * len(products)],
        "In brackets: nine draws of ten of the stage shares. What is missing to 100 is no value added: taxes less "
        "subsidies on products, margins and discrepancies of the table.",
    )


def _stage_view(found: Results, region: str) -> View:
    linked = sentences.rows_at(found["stage_linkages"], region, "region")
    made = sentences.rows_at(found["stage_composition"], region, "region")
    rows = [
        [
            str(stage),
            words.percent(sentences.cell(made, stage, "central")),
            *(_ranged(linked, stage, f"{side}_normalised") for side in ("backward", "forward")),
            _text(linked.at[stage, "role"]),
            words.percent(sentences.cell(linked, stage, "role_holds")),
        ]
        for stage in linked.index
    ]
    heads = ["Stage", "Share of output", "Backward, relative", "Forward, relative", "Role", "Role holds in"]
    note = "Means of the industries, weighted by the output of the stage in each; role holds in: share of the draws."
    return View(f"Stages in {words.economy(region)}", heads, rows, [False, True, True, True, False, True], note)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "–"


def _ranged(frame: pd.DataFrame, row: Any, column: str) -> str:
    centre, low, high = (sentences.cell(frame, row, name) for name in (column, f"{column}_low", f"{column}_high"))
    if math.isnan(centre):
        return "–"
    return f"{words.number(centre)} ({words.number(low)} to {words.number(high)})"


def _partners(found: Results) -> Section:
    title = "Who depends on whom"
    if "partners" in found.absent:
        return Section("partners", title, reason=found.absent["partners"])
    given = _share_view(found, "dependence_of_partner", "Share of the partner's GDP absorbed in the final demand of")
    taken = _share_view(
        found, "dependence_on_partner", "Share of each economy's GDP absorbed in the partner's final demand"
    )
    return Section(
        "partners",
        title,
        "Value added of one economy that ends up in the final demand of another, through whatever countries and "
        "industries it passes, as a share of GDP. Gross trade would count a part each time it crosses a border.",
        tuple(sentences.partners(found)),
        ("dependence", "region_spillovers"),
        (given, taken),
    )


def _share_view(found: Results, key: str, title: str) -> View:
    frame = found[key]
    heads = ["Partner", *(words.head(str(c)) for c in frame.columns)]
    rows = [
        ["All together" if label == "all" else words.head(str(label))]
        + [words.percent(sentences.cell(frame, label, column)) for column in frame.columns]
        for label in frame.index
    ]
    return View(title, heads, rows, [False, *[True] * len(frame.columns)])


def _time(found: Results) -> Section:
    title = "What changed"
    lines = sentences.time(found)
    if not lines:
        return Section(
            "time", title, reason=found.absent.get("time", "Nothing in this report can be followed over time.")
        )
    views = []
    if "dependence_over_time" in found:
        by_year = sentences.wide(found["dependence_over_time"], "dependence_of_partner")
        heads = ["Year", *(words.head(str(c)) for c in by_year.columns)]
        rows = [
            [str(year), *(words.percent(sentences.cell(by_year, year, column)) for column in by_year.columns)]
            for year in by_year.index
        ]
        note = found.frames["dependence_over_time"].note
        views.append(
            View(
                f"Share of the GDP of {sentences.who(found)} absorbed in the final demand of",
                heads,
                rows,
                [False, *[True] * len(by_year.columns)],
                note,
            )
        )
    return Section(
        "time",
        title,
        "All years are at current prices: shares and linkages compare, amounts of money do not.",
        tuple(lines),
        ("dependence_over_time",),
        tuple(views),
    )


def _view(title: str, frame: pd.DataFrame, digits: dict[str, int], note: str = "") -> View:
    numeric = [pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes]
    rows = [
        [
            words.number(float(value), digits.get(str(name), 2)) if number else str(value)
            for name, value, number in zip(frame.columns, row, numeric, strict=True)
        ]
        for row in frame.itertuples(index=False)
    ]
    return View(title, [str(c).strip() for c in frame.columns], rows, numeric, note)


def _industry(found: Results, label: Any) -> str:
    if isinstance(label, tuple):
        return f"{label[0]}: {words.industry(str(label[1]), found.industries)}"
    return words.industry(str(label), found.industries)
