# What the suites share: packages by public name and version, kept in the cache; and servers on free ports. To be sourced
# by a suite's `run`, whose first argument is the build folder. Everything that is started here is gone when the suite ends.

set -euo pipefail
interop=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
cache=${BLOOP_INTEROP_CACHE:-$1/interop}
mkdir -p "$cache"
work=$(mktemp -d)
servers=()
peers=()
trap finish EXIT
# Nothing of the user's own settings, and no look-ups on the network.
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true AWS_PAGER=
export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL AWS_ENDPOINT_URL_DYNAMODB

# Ends the suite as one that could not be run.
not_run() {
    echo "$*"
    exit 77
}

# python_with NAME PACKAGE…: a virtual environment with these packages; `python` is its interpreter.
python_with() {
    local name=$1
    shift
    command -v python3 >/dev/null || not_run "there is no python3"
    install_once pip "$cache/$name" make_venv "$@"
    python=$cache/$name/bin/python
}

# node_with NAME PACKAGE…: a folder with these packages; `node_folder` is its path.
node_with() {
    node_folder=$cache/$1
    shift
    command -v npm >/dev/null || not_run "there is no npm"
    install_once npm "$node_folder" make_node_folder "$@"
}

# java_with NAME GROUP:ARTIFACT:VERSION: a folder with the artifact and all that it needs; `java_folder` is its path.
java_with() {
    java_folder=$cache/$1
    command -v java >/dev/null || not_run "there is no java"
    command -v mvn >/dev/null || not_run "there is no mvn"
    install_once mvn "$java_folder" copy_jars "$2"
}

# install_once REGISTRY FOLDER FUNCTION [ARGUMENT…]: has the function fill the folder, unless it did so before.
install_once() {
    local registry=$1 folder=$2
    shift 2
    [ ! -f "$folder/.installed" ] || return 0
    [ ! -f "$cache/.unreachable-$registry" ] || not_run "$registry did not reach its registry"
    rm -rf "$folder"
    mkdir -p "$folder"
    if ! (cd "$folder" && "$@"); then
        touch "$cache/.unreachable-$registry"
        not_run "$registry could not install what $(basename "$folder") needs"
    fi
    touch "$folder/.installed"
}

make_venv() {
    python3 -m venv . && timeout 60 bin/pip --quiet --disable-pip-version-check install --retries 1 "$@"
}

make_node_folder() {
    echo '{"private": true}' >package.json
    timeout 60 npm install --silent --no-audit --no-fund --no-package-lock --fetch-retries 1 --fetch-timeout 20000 "$@"
}

copy_jars() {
    local group artifact version
    IFS=: read -r group artifact version <<<"$1"
    cat >pom.xml <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>interop</groupId><artifactId>interop</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>$group</groupId><artifactId>$artifact</artifactId><version>$version</version></dependency>
  </dependencies>
</project>
POM
    timeout 120 mvn -q -B -Dstyle.color=never dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=.
}

# start_server BUILD [ARGUMENT…]: `bloop serve` on a free port; its URL is `url`, its process `server`.
start_server() {
    local program=$1/bloop out=$work/server.${#servers[@]}
    shift
    [ $# -gt 0 ] || set -- --memory
    : >"$out"
    "$program" serve --port 0 "$@" >"$out" 2>&1 &
    server=$!
    servers+=("$server")
    wait_until 60 grep -q '^listening on http://' "$out" || { cat "$out" && return 1; }
    url=$(sed -n 's/^listening on //p' "$out")
    export AWS_ENDPOINT_URL_DYNAMODB=$url
}

# stop_server PROCESS: SIGTERM has to end it well.
stop_server() {
    kill "$1"
    wait "$1" || { echo "the server ended with $?" && return 1; }
    servers=("${servers[@]/#$1/}")
}

# start_dynamodb_local: Amazon's own DynamoDB Local, in memory, on a free port; its URL is `url`.
start_dynamodb_local() {
    local port
    java_with dynamodb-local-2.6.1 com.amazonaws:DynamoDBLocal:2.6.1
    port=$(free_port)
    (cd "$work" && exec java -Djava.library.path="$java_folder" -cp "$java_folder/*" \
        com.amazonaws.services.dynamodbv2.local.main.ServerRunner -inMemory -sharedDb -port "$port" -disableTelemetry) \
        >"$work/dynamodb-local" 2>&1 &
    peers+=($!)
    url=http://127.0.0.1:$port
    wait_until 90 answers "$port" || { cat "$work/dynamodb-local" && return 1; }
    export AWS_ENDPOINT_URL_DYNAMODB=$url
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Whether something on this port speaks HTTP.
answers() {
    { exec 9<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
    printf 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&9
    read -r -t 5 -u 9 || { exec 9>&- && return 1; }
    exec 9>&-
}

# wait_until SECONDS COMMAND…
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.05
    done
}

# Ends all that was started, with the code of the suite; a server of ours that does not end well fails it.
finish() {
    local code=$? process
    trap - EXIT
    for process in "${peers[@]}"; do
        kill "$process" 2>/dev/null && wait "$process" 2>/dev/null || true
    done
    for process in "${servers[@]}"; do
        [ -z "$process" ] || stop_server "$process" || code=1
    done
    rm -rf "$work"
    exit "$code"
}
