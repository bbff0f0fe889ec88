#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Looks at the reports' pages in Chromium, as people will: wide and on a phone, light, dark and on paper; and takes the
pictures in docs/. usage: screenshots.py BUILD [--keep DIRECTORY]"""
import argparse
import os
import shutil
import sys
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(TOP, "tests", "e2e"))

from browser import Browser  # noqa: E402
from cluster import Cluster  # noqa: E402
from etl import Etl  # noqa: E402
from sandbox import Sandbox  # noqa: E402
import season  # noqa: E402

DAYS = 28
REPORTS = ("volume", "workload", "backlog", "replies", "freshness")
VIEWS = ((1400, 900, False), (1400, 900, True), (390, 844, False), (390, 844, True))

# What lies on something it does not belong to, or out of its place. A part that scrolls may hold more than it shows.
CROWDED = """(() => {
    const found = [], root = document.documentElement;
    if (root.scrollWidth > innerWidth) found.push(`the page is ${root.scrollWidth} wide, the window ${innerWidth}`);
    const boxes = [...document.querySelectorAll('h1, h2, h3, .asof, .warn, nav, .tiles > div, .part, footer')].map(e => [e, e.getBoundingClientRect()]);
    boxes.forEach(([a, x], i) => boxes.slice(i + 1).forEach(([b, y]) => {
        if (!a.contains(b) && !b.contains(a) && Math.min(x.right, y.right) - Math.max(x.left, y.left) > 1
            && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 1)
            found.push(`${a.className || a.tagName} and ${b.className || b.tagName} overlap: ${a.textContent.slice(0, 30)} / ${b.textContent.slice(0, 30)}`);
    }));
    document.querySelectorAll('main *').forEach(e => {
        const box = e.getBoundingClientRect();
        if (!e.closest('.scroll') && box.width > 0 && (box.right > innerWidth + 1 || box.left < -1))
            found.push(`${e.tagName} ${e.className} goes over the edge`);
    });
    document.querySelectorAll('.heat td').forEach(e => {
        if (e.scrollWidth > e.clientWidth + 1) found.push(`${e.textContent} does not fit its cell`);
    });
    return found.slice(0, 10);
})()"""

# Tables that hold more than they show: on a phone they scroll, on a wide window and on paper they must not.
CUT_TABLES = """[...document.querySelectorAll('.scroll')].filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1)
    .map(e => `${e.getAttribute('aria-label')} is ${e.scrollWidth} wide, in ${e.clientWidth}`)"""

# What cannot be on one sheet of A4 is cut; and letters must not be drawn out.
CUT_CHARTS = """[...document.querySelectorAll('figure[data-chart]')].flatMap(e => {
    const plot = e.querySelector('.plot'), canvas = e.querySelector('canvas'), title = e.querySelector('figcaption b').textContent, found = [];
    if (e.getBoundingClientRect().height > 1000) found.push(`${title} is higher than a sheet`);
    if (getComputedStyle(e).breakInside !== 'avoid') found.push(`${title} may be cut in two`);
    if (!plot.hidden && getComputedStyle(canvas).objectFit !== 'contain') found.push(`${title} is drawn out`);
    return found; })"""

# Text against what is behind it (WCAG 2.1, 1.4.3); charts are pictures and have their tables.
FAINT = """(() => {
    const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
    const over = (a, b) => a.slice(0, 3).map((v, i) => v * a[3] + b[i] * (1 - a[3]));
    const behind = e => { const stack = []; for (; e; e = e.parentElement) stack.push(parse(getComputedStyle(e).backgroundColor));
        return stack.reverse().reduce((b, c) => over(c, b), parse(getComputedStyle(document.body).backgroundColor)); };
    const light = c => c.slice(0, 3).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
    const found = new Map();
    document.querySelectorAll('main *').forEach(e => {
        if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || e.tagName === 'CANVAS') return;
        const back = behind(e), fore = over(parse(getComputedStyle(e).color), back), a = light(fore), b = light(back);
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) found.set(e.className || e.parentElement.className || e.tagName, `${e.textContent.slice(0, 20)}: ${ratio.toFixed(2)}`);
    });
    return [...found].map(([k, v]) => k + ' ' + v);
})()"""


class Tap:
    number = failed = 0

    def check(self, promise, complaints):
        self.number += 1
        self.failed += bool(complaints)
        print(f"{'not ok' if complaints else 'ok'} {self.number} - page: {promise}", flush=True)
        for complaint in complaints or []:
            print(f"#   {complaint}")


def look(tap, browser, page, name, charts):
    for width, height, dark in VIEWS:
        browser.open(page, width, height, dark)
        what = f"{name} at {width} px, {'dark' if dark else 'light'}"
        tap.check(f"{what}: no error in the console", browser.complaints)
        tap.check(f"{what}: nothing is asked of anybody", browser.requests[1:])
        tap.check(f"{what}: nothing overlaps or goes over the edge", browser.ask(CROWDED))
        tap.check(f"{what}: every text can be read", browser.ask(FAINT))
        if width > 1000:
            tap.check(f"{what}: every table is whole", browser.ask(CUT_TABLES))
        drawn = browser.ask("document.querySelectorAll('.plot:not([hidden]) canvas').length")
        tap.check(f"{what}: every chart is drawn", [] if drawn == charts else [f"{drawn} of {charts}"])


def empty_charts(browser):
    """Charts without a drop of colour."""
    return browser.ask("""[...document.querySelectorAll('.plot:not([hidden]) canvas')].filter(c => {
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, seen = new Set();
        for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 200) seen.add((d[i] >> 4) * 256 + (d[i + 1] >> 4) * 16 + (d[i + 2] >> 4));
        return seen.size < 3; }).map(c => c.getAttribute('aria-label'))""")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("build")
    arguments.add_argument("--keep", help="leaves pages, pictures and the paper form there")
    arguments = arguments.parse_args()
    build = os.path.abspath(arguments.build)
    directory = tempfile.mkdtemp(prefix="sahut-pages-")
    tap, cluster = Tap(), Cluster()
    sandbox = Sandbox(os.path.join(build, "sahut-sandbox"), conversations=4000, resolved=99, ago=f"{DAYS * 24 * 60 + 4}m")
    browser = Browser()
    try:
        cluster.create_database("sahut")
        etl = Etl(os.path.join(build, "sahut-etl"), directory, cluster, "sahut", sandbox.base_url)
        etl.run("migrate")
        etl.run("sync")
        season.live(sandbox, etl, DAYS)
        season.date_runs(etl)
        etl.sql("""do $$ declare n bigint; w integer; begin for w in select id from sahut_etl.workspace loop
            perform sahut_etl.queue_all(w, true);
            loop select remaining into n from sahut_etl.refresh_next(w); exit when n = 0; end loop; end loop; end $$""")
        for name in REPORTS:
            for lang in ("en", "id") if name == "workload" else ("en",):
                page = os.path.join(directory, f"{name}-{lang}.html")
                etl.run("report", name, "--format", "html", "--lang", lang, "--output", page)
                charts = open(page).read().count("<canvas")
                look(tap, browser, page, f"{name} ({lang})", charts)
                tap.check(f"{name} ({lang}): every chart has colours", empty_charts(browser))
                browser.print_preview(page)
                tap.check(f"{name} ({lang}) on A4: every table is whole", browser.ask(CUT_TABLES))
                tap.check(f"{name} ({lang}) on A4: no chart is cut in two", browser.ask(CUT_CHARTS))
        page = os.path.join(directory, "workload-en.html")
        browser.pdf(os.path.join(directory, "workload.pdf"))
        for name, width, dark, height in (("workload", 1400, False, 1330), ("workload-dark", 1400, True, 1330), ("workload-phone", 390, False, 1330)):
            browser.open(page, width, 900, dark)
            browser.screenshot(os.path.join(TOP, "docs", f"report-{name}.png"), 0, height)
        browser.open(os.path.join(directory, "volume-en.html"), 1400, 900)
        browser.screenshot(os.path.join(TOP, "docs", "report-volume.png"), 0, 1500)
        if arguments.keep:
            shutil.copytree(directory, arguments.keep, dirs_exist_ok=True)
    finally:
        browser.stop()
        sandbox.stop()
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)
    return tap.failed > 0


if __name__ == "__main__":
    sys.exit(main())
