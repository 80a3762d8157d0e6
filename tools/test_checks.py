"""Plants a fault for each rule of the checks in a small tree of its own, and expects the check to name it.

usage: python3 tools/test_checks.py
"""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
TREE = {
    "include/bloop.h": "#include <bloop/error.h>\n#include <bloop/value.h>\n",
    "include/bloop/error.h": "#include <stddef.h>\n",
    "include/bloop/value.h": "#include <bloop/error.h>\n",
    "cmake/areas.cmake": """
        bloop_area(base HEADERS error.h)  # the lowest
        bloop_area(value USES base HEADERS value.h)
        bloop_area(store USES base THIRD_PARTY lmdb.h)
        bloop_area(cli)""",
    "src/base/base.h": "#include <bloop/error.h>\n",
    "src/base/text_private.h": "",
    "src/base/text.c": '#include "base/base.h"\n#include "base/text_private.h"\n#include <string.h>\n',
    "src/value/value.h": '#include "base/base.h"\n',
    "src/store/store.h": "",
    "src/store/env.c": '#include "base/base.h"\n#include <lmdb.h>\n',
    "src/cli/main.c": "#include <bloop.h>\n",
    "tests/unit/base/test_text.c": '#include "base/base.h"\n#include <cmocka.h>\n',
}
INCLUDES = [
    # file, what it includes as well, what is said
    ("src/base/text.c", '"value/value.h"', "base may not use value"),
    ("src/base/text.c", "<bloop/value.h>", "base may not use value"),
    ("src/base/text.c", "<lmdb.h>", "base may not include <lmdb.h>"),
    ("src/base/text.c", "<curl/curl.h>", "base may not include <curl/curl.h>"),
    ("src/base/text.c", '"base/none.h"', "does not exist"),
    ("src/value/value.h", '"base/text_private.h"', "is private to base"),
    ("src/value/value.h", "<bloop.h>", "belongs to no area below it"),
    ("src/store/env.c", "<bloop/value.h>", "store may not use value"),
    ("src/cli/main.c", '"base/base.h"', "cli may not use base"),
    ("include/bloop/error.h", "<bloop/value.h>", "base may not use value"),
    ("include/bloop/error.h", '"base/base.h"', "are included as <bloop/...>"),
    ("include/bloop/error.h", "<lmdb.h>", "which is not the C library's"),
    ("include/bloop/more.h", "<stddef.h>", "belongs to no area"),
    ("src/base/more/deep.c", "<stddef.h>", "lies in no area's folder"),
    ("tests/unit/value/test_x.c", '"base/text_private.h"', "is private to base"),
    ("bench/bench_x.c", '"base/base.h"', "public headers only"),
]
PARITY = "| reference | in C | test |\n|---|---|---|\n| a | `a` \\| b | `tests/unit/base/test_text.c:%s` |\n"


