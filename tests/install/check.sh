#!/usr/bin/env bash
# Installs a build to a temporary prefix, moves that, and builds and runs consumers of it in every supported way.
# usage: check.sh BUILD_FOLDER C_COMPILER
set -euo pipefail

build=$1
cc=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

strict=(-std=c11 -Wall -Wextra -Wpedantic -Werror)
# What a server says to GET /: that it is there, and that this is no request.
sign_of_life="answers 400"

fail() {
    echo "install: $*" >&2
    exit 1
}

# The prefix moves after the installation, so that nothing may remember where it was.
cmake --install "$build" --prefix "$work/first" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
mv "$work/first" "$work/prefix"
prefix=$work/prefix
pc=$(find "$prefix" -name bloop.pc)
libdir=$(dirname "$(dirname "$pc")")
export PKG_CONFIG_PATH=$libdir/pkgconfig
version=$(pkg-config --modversion bloop)
# A build with -DBLOOP_SERVER=OFF has none of its parts.
server=""
[ ! -e "$libdir/libbloop-server.a" ] || server=yes

expect() {
    local program=$1 linkage=$2 words=${3:-no error} output needs
    output=$(timeout 60 "$program") || fail "$program failed: $output"
    [ "$output" = "bloop $version: $words" ] || fail "$program says \"$output\", not \"bloop $version: $words\""
    needs=$(ldd "$program")
    case "$linkage:$needs" in
    shared:*"$libdir/libbloop.so.0 "* | static:*) ;;
    *) fail "$program does not load $libdir/libbloop.so.0" ;;
    esac
    if [ "$linkage" = static ] && grep -q libbloop <<<"$needs"; then
        fail "$program was to be linked to the archive"
    fi
    echo "install: $(basename "$program"): ok"
}

check_pkg_config() {
    local flags
    if [[ " $(pkg-config --libs bloop) " == *" -llmdb "* ]]; then
        fail "bloop.pc leaks what is private: $(pkg-config --libs bloop)"
    fi
    read -r -a flags <<<"$(pkg-config --cflags --libs bloop)"
    "$cc" "${strict[@]}" "$here/consumer/main.c" -o "$work/pkg_shared" "${flags[@]}" -Wl,-rpath,"$libdir"
    expect "$work/pkg_shared" shared

    read -r -a flags <<<"$(pkg-config --static --cflags --libs bloop | sed 's/-lbloop\b/-l:libbloop.a/')"
    "$cc" "${strict[@]}" "$here/consumer/main.c" -o "$work/pkg_static" "${flags[@]}"
    expect "$work/pkg_static" static

    if [ -z "$server" ]; then
        ! pkg-config --exists bloop-server || fail "there is a bloop-server.pc without its library"
        return
    fi
    read -r -a flags <<<"$(pkg-config --cflags --libs bloop-server)"
    "$cc" "${strict[@]}" -D_GNU_SOURCE "$here/consumer/server.c" -o "$work/pkg_server" "${flags[@]}"
    expect "$work/pkg_server" static "$sign_of_life"
}

check_cpp() {
    local flags
    if ! command -v g++ >/dev/null; then
        echo "install: C++ consumer skipped, there is no g++"
        return
    fi
    read -r -a flags <<<"$(pkg-config --cflags --libs bloop)"
    g++ -std=c++17 -Wall -Wextra -Werror -x c++ "$here/consumer/main.c" -o "$work/cpp_shared" \
        "${flags[@]}" -Wl,-rpath,"$libdir"
    expect "$work/cpp_shared" shared
}

check_find_package() {
    cmake -S "$here/consumer" -B "$work/cmake" -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$prefix" \
        -DEXPECTED_VERSION="$version" >"$work/cmake.log" 2>&1 &&
        cmake --build "$work/cmake" >>"$work/cmake.log" 2>&1 || { cat "$work/cmake.log"; exit 1; }
    expect "$work/cmake/package_shared" shared
    expect "$work/cmake/package_static" static
    [ -z "$server" ] || expect "$work/cmake/package_server" static "$sign_of_life"
}

# The program: starts on a free port, says where, answers, and ends when it is told to.
check_program() {
    local program=$prefix/bin/bloop line pid url answer
    [ "$("$program" --version)" = "bloop $version" ] || fail "$program is no bloop $version"
    [ -n "$server" ] || return 0
    "$program" serve --memory --port 0 >"$work/serve.out" &
    pid=$!
    for _ in $(seq 100); do
        [ ! -s "$work/serve.out" ] || break
        sleep 0.1
    done
    line=$(cat "$work/serve.out")
    url=${line#listening on http://}
    exec 3<>"/dev/tcp/${url%:*}/${url##*:}" || fail "bloop serve says \"$line\", and nothing is there"
    printf 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
    read -r -t 10 answer <&3 || true
    exec 3>&-
    kill "$pid"
    wait "$pid" || fail "bloop serve ended with $?"
    [[ $answer == "HTTP/1.1 400 "* ]] || fail "bloop serve answers \"$answer\""
    echo "install: bloop serve: ok"
}

check_pkg_config
check_cpp
check_find_package
check_program
