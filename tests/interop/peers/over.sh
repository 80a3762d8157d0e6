# To be sourced after lib.sh by the suites that set this library's client against others' servers.

# peer_over BUILD SERVER: all suites and the demo over the server at `url`, which known_differences.ini calls SERVER.
peer_over() {
    local build=$1 server=$2
    [ -x "$build/tests/interop_peer_contract" ] || not_run "the library is built without its client"
    # One seed, so that random searches find the same differences each time.
    BLOOP_SEED=1 python3 "$interop/peers/compare.py" "$build/tests" "$url" "$server"
    (cd "$work" && "$build/examples/demo" "$url") >"$work/demo.out" 2>&1 || { cat "$work/demo.out" && return 1; }
    echo "= demo: $(grep ' objects: ' "$work/demo.out")"
}