class Checks(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        shutil.copytree(ROOT / "tools", self.root / "tools")
        for name, text in TREE.items():
            self.write(name, text)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(text)

    def run_check(self, name, *arguments):
        result = subprocess.run([self.root / "tools" / name, *arguments], capture_output=True, text=True, check=False)
        return result.returncode, result.stdout + result.stderr

    def expect(self, name, code, text, *arguments):
        status, output = self.run_check(name, *arguments)
        self.assertEqual(status, code, output)
        self.assertIn(text, output)

    def test_clean_tree_passes(self):
        self.write("src/base/text.c", '// #include "value/value.h"\n/* #include <lmdb.h> */\n')
        for name in ("include-check", "size-check", "parity-check", "quote-check", "docs-check"):
            with self.subTest(name):
                self.expect(name, 0, "")

    def test_include_outside_the_table(self):
        for file, included, message in INCLUDES:
            with self.subTest(file=file, included=included):
                self.tearDown()
                self.setUp()
                self.write(file, f"#include {included}\n")
                self.expect("include-check", 1, message)

    def test_header_that_the_umbrella_lacks(self):
        self.write("include/bloop/number.h", "")
        self.write("cmake/areas.cmake", "\nbloop_area(more HEADERS number.h)\n")
        self.expect("include-check", 1, "does not include <bloop/number.h>")
        self.write("include/bloop/value.h", "#include <bloop/number.h>\n")
        self.expect("include-check", 1, "value may not use more")

    def test_area_that_uses_what_stands_below(self):
        self.write("cmake/areas.cmake", "\nbloop_area(low USES high)\nbloop_area(high)\n")
        self.expect("include-check", 1, "low uses high")

    def test_sizes(self):
        self.write("src/base/long.c", "int f(int a,\n      int b)\n{\n" + "    a++;\n" * 78 + "}\n")
        self.expect("size-check", 1, "src/base/long.c:1: f: 82 lines")
        self.write("tools/size-allow.txt", "src/base/long.c:f it is a table\n")
        self.expect("size-check", 0, "")
        self.write("tools/size-allow.txt", "src/base/text.c:g it was long\n")
        self.expect("size-check", 1, "src/base/text.c:g needs no leave")

    def test_long_file(self):
        self.write("src/base/long.h", "\n" * 721)
        self.expect("size-check", 1, "src/base/long.h:1: 721 lines")

    def test_parity_rows(self):
        self.write("tests/unit/base/test_text.c", "static void t(void **s) {}\ncmocka_unit_test(t)\nvoid u(void) {}\n")
        for function, code, message in [("t", 0, "1 rows"), ("u", 1, "does not register u"), ("v", 1, "no function v")]:
            with self.subTest(function):
                (self.root / "docs/parity.md").unlink(missing_ok=True)
                self.write("docs/parity.md", PARITY % function)
                self.expect("parity-check", code, message)

    def test_parity_of_what_is_not_there_yet(self):
        row = "| reference | in C | test |\n|---|---|---|\n| a | %s | |\n"
        for cell, code, message in [("not yet", 0, "1 not yet"), ("not yet: `b`", 0, "1 not yet"), ("`b`", 1, "no test")]:
            with self.subTest(cell):
                (self.root / "docs/parity.md").unlink(missing_ok=True)
                self.write("docs/parity.md", row % cell)
                self.expect("parity-check", code, message)

    def test_parity_of_a_test_that_a_macro_registers(self):
        self.write("tests/unit/base/test_text.c", "static void t(void **s) {}\nBEHAVES(t)\n")
        self.write("docs/parity.md", PARITY % "t")
        self.expect("parity-check", 0, "1 rows")

    def test_quotes(self):
        self.write("examples/a.c", "int main(void)\n{\n    int a = 1;\n    return a - 1;\n}\n")
        self.write("examples/b.c", "int b;\n")
        self.write("examples/a.expected", "")
        for mark, code, status, message in [
            ("<!-- from examples/a.c -->", "int a = 1;\nreturn a - 1;", 0, "1 quotes"),
            ("<!-- from examples/a.c -->", "int a = 1;\nreturn a;", 1, "README.md:2: is not what examples/a.c says"),
            ("<!-- from examples/b.c -->", "int b;", 1, "is not run"),
            ("<!-- from examples/c.c -->", "int b;", 1, "does not exist"),
            ("Such as:", "int a = 1;", 1, "C without"),
            ("<!-- from examples/a.expected -->", "1", 1, "is not what examples/a.expected says"),
        ]:
            with self.subTest(mark=mark, code=code):
                (self.root / "README.md").unlink(missing_ok=True)
                self.write("README.md", f"{mark}\n```c\n{code}\n```\n")
                self.expect("quote-check", status, message)

    def test_documentation(self):
        self.write("include/bloop/error_list.h", 'BLOOP_STATUS_(OK, 0, "")\nBLOOP_STATUS_(IO, 1, "")\n')
        self.write("docs/errors.md", "| `BLOOP_IO` | x |\n[the list](../include/bloop.h#x) [more](https://example.com/)\n")
        self.expect("docs-check", 0, "")
        self.write("docs/errors.md", "| `BLOOP_EIO` | x |\n[none](none.md)\n")
        self.write("include/bloop/error_list.h", 'BLOOP_STATUS_(BUSY, 2, "")\n')
        for message in ("errors.md:4: none.md does not exist", "BLOOP_EIO is no status", "BLOOP_BUSY stands there 0 times"):
            self.expect("docs-check", 1, message)

    def test_parity_of_a_run(self):
        self.write("tests/unit/base/test_text.c", "static void t(void **s) {}\ncmocka_unit_test(t)\n")
        self.write("docs/parity.md", PARITY % "t")
        self.write("log", "[ RUN      ] t\n[  FAILED  ] t\n")
        self.expect("parity-check", 1, "did not pass", "--ran", self.root / "log")
        self.write("log", "[       OK ] t\n")
        self.expect("parity-check", 0, "1 rows", "--ran", self.root / "log")


if __name__ == "__main__":
    unittest.main()
