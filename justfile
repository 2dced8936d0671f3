# Every recipe first brings .venv up to date; nothing needs activating.

set positional-arguments
set quiet

export PATH := justfile_directory() / ".venv/bin:" + env("PATH")
unexport UV_REQUIRE_HASHES # the two workspace members cannot have hashes
unexport UV_SYSTEM_PYTHON
unexport PYTHONDONTWRITEBYTECODE # images for containers set it, and then each process compiles everything

runtime := "requirements.txt"
otel := "requirements-otel.txt"
everything := "requirements-dev.txt"
oracle := "requirements-oracle.txt"
plain := "requirements-plain.txt"
client := "requirements-client.txt"
site := "requirements-site.txt"

# One process more than there are processors: the tests of tests/e2e wait a third of their time. They are long and
# stand together, and without work stealing one process would have nearly all of them.
spread := "--dist worksteal --numprocesses $((" + num_cpus() + " + 1))"

[private]
default:
    just --list --unsorted

# Create or refresh .venv with everything, the core built in release mode
setup: (_env everything)

# Run the demo: a service, a real ECG, its insights
demo *ARGS: (_env runtime)
    exec ecg demo "$@"

# Serve the API
serve *ARGS: (_env runtime)
    exec ecg serve "$@"

# Format Python, Rust and TOML
fmt: (_env everything)
    ruff check --quiet --select I --fix
    ruff format --quiet
    cargo fmt
    cargo fmt --manifest-path benchmarks/rust/core/Cargo.toml -- --config-path ecg_core/rustfmt.toml
    cargo fmt --manifest-path benchmarks/rust/service/Cargo.toml -- --config-path ecg_core/rustfmt.toml
    cargo fmt --manifest-path ecg_core/fuzz/Cargo.toml
    RUST_LOG=error taplo fmt

# Check formatting, style and spelling
lint: (_env everything)
    ruff format --check --quiet
    ruff check --quiet
    cargo fmt --check
    cargo fmt --check --manifest-path benchmarks/rust/core/Cargo.toml -- --config-path ecg_core/rustfmt.toml
    cargo fmt --check --manifest-path benchmarks/rust/service/Cargo.toml -- --config-path ecg_core/rustfmt.toml
    cargo clippy --quiet --locked --all-features --all-targets -- -D warnings
    cargo clippy --quiet --locked --manifest-path benchmarks/rust/core/Cargo.toml --target-dir target/peers -- -D warnings
    cargo fmt --check --manifest-path ecg_core/fuzz/Cargo.toml
    cargo clippy --quiet --locked --manifest-path ecg_core/fuzz/Cargo.toml -- -D warnings
    RUST_LOG=error taplo fmt --check
    typos

# Check types
types: _types

[private]
_types *PATHS: (_env everything)
    pyright --warnings "$@"

# Check the core's stubs against its binary
stubs: (_env everything)
    python -m mypy.stubtest ecg_core --allowlist ecg_core/stubtest_allowlist.txt

# Check the imports between layers
arch: (_env everything)
    lint-imports

# The inner loop: format, lint, check layers, check the service and its unit tests
quick: fmt _quick

[parallel]
[private]
_quick: lint (_types "ecg_service" "tests/unit") arch _unit

# Check all that no test does: format, style, spelling, types, stubs and layers
[parallel]
static: lint types stubs arch

[private]
_unit: (_env everything)
    pytest --quiet {{ spread }} tests/unit

