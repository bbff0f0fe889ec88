# SPDX-License-Identifier: MIT
"""Reads a workbook as the standard has it (ECMA-376), with nothing but Python's own library: what a spreadsheet would see."""
import re
import zipfile
from datetime import datetime, timedelta
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OF_DOCUMENT = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def place(reference):
    """"B3" as (3, 2)."""
    letters, row = re.fullmatch("([A-Z]+)([0-9]+)", reference).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(row), column


def text(node):
    """A string; "_x0041_" in it is what a spreadsheet reads as "A"."""
    whole = "".join(t.text or "" for t in node.iter(MAIN + "t"))
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), whole)


class Workbook:
    """Sheets by name, each a list of rows of values: texts, numbers, datetimes for what is shown as one, None for nothing."""

    def __init__(self, file):
        with zipfile.ZipFile(file) as z:
            assert z.testzip() is None
            self.parts = {n: z.read(n) for n in z.namelist()}
        styles = ElementTree.fromstring(self.parts["xl/styles.xml"])
        known = {int(n.get("numFmtId")): n.get("formatCode") for n in styles.iter(MAIN + "numFmt")}
        self.looks = [known.get(int(x.get("numFmtId")), x.get("numFmtId")) for x in styles.find(MAIN + "cellXfs")]
        strings = self.parts.get("xl/sharedStrings.xml")
        self.shared = [text(s) for s in ElementTree.fromstring(strings)] if strings else []
        targets = {r.get("Id"): r.get("Target") for r in ElementTree.fromstring(self.parts["xl/_rels/workbook.xml.rels"])}
        self.formulas, self.shown, self.sheets = [], {}, {}
        for sheet in ElementTree.fromstring(self.parts["xl/workbook.xml"]).iter(MAIN + "sheet"):
            name = sheet.get("name")
            self.sheets[name] = self.rows(name, ElementTree.fromstring(self.parts["xl/" + targets[sheet.get(OF_DOCUMENT + "id")]]))

    def value(self, name, cell):
        kind, value = cell.get("t"), cell.find(MAIN + "v")
        if cell.find(MAIN + "f") is not None:
            self.formulas.append(cell.get("r"))
        if kind == "inlineStr":
            return text(cell)
        if value is None:
            return None
        if kind == "s":
            return self.shared[int(value.text)]
        assert kind in (None, "n"), kind
        look = self.looks[int(cell.get("s", 0))]
        self.shown[name, place(cell.get("r"))] = look
        number = float(value.text)
        return datetime(1899, 12, 30) + timedelta(seconds=round(number * 86400)) if "yyyy" in look else number

    def rows(self, name, sheet):
        found = []
        for row in sheet.iter(MAIN + "row"):
            while len(found) < int(row.get("r")):
                found.append([])
            for cell in row:
                column = place(cell.get("r"))[1]
                found[-1] += [None] * (column - len(found[-1]))
                found[-1][column - 1] = self.value(name, cell)
        return found

    def table(self, name):
        """A sheet as dictionaries by its first row."""
        head, *rows = self.sheets[name]
        return [dict(zip(head, r + [None] * (len(head) - len(r)))) for r in rows]
