#!/usr/bin/env bash
# Builds the sdist and the wheel into target/dist, and tries each in a fresh environment without NumPy.
# zig links against glibc 2.17, the oldest that Rust supports. The system's linker takes the glibc of this machine,
# and from 2.34 on, which took in libpthread, no older one loads what it links.
set -euo pipefail
cd "$(dirname "$0")/.."
dist=target/dist
zig=target/zig

uv pip install --quiet --target "$zig" ziglang==0.17.1
rm -rf "$dist"
maturin sdist --manifest-path ecg_core/Cargo.toml --out "$dist"
PYTHONPATH=$zig maturin build --quiet --release --locked --zig --compatibility manylinux2014 \
    --manifest-path ecg_core/Cargo.toml --target-dir "$zig/build" --out "$dist"

for package in "$dist"/*; do
    echo "Trying $package"
    uv venv --no-project --quiet --clear "$dist/venv"
    uv pip install --quiet --python "$dist/venv" "$package" pytest
    "$dist/venv/bin/python" -m pytest --quiet -c /dev/null --rootdir . --import-mode importlib \
        -p no:cacheprovider --noconftest tests/core/package/test_package.py
    rm -rf "$dist/venv"
done