# Run the tests on every processor; with arguments, run only pytest with them
test *ARGS: (_env everything)
    if [ $# -eq 0 ]; then cargo test --quiet --locked && pytest {{ spread }}; else pytest "$@"; fi

# Check types and stubs and run the Python tests on each Python from 3.11 to 3.13 that is installed
pythons *ARGS: (_env everything)
    .ci/pythons "$@"

# Compare the core with other libraries, which it installs; arguments go to pytest
oracle *ARGS: (_env oracle)
    pytest tests/oracle "$@"

# Make a client from the OpenAPI document, and use it
client: (_env everything)
    [ -x .venv-client/bin/python ] || uv venv --no-project --quiet --python .venv .venv-client
    uv pip install --quiet --python .venv-client --require-hashes --requirement {{ client }}
    pytest tests/client

# Run the benchmarks
bench *ARGS: (_env everything)
    python -m benchmarks "$@"

# Count the kernels' instructions and fail on 3 % more; `--update` renews the baseline
instructions *ARGS: (_env everything)
    python -m benchmarks instructions "$@"

# Ask the service whatever schemathesis makes from its OpenAPI document, of each operation so many EXAMPLES
schema EXAMPLES="100": (_env everything)
    SCHEMA="coverage,fuzzing,stateful $1 $RANDOM" pytest tests/schema

# Fuzz the core for SECONDS; failing inputs go to ecg_core/fuzz/artifacts
fuzz SECONDS="600": (_env everything)
    ecg_core/fuzz/run.sh "$1"

# Torture the service for SECONDS: kills, power failures, disks that fail (`--only D3 ...`, `--seed N`)
torture SECONDS="600" *ARGS: (_env everything)
    python -m tests.torture "$@"

# Run two services and two workers over PostgreSQL, Redis and RabbitMQ, send ECGs, show what each did
cluster: (_env everything)
    python -m tests.cluster

# Draw docs/dashboard.svg from a service under load for SECONDS, with Prometheus
dashboard SECONDS="60": (_env everything)
    python -m tests.monitoring "$1"

# Run the Rust tests under AddressSanitizer, with every instruction set, then the core's Python tests (not with `rust`)
sanitize *ARGS: (_env everything)
    ecg_core/sanitize.sh "$@"

# Build the sdist and the wheel of both distributions into target/dist, and try each in a fresh environment
dist: (_env everything)
    .ci/dist

# List what the service and the core are made of, in CycloneDX, into target/sbom
sbom: (_env runtime)
    .ci/sbom

# Check and test the core for 64-bit ARM, emulated
aarch64:
    ecg_core/aarch64.sh

# Mutate the kernels (`core`) or a sample of the `service`, one change at a time; a test must fail each time
mutants ROOM *ARGS: (_env everything)
    shift && python {{ if ROOM == "core" { "ecg_core/mutation/run.py" } else { "-m mutation" } }} "$@"

# Write the files in docs/ that are made from the code
generate: (_env everything)
    python docs/generate.py

# Make the site of the documentation in target/site; a link that leads nowhere is an error
site: (_env everything)
    [ -x .venv-site/bin/python ] || uv venv --no-project --quiet --python .venv .venv-site
    uv pip install --quiet --python .venv-site --require-hashes --requirement {{ site }}
    NO_MKDOCS_2_WARNING=1 .venv-site/bin/mkdocs build --quiet --strict

# Check everything
check: static test

# Lock the Python dependencies; `--upgrade` takes newer versions
lock *ARGS: (_env runtime)
    just _lock {{ runtime }} pyproject.toml --group build "$@"
    just _lock {{ otel }} pyproject.toml --group build --extra otel --constraints {{ runtime }} "$@"
    just _lock {{ everything }} pyproject.toml --group dev --extra otel --constraints {{ otel }} "$@"
    just _lock {{ oracle }} pyproject.toml --group oracle --constraints {{ everything }} "$@"
    just _lock {{ client }} pyproject.toml --group client --constraints {{ runtime }} "$@"
    just _lock {{ plain }} pyproject.toml --group plain --constraints {{ runtime }} "$@"
    just _lock {{ site }} --group site "$@"

[private]
_lock *ARGS:
    uv pip compile --quiet --universal --python .venv --python-version 3.11 \
        --generate-hashes --no-build-isolation --no-emit-index-url --no-emit-package ecg-core \
        --custom-compile-command 'just lock' --output-file "$@"

# Install the locked packages, then both workspace members if one of their sources has changed.
# The old extension is unlinked first: overwriting it would crash processes that have it loaded.
[private]
_env requirements:
    #!/usr/bin/env bash
    set -euo pipefail
    if [[ ! -x .venv/bin/python ]]; then
        echo 'Setting up .venv, once ...' >&2
        uv venv --no-project --quiet --clear --python '>=3.11' .venv
    fi
    uv pip install --quiet --python .venv --require-hashes --requirement "$1"
    built_from=(*.toml Cargo.lock requirements.txt ecg_core/*.* ecg_core/src ecg_service/__init__.py)
    if [[ ! -x .venv/bin/ecg ]] || ! ls ecg_core/python/ecg_core/*.so &> /dev/null ||
        [[ -n $(find "${built_from[@]}" -newer .venv/bin/ecg -print -quit) ]]; then
        echo 'Building ecg_core ...' >&2
        rm -f ecg_core/python/ecg_core/*.so
        uv pip install --quiet --python .venv --no-deps --no-build-isolation \
            --editable . --editable ecg_core
    fi
