#!/usr/bin/env bash
# Runs the Rust tests with every instruction set and, unless the argument is `rust`, `tests/core` against an instrumented
# extension, under AddressSanitizer. Python itself is not instrumented, but its buffers come from the sanitizer's malloc.
set -euo pipefail
cd "$(dirname "$0")/.."
target=x86_64-unknown-linux-gnu
export CARGO_TARGET_DIR=target/sanitize CARGO_PROFILE_TEST_OPT_LEVEL=2
export RUSTC_BOOTSTRAP=1 # the stable toolchain has the sanitizers, but wants to be asked

instrumented() {
    RUSTFLAGS=-Zsanitizer=address cargo "$@" --quiet --locked --target "$target"
}

for isa in scalar avx2 avx512; do # scalar again where the machine lacks one
    ECG_CORE_ISA=$isa instrumented test --package ecg_core --tests
done

[[ ${1-} == rust ]] && exit # the instrumented extension takes rustc ten minutes

package=$CARGO_TARGET_DIR/python/ecg_core
PYO3_BUILD_EXTENSION_MODULE=1 instrumented build --package ecg_core --lib --features python --profile test
rm -rf "$package"
mkdir -p "$package"
cp ecg_core/python/ecg_core/*.py* "$package"
cp "$CARGO_TARGET_DIR/$target/debug/libecg_core.so" "$package/_ecg_core.abi3.so"
export ASAN_OPTIONS=detect_leaks=0 # Python keeps what it interned
export PYTHONMALLOC=malloc PYTHONPATH=$PWD/$CARGO_TARGET_DIR/python
# Reports must pass by pytest; the process that makes one ends, and its test fails. Memory can be neither measured
# nor limited here.
LD_PRELOAD=$(cc -print-file-name=libasan.so) python -m pytest --quiet --capture=sys tests/core \
    --dist worksteal --numprocesses "$(($(nproc) + 1))" \
    --ignore tests/core/package/test_docs.py --ignore tests/core/test_memory.py --ignore tests/core/package/test_package.py \
    --deselect tests/core/command/test_command_line.py::test_a_document_without_memory
