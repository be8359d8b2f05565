#!/usr/bin/env bash
# Measures the figures that docs/performance.md explains, and prints each beside its target.
#
#   scripts/bench.sh [--peer DIR] [--parallel FILE] [--json FILE] [--only NAME,…] [--runtime DIR]
#
# The work is in bench/. PHP names the host's php, FFI_ZTS_EXTENSION the extension (build/ffi_zts.so otherwise), FFI_ZTS_PEER
# a checkout of the peer, FFI_ZTS_PARALLEL pecl/parallel's parallel.so for the runtime's own php. The exit status is 0 unless a benchmark itself failed; a missed target is only marked.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
exec "${PHP:-php}" -n -d memory_limit=-1 -d display_errors=stderr "$root/bench/bench.php" "$@"
