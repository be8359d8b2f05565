#!/usr/bin/env bash
# Runs php-src's own tests with the thread-safe CLI and again in the guest; prints what differs.
#
#   scripts/conformance.sh [option...] [DIRECTORY|TEST...]
#
# The work, and what each option means, is in conformance.php. PHP names the host's php.
set -euo pipefail
exec "${PHP:-php}" -n -d memory_limit=-1 "$(dirname "$0")/conformance.php" "$@"
