"""The site in headless Chromium: sorting, filtering, links, the comparison, a phone's width."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from test_site import content, html_pages, site  # noqa: F401 (fixtures)

from bench.site.pages import pages
from bench.site.write import write_site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as play:
        made = play.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield made
        made.close()


@pytest.fixture
def page(browser):
    """A page whose errors fail the test."""
    made, errors = browser.new_page(viewport={"width": 1400, "height": 900}), []
    made.on(
        "console", lambda message: errors.append(message.text) if message.type == "error" else 0
    )
    made.on("pageerror", lambda error: errors.append(str(error)))
    made.on("requestfailed", lambda request: errors.append(request.url))
    yield made
    made.close()
    assert not errors


def task(site):  # noqa: F811
    return min(site.glob("tasks/*.html"))


def cells(page, column):
    return page.locator(f"#results tbody tr > :nth-child({column})").all_inner_texts()


@pytest.mark.parametrize("column", [2, 3, 4])
def test_a_score_sorts_best_first_and_says_so(page, site, column):  # noqa: F811
    page.goto(task(site).as_uri())
    head = page.locator("#results thead th").nth(column)
    head.click()
    # The table is sorted a moment after the click.
    sync_api.expect(head).to_have_attribute("aria-sort", "descending")
    falling = [float(text.split()[0]) for text in cells(page, column + 1)]
    assert falling == sorted(falling, reverse=True)
    head.click()
    sync_api.expect(head).to_have_attribute("aria-sort", "ascending")
    assert [float(text.split()[0]) for text in cells(page, column + 1)] == falling[::-1]


def test_a_name_sorts_from_a_to_z(page, site):  # noqa: F811
    page.goto(task(site).as_uri())
    head = page.locator("#results thead th").nth(1)
    head.click()
    sync_api.expect(head).to_have_attribute("aria-sort", "ascending")
    assert cells(page, 2) == sorted(cells(page, 2))


def test_the_filter_has_a_label_and_leaves_matching_rows(page, site):  # noqa: F811
    page.goto(task(site).as_uri())
    page.get_by_role("searchbox", name="Filter").fill("method02")
    sync_api.expect(page.locator("#results tbody tr")).to_have_count(1)
    (row,) = cells(page, 2)
    assert "method02" in row


def test_details_of_a_row_open_by_keyboard_and_close_by_escape(page, site):  # noqa: F811
    page.goto(task(site).as_uri())
    page.get_by_role("button", name="Details of method00").focus()
    page.keyboard.press("Enter")
    shown = page.locator("[popover]:popover-open")
    assert "method00" in shown.inner_text()
    assert "fidelity" in shown.inner_text()
    page.keyboard.press("Escape")
    assert shown.count() == 0
    assert page.evaluate("document.activeElement.className") == "more"


def test_links_lead_from_the_start_to_a_method_and_back(page, site):  # noqa: F811
    page.goto((site / "index.html").as_uri())
    page.locator("#tasks tbody a").first.click()
    page.locator("#results tbody a").first.click()
    assert "method" in page.locator("h1").inner_text()
    page.get_by_role("link", name="mer-bench").click()
    assert page.url.endswith("index.html")


def test_a_comparison_is_its_own_mirror_image(page, site):  # noqa: F811
    page.goto((site / "compare.html").as_uri())
    value = page.locator("#answer .value").inner_text()
    first, second = page.get_by_label("First method"), page.get_by_label("Second method")
    first.select_option(index=1)
    second.select_option(index=0)
    mirrored = page.locator("#answer .value").inner_text()
    assert value.startswith("+")
    assert mirrored.split()[0] == value.split()[0].replace("+", "−")


def test_the_answer_is_the_cell_of_the_pair_with_the_same_signs(page, site):  # noqa: F811
    page.goto((site / "compare.html").as_uri())
    first, second = page.get_by_label("First method"), page.get_by_label("Second method")
    lines = page.locator("table.pairs").first.locator("tbody tr").all()
    shown = []
    for i, line in enumerate(lines[:-1]):
        cells = line.locator("td").all_text_contents()
        words = [text.strip() for text in cells if "[" in text]
        assert len(words) == len(lines) - 1 - i
        for j, text in enumerate(words, start=i + 1):
            first.select_option(index=i)
            second.select_option(index=j)
            # Zero has the sign of what it was rounded from in the table alone.
            shown.append(text)
            assert page.locator("#answer .value").inner_text().replace("−.000", "+.000") == (
                text.replace("−.000", "+.000")
            )
    assert len(shown) == 6
    assert any("−" in text for text in shown)
    assert not any("-" in text for text in shown)


def test_no_page_scrolls_sideways_on_a_phone(browser, page, site):  # noqa: F811
    page.set_viewport_size({"width": 390, "height": 800})
    for path in sorted(site.rglob("*.html")):
        page.goto(path.as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, path.name


def test_scores_beside_long_names_are_on_a_phones_screen(page, content, tmp_path):  # noqa: F811
    section = content.sections[0]
    names = ("nearestneighbour", "dualinception:withoutattention", "featurelogistic", "m" * 40)
    rows = tuple(
        replace(row, label=name, rank=1)
        for row, name in zip(section.table.rows, names, strict=True)
    )
    tables = [
        replace(section.table, task="megc2019lbptop/3", protocol=protocol, rows=rows)
        for protocol in ("loso", "kfold:5")
    ]
    sections = tuple(replace(section, table=table) for table in tables)
    made = replace(content, sections=sections)
    write_site(dict(pages(made)), tmp_path)
    page.set_viewport_size({"width": 390, "height": 800})
    shown = [("index.html", "#tasks", 2), (f"tasks/{sections[0].name}.html", "#results", 4)]
    for name, table, lines in shown:
        page.goto((tmp_path / name).as_uri())
        found = page.locator(f"{table} tbody td:nth-child(3)")
        assert found.count() == lines
        for cell in found.all():
            box = cell.bounding_box()
            assert box["x"] + box["width"] <= 390, name
            assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth"), name
            # Value and interval: an interval is not broken.
            assert cell.inner_text().count("\u00a0") == 1
    # The figure keeps a width at which its words are readable, and scrolls.
    assert page.locator("figure.scroll img").bounding_box()["width"] >= 600


def test_figures_are_dark_where_the_page_is(page, site):  # noqa: F811
    page.goto(task(site).as_uri())
    chart = page.locator("img.chart")
    assert chart.evaluate("chart => getComputedStyle(chart).filter") == "none"
    page.emulate_media(color_scheme="dark")
    assert "invert" in chart.evaluate("chart => getComputedStyle(chart).filter")


def test_without_scripts_tables_and_differences_are_there(browser, site):  # noqa: F811
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "compare.html").as_uri())
    page.locator("summary").first.click()
    assert "method00" in page.locator("details[open] table").inner_text()
    assert not page.locator("#compare").is_visible()
    page.goto(task(site).as_uri())
    assert not page.get_by_role("button", name="Details of method00").is_visible()
    page.locator("summary").first.click()
    assert "fidelity" in page.locator("#results-details").inner_text()
    context.close()
