#!/usr/bin/env bash
# Checks the core for 64-bit ARM with clippy and runs its Rust tests, which need no Python, in an emulator.
# Takes the library that rustup has for this target, or else Debian's compiler and library.
set -euo pipefail
cd "$(dirname "$0")"
target=aarch64-unknown-linux-gnu
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER=qemu-aarch64-static

need() {
    command -v "$1" > /dev/null || { echo "just aarch64 needs $1: $2" >&2 && exit 1; }
}

has_library() {
    [[ -d $(rustc --print target-libdir --target "$target") ]]
}

need "$CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER" 'apt-get install gcc-aarch64-linux-gnu'
need "$CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER" 'apt-get install qemu-user-static'
if ! has_library; then
    PATH=/usr/bin:$PATH
    if ! has_library; then
        echo "just aarch64 needs Rust's library: rustup target add $target, or Debian's as in .ci/run" >&2
        exit 1
    fi
    need /usr/bin/cargo 'apt-get install cargo-web'
    need /usr/bin/cargo-clippy 'apt-get install rust-web-clippy'
fi

cargo clippy --quiet --locked --all-features --target "$target" --all-targets -- -D warnings
# Static, as the emulator may find a loader and a C library that do not match, and then threads hang.
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS='-C target-feature=+crt-static'
CARGO_PROFILE_TEST_OPT_LEVEL=2 cargo test --quiet --locked --target "$target" --lib
