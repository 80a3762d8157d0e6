# To be sourced by the suites that set our own client against others' servers, after lib.sh.

# client_over BUILD NAME: the contract suite and the demo, unchanged, over the server at `url`.
client_over() {
    local build=$1 name=$2
    "$build/tests/interop_contract" "$url" "$name"
    (cd "$work" && "$build/examples/demo" "$url") >"$work/demo.out" || { cat "$work/demo.out" && return 1; }
    echo "= demo: as over any other engine"
}
