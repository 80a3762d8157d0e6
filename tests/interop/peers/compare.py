"""Runs the contract suite, and the object mapper's behaviour, over somebody else's server, and compares what fails with
what is known to.

  compare.py FOLDER URL SERVER    FOLDER: where the programs are; SERVER: a section of known_differences.ini

A test that fails and is not listed is a failure; so is one that fails otherwise than is listed, one that is listed and
passes, and one that is skipped."""
import configparser
import os
import pathlib
import re
import subprocess
import sys

MARK = re.compile(r"\[ *(RUN|OK|FAILED|SKIPPED) *\] (\w+)$")
COUNT = re.compile(r"^\[=+\] Running (\d+) test\(s\)", re.MULTILINE)
# The others of tests/behaviour make backends of their own.
BEHAVIOUR = ("atomic", "bind", "changed_only", "conditions", "many", "objects", "parallel_scan", "random_searches", "search",
             "signals")


def known_differences(server):
    """What is not compared, and {test: a part of what it says}."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str
    with open(pathlib.Path(__file__).with_name("known_differences.ini"), encoding="utf-8") as file:
        parser.read_file(file)
    tests = dict(parser[server])
    return tests.pop("not compared", "").split(), tests


def run_program(arguments, environment, prefix=""):
    """{test: (what became of it, what it said)}, and what is wrong with the run as a whole."""
    run = subprocess.run(arguments, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = run.stdout.decode("utf-8", "replace")
    results, announced = read_results(output, prefix), COUNT.search(output)
    if announced and int(announced[1]) == len(results) and run.returncode >= 0:
        return results, []
    name = os.path.basename(arguments[0])
    return results, [f"{name} did not end well: {len(results)} tests, exit code {run.returncode}:\n{output[-2000:]}"]


def read_results(output, prefix):
    results, name, said = {}, None, []
    for line in output.splitlines():
        mark = MARK.match(line)
        if mark and mark[1] == "RUN":
            name, said = mark[2], []
        elif mark and mark[2] == name:
            results[prefix + name] = mark[1], "\n".join(said)
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


def summary(suite, results, remark=""):
    passed = sum(outcome == "OK" for outcome, _ in results.values())
    print(f"= {suite}: {passed} of {len(results)} tests pass, the others fail as is known{remark}")


def main():
    folder, url, server = sys.argv[1:]
    tolerated, known = known_differences(server)
    contract, found = run_program([f"{folder}/interop_peer_contract", url, server, *tolerated], {})
    behaviour = {}
    for suite in BEHAVIOUR:
        results, wrong = run_program([f"{folder}/behaviour_{suite}"], {"BLOOP_BEHAVIOUR_ENDPOINT": url}, suite + "/")
        behaviour |= results
        found += wrong
    found += problems(contract | behaviour, known)
    if found:
        print("\n".join(found))
        return 1
    summary("contract", contract, f" ({' and '.join(tolerated)} not compared)" if tolerated else "")
    summary("behaviour", behaviour)
    return 0


if __name__ == "__main__":
    sys.exit(main())
