#!/usr/bin/env bash
# Runs every fuzz target for so many seconds, all at once, on the seeds and what earlier runs found.
# A crash fails it and names the input that reproduces it.
set -euo pipefail
cd "$(dirname "$0")"
seconds=$1
version=0.13.2
export RUSTC_BOOTSTRAP=1 # the stable toolchain has the sanitizers, but wants to be asked

fuzz() {
    mkdir -p "corpus/$1" logs
    local words=json.dict
    [[ $1 != msgpack ]] || words=msgpack.dict
    cargo fuzz run "$1" "corpus/$1" "seeds/$1" -- \
        -max_total_time="$seconds" -timeout=10 -dict="$words" &> "logs/$1"
}

if [[ $(cargo fuzz --version 2> /dev/null) != "cargo-fuzz $version" ]]; then
    cargo install --quiet --locked --debug "cargo-fuzz@$version"
fi
python seeds.py
cargo fuzz build

declare -A running
for target in read lift msgpack blob; do
    fuzz "$target" &
    running[$target]=$!
done
failed=0
for target in "${!running[@]}"; do
    if wait "${running[$target]}"; then
        echo "$target: $(tail -n 1 "logs/$target")"
    else
        failed=1
        echo "$target failed:" && tail -n 40 "logs/$target"
    fi
done
exit "$failed"
