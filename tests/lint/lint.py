#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The gates that the code has to pass, and the figures that are only printed.

usage: lint.py [--figures]

Reads src/ and the sandbox as text; functions are found with Universal Ctags. Prints a line
"ok"/"not ok" for each gate (TAP), the places where one is not kept, and at
the end medians and shares, which nobody has to keep.
"""
import json
import os
import re
import statistics
import subprocess
import sys

import doc_names
import field_columns
import report_words
import run_words
import view_columns

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
# The folders of src/, and those that each may know: as the include paths of Makefile.am have it.
FOLDERS = {
    "src/base": ["base"],
    "src/port": ["base", "port"],
    "src/engine": ["base", "engine"],
    "src/source": ["base", "port", "engine", "source"],
    "src/warehouse": ["base", "port", "engine", "source", "warehouse"],
    "src/sync": ["base", "port", "engine", "source", "warehouse", "sync"],
    "src/config": ["base", "port", "warehouse", "config"],
    "src/report": ["base", "port", "report"],
    "src/metabase": ["base", "port", "warehouse", "report", "metabase"],
    "src/daemon": ["base", "port", "engine", "source", "warehouse", "sync", "config", "daemon"],
    "src/cli": ["base", "port", "engine", "source", "warehouse", "sync", "config", "report", "metabase", "daemon", "cli"],
    "tests/sandbox": ["base", "port", "sandbox"],
}
MOST_MODULES = 25  # in a folder; the sandbox, which is a program of its own, has more
# Foreign headers, and the one file that may include each.
LIBRARIES = {
    r"curl/": "src/port/http.c",
    r"json-c/": "src/port/json.c",
    r"libsmartcols/": "src/port/table_print.c",
    r"openssl/": "src/port/hmac.c",
    r"uniwidth\.h": "src/port/width.c",
    r"xlsxwriter\.h": "src/port/xlsx.c",
    r"libpq-fe\.h": "src/port/pg.c",
    r"yaml\.h": "src/port/yaml_tree.c",
    r"systemd/sd-(event|daemon)\.h": "src/port/event_loop.c",
    r"systemd/sd-journal\.h": "src/port/journal.c",
    r"microhttpd\.h": "src/port/httpd.c",
}
ENGINE_MAY_INCLUDE = {"assert.h", "inttypes.h", "limits.h", "stdbool.h", "stddef.h", "stdint.h", "stdlib.h", "string.h"}
BANNED = ["strcpy", "strcat", "strncpy", "strncat", "sprintf", "vsprintf", "gets", "strtok", "atoi", "atol", "atof", "localtime", "gmtime",
          "ctime", "asctime", "system", "popen", "alloca", "mktemp", "tmpnam"]
MOST = {"lines of a function": 70, "complexity": 20, "parameters": 5, "nesting": 4, "lines of a file": 700}


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def bare(text):
    """The text with comments and literals blanked, line breaks kept."""
    def blank(match):
        s = match.group(0)
        if s[0] == '"':
            return '"' + " " * (len(s) - 2) + '"'
        if s[0] == "'":
            return "'" + " " * (len(s) - 2) + "'"
        return re.sub(r"[^\n]", " ", s)
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def prose_of(text):
    """A document without its code (fenced blocks, and lines that are set in), and without headings that ask a question."""
    text = re.sub(r"(?m)^#[^\n]*\?$", "", re.sub(r"```.*?```", "", text, flags=re.S))
    return "\n".join(line for line in text.split("\n") if not line.startswith("    "))


def comments_of(text):
    """The words of a file's comments; names of parameters, in capitals, are left out by their case."""
    found = re.findall(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*(.*?)\*/', text, flags=re.S)
    return " ".join(re.sub(r"\n\s*\*", "\n", c).strip() for c in found)


def sources():
    found = []
    for folder in FOLDERS:
        found += [f"{folder}/{n}" for n in os.listdir(os.path.join(TOP, folder)) if n.endswith((".c", ".h"))]
    return sorted(found)


def functions(path):
    out = subprocess.run(["ctags", "--output-format=json", "--fields=+neS", "--kinds-C=f", "-f", "-", path], cwd=TOP, capture_output=True,
                         text=True, check=True).stdout
    for line in out.splitlines():
        tag = json.loads(line)
        yield tag["name"], tag["line"], tag.get("end", tag["line"]), tag.get("signature", "()")


def complexity(body):
    return 1 + len(re.findall(r"\b(?:if|for|while|case)\b|&&|\|\||\?", body))


def nesting(body):
    """How deep blocks stand in one another; the function's own is 0."""
    depth = most = 0
    for c in body[body.index("{"):] if "{" in body else "":
        depth += (c == "{") - (c == "}")
        most = max(most, depth - 1)
    return most


def parameters(signature):
    inner = signature.strip()[1:-1].strip()
    if inner in ("", "void"):
        return 0
    depth = count = 0
    for c in inner:
        depth += (c == "(") - (c == ")")
        count += c == "," and depth == 0
    return count + 1


class Lint:
    def __init__(self):
        self.files = {p: read(p) for p in sources()}
        self.bare = {p: bare(t) for p, t in self.files.items()}
        self.lengths, self.number, self.failed = [], 0, 0

    def gate(self, name, complaints):
        self.number += 1
        self.failed += bool(complaints)
        print(f"{'not ok' if complaints else 'ok'} {self.number} - lint: {name}")
        for complaint in complaints:
            print(f"#   {complaint}")

    # ---- functions and files ----

    def function_gates(self):
        over = {k: [] for k in MOST}
        for path, text in self.files.items():
            if path.endswith(".h"):
                continue
            lines = self.bare[path].split("\n")
            for name, first, last, signature in functions(path):
                body = "\n".join(lines[first - 1:last])
                self.lengths.append(last - first + 1)
                if f"{path}:{name}" in DICTATED:
                    signature = "()"
                for what, n in (("lines of a function", last - first + 1), ("complexity", complexity(body)),
                                ("parameters", parameters(signature)), ("nesting", nesting(body))):
                    if n > MOST[what]:
                        over[what].append(f"{path}:{first}: {name}: {n}")
        for path, text in self.files.items():
            if text.count("\n") > MOST["lines of a file"]:
                over["lines of a file"].append(f"{path}: {text.count(chr(10))}")
        for what, complaints in over.items():
            self.gate(f"{what} at most {MOST[what]}", complaints)

    def text_gates(self):
        def places(pattern, files, texts):
            return [f"{p}:{texts[p][:m.start()].count(chr(10)) + 1}: {m.group(0).strip()}" for p in files for m in re.finditer(pattern, texts[p])]
        code = [p for p in self.files]
        self.gate("no goto", places(r"\bgoto\b", code, self.bare))
        self.gate("no banned function", places(r"\b(?:" + "|".join(BANNED) + r")\s*\(", code, self.bare))
        self.gate("no // comment", places(r"(?<!:)//", code, self.bare))
        self.gate("no #if in a .c file", places(r"(?m)^\s*#\s*if.*", [p for p in code if p.endswith(".c")], self.bare))
        self.gate("no TODO", places(r"\b(?:TODO|FIXME|XXX)\b", code, self.files))
        self.gate("no line over 100 columns", [f"{p}:{i}" for p in code for i, l in enumerate(self.files[p].split("\n"), 1)
                                               if len(l.expandtabs(8)) > 100])
        self.gate("no line of SQL or Markdown over 120 columns", self.wide(("*.sql", "*.md")))
        self.gate("each insert of SQL names its columns", self.nameless_inserts())
        version = subprocess.run(["clang-format", "--version"], capture_output=True, text=True).stdout
        if " version 14." in version:
            self.gate("laid out as .clang-format says", self.laid_out())
        else:
            self.number += 1
            print(f"ok {self.number} - lint: laid out as .clang-format says # SKIP each version lays out in its own way; 14's counts")
        self.gate("SPDX line first", [p for p in code if not self.files[p].startswith("/* SPDX-License-Identifier: MIT */\n")])

    @staticmethod
    def wide(patterns):
        """Lines of files that git knows; rows of tables and code in Markdown may be wider."""
        found = []
        for path in subprocess.run(["git", "ls-files", *patterns], cwd=TOP, capture_output=True, text=True).stdout.split():
            fenced = False
            for i, line in enumerate(read(path).split("\n"), 1):
                fenced ^= path.endswith(".md") and line.lstrip().startswith("```")
                if len(line) > 120 and not fenced and not (path.endswith(".md") and line.startswith(("|", "    "))):
                    found.append(f"{path}:{i}: {len(line)}")
        return found

    @staticmethod
    def nameless_inserts():
        found = []
        for path in subprocess.run(["git", "ls-files", "sql/*.sql"], cwd=TOP, capture_output=True, text=True).stdout.split():
            text = re.sub(r"(?m)^\s*--.*", "", read(path))
            found += [f"{path}: {m.group(1)}" for m in re.finditer(r"\binsert\s+into\s+([\w.]+)(?!\s*default values)(?!\s*(?:as\s+\w+\s*)?\()\b(?![\w.])", text)]
        return found

    def laid_out(self):
        """The product's files, and those of the tests."""
        tests = subprocess.run(["git", "ls-files", "tests/*.c", "tests/*.h"], cwd=TOP, capture_output=True, text=True).stdout.split()
        done = subprocess.run(["clang-format", "--dry-run", *{*self.files, *tests}], cwd=TOP, capture_output=True, text=True)
        return sorted({line.split(":")[0] for line in done.stderr.splitlines() if "warning" in line})

    def prose_gate(self):
        """Bare what and who read twice for people to whom English is foreign (CONTRIBUTING.md)."""
        texts = {path: prose_of(read(path)) for path in PLAIN}
        for folder in FOLDERS:
            texts[f"comments of {folder}"] = " ".join(comments_of(t) for p, t in self.files.items() if p.startswith(folder + "/"))
        sql = subprocess.run(["git", "ls-files", "sql/*.sql"], cwd=TOP, capture_output=True, text=True).stdout.split()
        texts["comments of sql"] = " ".join(re.sub(r"\s*--+", " ", c) for p in sql for c in re.findall(r"--[^\n]*", read(p)))
        over, starts = [], []
        for path, text in texts.items():
            share = 1000 * len(re.findall(r"\b[Ww](?:hat|ho|hoever|hom|hatever)\b", text)) / max(1, len(re.findall(r"[A-Za-z'-]+", text)))
            print(f"# {path}: {share:.1f} of what and who in 1,000 words")
            if share > MOST_WHAT:
                over.append(f"{path}: {share:.1f}")
            starts += [f"{path}: {m.group(1)}" for m in re.finditer(r"(?:^|[.:;]\s)\s*(W(?:hat|ho|hoever|hatever)\b[^?.]*)(?=\.)", text)]
        self.gate(f"at most {MOST_WHAT} of what, who, whoever, whom, whatever in 1,000 words", over)
        self.gate("no sentence begins with what or who, but a question", starts)

    # ---- structure ----

    def include_graph(self):
        where = {}
        for path in self.files:
            where.setdefault(path.split("/")[1], {})[os.path.basename(path)] = path
        graph, foreign = {}, []
        for path, text in self.files.items():
            graph[path] = []
            # One that a macro names could be anything.
            foreign += [f"{path}: #include {name} does not name a file" for name in re.findall(r'(?m)^\s*#\s*include(?:_next)?\s*([^\s"<].*)', text)]
            for name in re.findall(r'(?m)^\s*#\s*include(?:_next)?\s*"([^"]+)"', text):
                target = next((where[f][name] for f in reversed(FOLDERS[os.path.dirname(path)]) if name in where.get(f, {})), None)
                if target:
                    graph[path].append(target)
                elif name != "sql.h" or not path.startswith("src/warehouse/"):
                    foreign.append(f"{path}: {name} is in no folder that it may know")
        return graph, foreign

    def structure_gates(self):
        graph, foreign = self.include_graph()
        self.gate("includes stay within the folders that a folder may know", foreign)
        # A .c and its .h are one module; modules must not go round in a circle.
        modules = {}
        for path, targets in graph.items():
            module = path[:-2]
            modules.setdefault(module, set()).update(t[:-2] for t in targets if t[:-2] != module)
        self.gate("no include cycle", self.cycles(modules))
        sizes = {}
        for module in modules:
            sizes.setdefault(os.path.dirname(module), []).append(module)
        self.gate(f"at most {MOST_MODULES} modules in a folder",
                  [f"{folder}: {len(m)}" for folder, m in sizes.items() if folder != "tests/sandbox" and len(m) > MOST_MODULES])
        wrong = []
        for path, text in self.files.items():
            for name in re.findall(r"(?m)^\s*#\s*include(?:_next)?\s*<([^>]+)>", text):
                for pattern, owner in LIBRARIES.items():
                    if re.match(pattern, name) and path != owner:
                        wrong.append(f"{path}: <{name}> belongs to {owner}")
        self.gate("each library is included by one file", wrong)
        # No clock and no socket: what of the system the engine may know is C's own, and does nothing by itself.
        self.gate("the engine includes no header that reaches out of the process",
                  [f"{path}: <{name}>" for path, text in self.files.items() if path.startswith("src/engine/")
                   for name in re.findall(r"(?m)^\s*#\s*include(?:_next)?\s*<([^>]+)>", text) if name not in ENGINE_MAY_INCLUDE])

    @staticmethod
    def cycles(modules):
        state, found = {}, []

        def visit(module, trail):
            if state.get(module) == "done":
                return
            if module in trail:
                found.append(" -> ".join(trail[trail.index(module):] + [module]))
                return
            for target in sorted(modules.get(module, ())):
                visit(target, trail + [module])
            state[module] = "done"
        for module in sorted(modules):
            visit(module, [])
        return found

    # ---- headers ----

    def prototypes(self):
        """(path, line, name, whether a comment explains it) of every function a header declares."""
        for path, text in self.files.items():
            if not path.endswith(".h"):
                continue
            clean = self.bare[path]
            for m in re.finditer(r"(?m)^(?!typedef|static|struct \w+ \{|enum|#|\s)[\w][\w \*]*?\b(\w+)\(", clean):
                # Members of one paragraph share the comment on top of it.
                before = text[:m.start()]
                paragraph = before.rsplit("\n\n", 1)[-1]
                yield path, before.count("\n") + 1, m.group(1), "*/" in paragraph or "/*" in paragraph

    def header_gates(self):
        undocumented, prefix = [], []
        for path, line, name, documented in self.prototypes():
            module = os.path.basename(path)[:-2]
            if not documented:
                undocumented.append(f"{path}:{line}: {name}")
            names = PREFIXES.get(path, [module + "_"])
            if not any(name == n.rstrip("_") or name.startswith(n) for n in names):
                prefix.append(f"{path}:{line}: {name}")
        self.gate("every prototype is documented", undocumented)
        self.gate("public functions carry their module's name", prefix)

    def use_gates(self):
        """Nothing is kept that only tests call, or nobody."""
        words = re.compile(r"\b[a-z]\w+\b")
        count = {}
        for path, text in self.bare.items():
            if path.endswith(".c"):
                for word in words.findall(text):
                    count[word] = count.get(word, 0) + 1
            else:
                # A header's macros and inline functions use others.
                for line in re.findall(r"(?m)^(?:#define.*(?:\\\n.*)*|\t.*)$", text):
                    for word in words.findall(line):
                        count[word] = count.get(word, 0) + 1
        # The definition is the first.
        self.gate("every public function is used by the product", [f"{path}:{line}: {name}" for path, line, name, _ in self.prototypes()
                                                                   if count.get(name, 0) < 2])
        self.gate("every report text is used", self.unused_texts())
        self.gate("every column of a report has words in both languages", report_words.complaints(
            self.files["src/report/report_catalog.c"], self.files["src/report/report_data.c"], self.files[REPORT_TEXT],
            lambda name: read(f"sql/report/{name}.sql")))
        self.gate("every column of a conversation is in the merge, in the warehouse and in its history", field_columns.complaints(
            self.files["src/source/item.c"], read))
        migrations = sorted(n for n in os.listdir(os.path.join(TOP, "sql/migrations")) if n.endswith(".sql"))
        self.gate("every column of a view is explained, in the manual and for dbt, too", view_columns.complaints(
            [read(f"sql/migrations/{n}") for n in migrations], read(view_columns.MANUAL), read(view_columns.SOURCES)))

        self.gate("words for kinds, strategies and verdicts stand in each list", run_words.complaints(read))

    def document_gates(self):
        self.gate("files and tests that a document names are there", list(doc_names.complaints(TOP)))
        self.gate("functions that COVERAGE names are there", list(doc_names.argued(TOP)))

    def unused_texts(self):
        """Keys of the report texts that no code, panel or column asks for."""
        keys = re.findall(r'(?m)^\t\{ "(\w+)",', self.files[REPORT_TEXT])
        code = "".join(t for p, t in self.files.items() if p != REPORT_TEXT)
        columns = "".join(read(os.path.join("sql/report", n)) for n in sorted(os.listdir(os.path.join(TOP, "sql/report"))))
        known = set(re.findall(r'"(\w+)(?:%d)?"', code))
        unused = []
        for key in keys:
            prefix, _, name = key.partition("_")
            # Put together at run time: the prefix is in the code, and the name is a column, a panel, a topic or a value.
            by_prefix = prefix + "_" in known and (re.search(rf"\b{name}\b", columns) if prefix in ("col", "none") else
                                                   name in known if prefix in ("panel", "note", "title") else True)
            if key not in known and not by_prefix:
                unused.append(f"{REPORT_TEXT}: {key}")
        return unused

    def figures(self):
        lengths = sorted(self.lengths)
        files = sorted(t.count("\n") for p, t in self.files.items() if p.endswith(".c"))
        comments = {}
        for kind in (".c", ".h"):
            lines = total = 0
            for path, text in self.files.items():
                if path.endswith(kind):
                    total += text.count("\n")
                    lines += sum(m.group(0).count("\n") + 1 for m in re.finditer(r"/\*.*?\*/", text, re.S))
            comments[kind] = 100 * lines // max(total, 1)
        print(f"# functions {len(lengths)}: median {statistics.median(lengths):.0f}, 90th percentile {lengths[len(lengths) * 9 // 10]}, "
              f"longest {lengths[-1]} lines")
        print(f"# files {len(files)}: median {statistics.median(files):.0f}, longest {files[-1]} lines; "
              f"comment in .c {comments['.c']} %, in .h {comments['.h']} %")
        source = sum(t.count("\n") for p, t in self.files.items() if p.startswith("src/"))
        tests = 0
        for directory, _, names in os.walk(os.path.join(TOP, "tests")):
            for n in names:
                if n.endswith((".c", ".h", ".py", ".sql", ".sh")):
                    with open(os.path.join(directory, n), encoding="utf-8") as f:
                        tests += f.read().count("\n")
        print(f"# lines: source {source}, tests {tests} ({tests / source:.2f} : 1)")


# The texts of reports, in both languages.
REPORT_TEXT = "src/report/report_text.c"
# Pages that everybody reads, and how often a bare what or who may stand in 1,000 words of them.
PLAIN = ["README.md", "CONTRIBUTING.md", "NEWS.md", "SECURITY.md", "docs/FIRST_HOUR.md", "docs/COMPARISON.md", "docs/INSTALL.md", "docs/OPERATIONS.md", "docs/ARCHITECTURE.md",
         "docs/METRICS.md", "docs/sahut-etl.8.scd", "docs/sahut-etl.yaml.5.scd", "docs/sahut-etl-metrics.7.scd", "docs/sahut-etl-schema.7.scd", "docs/sahut-sandbox.1.scd"]
MOST_WHAT = 3

# Functions whose parameters a library dictates.
DICTATED = {"src/port/httpd.c:on_request"}  # MHD_AccessHandlerCallback

# Where a header's functions are called otherwise than its file, and why.
PREFIXES = {
    "src/base/base.h": ["min_", "max_"],           # two words that C should have had
    "src/base/time_format.h": ["time_", "duration_"],  # what the text is of
    "src/cli/command.h": ["command_", "cmd_"],   # the table and its entries
    "src/port/yaml_tree.h": ["yaml_"],               # yaml.h is libyaml's own
}


def main():
    lint = Lint()
    lint.function_gates()
    lint.text_gates()
    lint.structure_gates()
    lint.header_gates()
    lint.use_gates()
    lint.document_gates()
    lint.prose_gate()
    lint.figures()
    return 1 if lint.failed else 0


if __name__ == "__main__":
    sys.exit(main())
