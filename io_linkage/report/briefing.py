"""The report as sections of sentences, figures and tables: question, findings, method, certainty and sources."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from io_linkage.report import methods, productivity, sentences, technology, words
from io_linkage.report.frames import by_year, cell, focus_rows, has_ranges, rows_at, stage_names
from io_linkage.report.parts import Briefing, Section, View
from io_linkage.report.results import Results
from io_linkage.report.sentences.names import industry_name, them, who
from io_linkage.report.sentences.stages import in_range


def compose(results: Results) -> Briefing:
    """Put the results into words and tables.

    Parameters
    ----------
    results : Results
        From `gather`.

    Returns
    -------
    Briefing
    """
    focus = words.heading(results.question.focus)
    parts = [
        _asked(results),
        _industries(results),
        _stages(results),
        _partners(results),
        technology.section(results),
        productivity.section(results),
        _time(results),
        *methods.sections(results),
    ]
    partners = results.question.partners
    whose = "their" if focus.endswith("economies") else "its"
    whom = (
        words.economy(partners[0])
        if len(partners) == 1
        else f"{whose} {words.partners(results.question.partners_asked)}"
    )
    title = f"{focus} and {whom}" if partners else f"The industries of {focus}"
    title += f", {results.caption['year']}" if results.caption.get("year") else ""
    parts = [_capital(section) for section in parts]
    return Briefing(title, _subtitle(results), tuple(_brief(results, parts)), tuple(parts))


def _faults(results: Results) -> list[str]:
    """Say what a reader has to know before the results: errors of the table, and that there is nothing to compare."""
    checks = results["checks"]
    errors = checks[checks["severity"] == "error"].fillna("").to_dict("records")
    lines = [f"Error in the table, {row['check']}: {row['finding']} {row['where']}".rstrip(" .") for row in errors]
    if errors:
        lines = [
            f"The table has {words.counted(len(errors), 'error')}. Results that use that part of it are wrong; see "
            "“Checks of the table” for what to do.",
            *(f"{line}." for line in lines),
        ]
    if len(results["linkages"]) == 1:
        lines.append(
            "The table has one region with one industry: its relative linkages are 1 by definition, with nothing to "
            "compare it with."
        )
    return lines


def _brief(results: Results, parts: list[Section]) -> list[str]:
    """Sentences for the top: what is wrong with the table, then the first of each section."""
    by_key = {section.key: section.sentences for section in parts}
    one_focus = len(results.question.regions) == 1
    chosen = [
        *_faults(results),
        *by_key["industries"][:2],
        # What makes the linkages at the top misleading stands there with them.
        *sentences.imports_taken_off(results)[:1],
        # Of a focus of several economies the last is about all of them, the others about one each.
        *(by_key["stages"][:2] if one_focus else by_key["stages"][-1:]),
        *by_key["partners"][:2],
        *by_key["time"][:1],
    ]
    return list(dict.fromkeys(chosen))


def _subtitle(results: Results) -> str:
    what = "Linkages of industries" if "stages" in results.absent else f"Linkages of {_stage_list(results)} industries"
    what += "" if "partners" in results.absent else ", and who depends on whom"
    return f"{what}. {results.caption['table']}"


def _stage_list(results: Results) -> str:
    return words.listed(stage_names(results))


def _capital(section: Section) -> Section:
    """Begin each sentence with a capital, also where it begins with the name of an industry."""
    return replace(section, sentences=tuple(s[:1].upper() + s[1:] for s in section.sentences))


def _asked(results: Results) -> Section:
    question = results.question
    focus = words.economy(question.focus)
    questions = [f"Which industries of {focus} pull others along?"]
    if "stages" not in results.absent:
        questions.append(f"What do {_stage_list(results)} industries do for one another?")
    if "partners" not in results.absent:
        questions.append("Who depends on whom?")
    lines = [" ".join(questions)]
    if question.partners:
        lines += _who_is_compared(results)
    source = results.caption.get("source") or "a source that is not stated"
    lines.append(f"The table is {results.caption['table']}, from {source}.")
    return Section("asked", "What was asked", sentences=tuple(lines))


def _who_is_compared(results: Results) -> list[str]:
    """Name partners and comparators, and say whom the table does not show or the question leaves out."""
    question, focus = results.question, words.economy(results.question.focus)
    partners = words.partners(question.partners_asked)
    are = f"{partners.removesuffix('s')} is" if len(question.partners) == 1 else f"{partners} are"
    text = f"The {are} {words.listed(map(words.economy, question.partners))}."
    against = [words.economy(name) for name in compared_with(results)]
    if against:
        text += f" What {focus} is to {them(results)} is set against {words.listed(against)}."
    lines = [text]
    if question.membership_year is not None:
        lines.append(f"Groups have the members of {question.membership_year}.")
    lines += [f"{note}." for note in results.coverage]
    if question.rest_left_out:
        left_out = words.listed(map(words.economy, question.rest_left_out))
        lines.append(f"{words.capital(left_out)} would count among them, but was left out, as asked (--rest out).")
    if note := results["trade"].attrs["note"]:
        lines.append(note)
    return lines


def compared_with(results: Results) -> list[str]:
    """Economies beside the focus that partners are compared for."""
    columns = results["dependence_of_partner_share"].columns
    return [str(name) for name in columns if name != results.question.focus]


def _industries(results: Results) -> Section:
    rows = focus_rows(results, "linkages").dropna(subset=["role"])
    rows = rows.sort_values("backward_normalised", ascending=False, kind="stable")
    lost = focus_rows(results, "extraction")
    shown = pd.DataFrame(
        {
            "Industry": [industry_name(results, label) for label in rows.index],
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
    if "less_imports" in results:
        used = focus_rows(results, "less_imports")["used_per_output"]
        shown["Used / made"] = used.reindex(rows.index).to_numpy()
        note += " Used / made: use of the product wherever it was made, exports included, over output at home."
    view = _view("Industries, strongest backward linkage first", shown.head(40), {"% of GDP behind it": 1}, note)
    if len(shown) > 40:
        view = View(view.title, view.heads, view.rows, view.numeric, f"The first 40 of {len(shown)}. {note}")
    return Section(
        "industries",
        f"Which industries of {words.economy(results.question.focus)} pull others along",
        "A backward linkage is what one unit of final demand for an industry's products draws from all industries, "
        "everywhere. A forward linkage is the output everywhere that one unit of the industry's labour and capital "
        "goes into as its products are used (supply-driven, after Ghosh). Key industries are above the average of "
        "their economy in both.",
        tuple(sentences.industries(results)),
        ("key_industries", "linkages"),
        (*_pulled(results), view) if len(shown) else (),
    )


def _pulled(results: Results) -> list[View]:
    rows = []
    for puller, others in sentences.pulled(results).items():
        shown = [f"{name} {words.money(value, results.unit)} ({share})" for name, value, share in others[:4]]
        rows.append([puller, "; ".join(shown)])
    if not rows:
        return []
    note = (
        "Value added in other industries that would be missing without the first, nothing taking its place, and what "
        "share of the other industry's value added that is. More in data/pulled.csv."
    )
    note = f"{note} {sentences.above_all(results)}".rstrip()
    heads = ["Industry", "Pulls along most"]
    return [View("Who pulls whom", heads, rows, [False, False], note)]


def _stages(results: Results) -> Section:
    if "stages" in results.absent:
        title = "Traditional, emerging and future industries"
        return Section("stages", title, reason=results.absent["stages"])
    title = words.capital(f"{_stage_list(results)} industries")
    return Section(
        "stages",
        title,
        "A stage is a share of an industry: electrical equipment holds batteries and photovoltaics as well as cables. "
        + _shares_rest_on(results),
        tuple(sentences.stages(results)),
        ("stage_spillovers", "stage_ranking"),
        (*(_stage_view(results, region) for region in results.question.regions), _drawn_view(results)),
    )


def _shares_rest_on(results: Results) -> str:
    if not has_ranges(results):
        return "The shares are those of a file that gives no ranges for them, so the figures have none."
    return (
        "The shares are judgements with ranges, so each figure comes with the range it has when the shares are drawn "
        f"anew {results.question.draws} times (nine in ten draws lie inside)."
    )


def _drawn_view(results: Results) -> View:
    drawn = 100 * results["focus_stage_ranges"]
    products = list(dict.fromkeys(drawn.index.get_level_values("product")))
    rows = [
        [str(place), str(stage), *(sentences.ranged(drawn, (place, stage, product)) for product in products)]
        for place, stage in dict.fromkeys((place, stage) for place, stage, _ in drawn.index)
    ]
    return View(
        f"Value added that 100 of final demand for products of {words.economy(results.question.focus)} draw, by stage",
        ["Place", "Where it arises", *(f"for {product} products" for product in products)],
        rows,
        [False, False, *[True] * len(products)],
        ("In brackets: nine in ten draws of the stage shares. " if has_ranges(results) else "")
        + "What is missing to 100 is not value added: taxes less subsidies on products, margins and discrepancies of "
        "the table.",
    )


def _stage_view(results: Results, region: str) -> View:
    linked = rows_at(results["stage_linkages"], region, "region")
    composition = rows_at(results["stage_composition"], region, "region")
    rows = [
        [
            str(stage),
            words.percent(cell(composition, stage, "central")),
            *(in_range(linked, stage, f"{side}_normalised") for side in ("backward", "forward")),
            _text(linked.at[stage, "role"]),
            *([words.percent(cell(linked, stage, "role_holds"))] if has_ranges(results) else []),
        ]
        for stage in linked.index
    ]
    heads = ["Stage", "Share of output", "Backward, relative", "Forward, relative", "Role"]
    numeric, note = (
        [False, True, True, True, False],
        "Means of the industries, weighted by the output of the stage in each",
    )
    if has_ranges(results):
        heads.append("Role holds in")
        numeric.append(True)
        note += "; role holds in: share of the draws"
    return View(f"Stages in {words.economy(region)}", heads, rows, numeric, f"{note}.")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "–"


def _partners(results: Results) -> Section:
    title = "Who depends on whom"
    if "partners" in results.absent:
        return Section("partners", title, reason=results.absent["partners"])
    theirs = _share_view(
        results, "dependence_of_partner_share", "Share of the partner's GDP absorbed in the final demand of ..."
    )
    ours = _share_view(
        results, "dependence_on_partner_share", "Share of the GDP of ... absorbed in the partner's final demand"
    )
    return Section(
        "partners",
        title,
        "Value added of one economy that ends up in the final demand of another, through whatever countries and "
        "industries it passes, as a share of GDP. Gross trade would count a part each time it crosses a border.",
        tuple(sentences.partners(results)),
        ("dependence", "region_spillovers"),
        (theirs, ours),
    )


def _share_view(results: Results, key: str, title: str) -> View:
    frame = results[key]
    heads = ["Partner", *(words.head(str(c)) for c in frame.columns)]
    rows = [
        ["All together" if label == "all" else words.head(str(label))]
        + [words.percent(cell(frame, label, column)) for column in frame.columns]
        for label in frame.index
    ]
    return View(title, heads, rows, [False, *[True] * len(frame.columns)])


def _time(results: Results) -> Section:
    title = "What changed"
    lines = sentences.changes(results)
    if not lines:
        return Section(
            "time", title, reason=results.absent.get("time", "Nothing in this report can be followed over time.")
        )
    views = []
    if "dependence_over_time" in results:
        shares = by_year(results["dependence_over_time"], "dependence_of_partner_share")
        heads = ["Year", *(words.head(str(c)) for c in shares.columns)]
        rows = [
            [str(year), *(words.percent(cell(shares, year, column)) for column in shares.columns)]
            for year in shares.index
        ]
        note = results.frames["dependence_over_time"].note
        views.append(
            View(
                f"Share of the GDP of {who(results)} absorbed in the final demand of ...",
                heads,
                rows,
                [False, *[True] * len(shares.columns)],
                note,
            )
        )
    return Section(
        "time",
        title,
        "All years are at current prices: shares and linkages compare, amounts of money do not.",
        tuple(lines),
        ("dependence_over_time", "gross_trade_over_time"),
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
