#!/usr/bin/env bash
# Compiles each public header alone, and included twice, as strict C11 and as C++17.
# usage: check.sh [--all-compilers]    with it, a missing compiler is an error
set -euo pipefail

include=$(cd "$(dirname "$0")/../../include" && pwd)
c_flags=(-std=c11 -pedantic -Wall -Wextra -Werror)
cxx_flags=(-std=c++17 -Wall -Wextra -Werror)

compiles_alone() {
    local language=$1 compiler=$2 header=$3
    shift 3
    printf '#include <%s>\n#include <%s>\nextern int something;\n' "$header" "$header" |
        "$compiler" -x "$language" "$@" -I"$include" -fsyntax-only -
}

check_compiler() {
    local language=$1 compiler=$2 header
    shift 2
    if ! command -v "$compiler" >/dev/null; then
        echo "headers: $compiler: not installed"
        [ -z "$all_compilers" ] || failures=$((failures + 1))
        return 0
    fi
    for header in "${headers[@]}"; do
        if ! compiles_alone "$language" "$compiler" "$header" "$@"; then
            echo "headers: <$header> does not compile alone with $compiler $*"
            failures=$((failures + 1))
        fi
    done
    compilers=$((compilers + 1))
}

all_compilers=""
[ "${1:-}" != --all-compilers ] || all_compilers=yes
failures=0
compilers=0
# A …_list.h is a list for others to expand, no header of its own.
mapfile -t headers < <(cd "$include" && find . -name '*.h' ! -name '*_list.h' | sed 's|^\./||' | sort)

for compiler in gcc clang; do check_compiler c "$compiler" "${c_flags[@]}"; done
for compiler in g++ clang++; do check_compiler c++ "$compiler" "${cxx_flags[@]}"; done

echo "headers: ${#headers[@]} headers, $compilers compilers, $failures failures"
[ "$failures" = 0 ] && [ "$compilers" != 0 ] && [ ${#headers[@]} != 0 ]
