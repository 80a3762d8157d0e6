"""Runs the contract suite over somebody else's server and compares what fails with what is known to.

  compare.py PROGRAM URL SERVER    PROGRAM: interop_peer_contract; SERVER: a section of known_differences.ini

A test that fails and is not listed is a failure; so is one that fails otherwise than is listed, one that is listed and
passes, and one that is skipped."""
import configparser
import pathlib
import re
import subprocess
import sys

MARK = re.compile(r"\[ *(RUN|OK|FAILED|SKIPPED) *\] (\w+)$")
COUNT = re.compile(r"^\[=+\] Running (\d+) test\(s\)", re.MULTILINE)


def known_differences(server):
    """What is not compared, and {test: a part of what it says}."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), inline_comment_prefixes=None)
    parser.optionxform = str
    parser.read(pathlib.Path(__file__).with_name("known_differences.ini"), encoding="utf-8")
    tests = dict(parser[server])
    return tests.pop("not compared", "").split(), tests


def read_results(output):
    """{test: (what became of it, what it said)}"""
    results, name, said = {}, None, []
    for line in output.splitlines():
        mark = MARK.match(line)
        if mark and mark[1] == "RUN":
            name, said = mark[2], []
        elif mark and mark[2] == name:
            results[name] = mark[1], "\n".join(said)
            name = None
        elif name:
            said.append(line)
    return results


def problems(results, known):
    for test, (outcome, said) in results.items():
        if outcome == "SKIPPED":
            yield f"{test} is skipped"
        elif outcome == "FAILED" and test not in known:
            yield f"{test} fails, which is not known:\n{said}"
        elif outcome == "FAILED" and known[test] not in said:
            yield f"{test} does not fail as is known, by '{known[test]}', but:\n{said}"
        elif outcome == "OK" and test in known:
            yield f"{test} passes, and is listed as a known difference"
    for test in known.keys() - results.keys():
        yield f"{test} is listed, and not in the suite"


def main():
    program, url, server = sys.argv[1:]
    tolerated, known = known_differences(server)
    run = subprocess.run([program, url, server, *tolerated], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
    output = run.stdout.decode("utf-8", "replace")
    results, announced = read_results(output), COUNT.search(output)
    found = list(problems(results, known))
    if not announced or int(announced[1]) != len(results) or run.returncode not in (0, 1):
        found.append(f"the suite did not run to its end ({len(results)} tests, exit code {run.returncode}):\n{output[-2000:]}")
    print("\n".join(found))
    passed = sum(outcome == "OK" for outcome, _ in results.values())
    print(f"= contract suite: {passed} of {len(results)} pass, {len(known)} known differences"
          + (f", not compared: {' and '.join(tolerated)}" if tolerated else ""))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
