"""Reads the table of areas in cmake/areas.cmake, which the build reads too."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIELDS = ("USES", "HEADERS", "THIRD_PARTY", "LIBRARIES", "TESTS_USE")


class Area:
    def __init__(self, name):
        self.name = name
        for field in FIELDS:
            setattr(self, field.lower(), [])


def read_table():
    """The areas by name, lowest first. Raises ValueError where one uses what does not stand above it."""
    text = (ROOT / "cmake/areas.cmake").read_text()
    text = re.sub(r"#.*", "", text)
    areas = {}
    for row in re.findall(r"bloop_area\(([^)]*)\)", text):
        words = row.split()
        area = Area(words[0])
        field = None
        for word in words[1:]:
            if word in FIELDS:
                field = word.lower()
            else:
                getattr(area, field).append(word)
        unknown = [used for used in area.uses if used not in areas]
        if unknown:
            raise ValueError(f"{area.name} uses {', '.join(unknown)}, which does not stand above it")
        areas[area.name] = area
    return areas


def sources(*folders):
    """Every .c and .h file under the folders of the repository, sorted."""
    found = []
    for folder in folders:
        top = ROOT / folder
        if top.is_dir():
            found += [path for path in top.rglob("*") if path.suffix in (".c", ".h") and path.is_file()]
        elif top.is_file():
            found.append(top)
    return sorted(found)


def without_comments(text):
    """The text with comments blanked out, line numbers kept."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0)) if match.group(0).startswith("/") else match.group(0)

    pattern = r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    return re.sub(pattern, blank, text, flags=re.DOTALL)
