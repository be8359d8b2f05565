#!/usr/bin/env bash
# Checks the layers of the crate: each may use only those listed beside it; core and elf link to no PHP and forbid unsafe code.
#   scripts/check-layers.sh [SOURCE-DIRECTORY]
set -euo pipefail
SOURCE=${1:-$(cd "$(dirname "$0")/.." && pwd)/src}

# layer: the layers that it may use. What host and guest share is C: zend/*.c, which sees bridge/bridge.h and nothing of either side.
LAYERS='
core:
elf:
bridge: core
vm: bridge core elf
host: vm bridge core elf
guest: bridge core
'
FOUND=0

# report MATCHES REASON
report() {
    [ -n "$1" ] || return 0
    printf '%s\n    %s\n' "$1" "$2"
    FOUND=$((FOUND + $(wc -l <<<"$1")))
}

# matches LAYER PATTERN: lines of code, comments aside, as file:line:text.
matches() {
    [ -d "$SOURCE/$1" ] || [ -f "$SOURCE/$1.rs" ] || return 0
    grep -rnE --include='*.rs' "$2" "$SOURCE/$1" "$SOURCE/$1.rs" 2>/dev/null | grep -vE '^[^:]+:[0-9]+:[[:space:]]*//' || true
}

while IFS=: read -r layer allowed; do
    [ -n "$layer" ] || continue
    for other in core elf bridge vm host guest; do
        if [[ " $layer $allowed " == *" $other "* ]]; then continue; fi
        # `crate::vm::…`, and `crate::{vm, …}`.
        report "$(matches "$layer" "crate::($other\\b|\\{[^}]*\\b$other\\b)")" "$layer may use:${allowed:- nothing}"
    done
done <<<"$LAYERS"

for layer in core elf; do
    report "$(matches "$layer" 'ext_php_rs|\bunsafe[[:space:]]*(\{|fn|impl|extern)')" "$layer uses no PHP and no unsafe code"
    if [ -f "$SOURCE/$layer/mod.rs" ] && ! grep -q 'forbid(unsafe_code)' "$SOURCE/$layer/mod.rs" "$SOURCE/lib.rs"; then
        report "$SOURCE/$layer/mod.rs" "does not forbid unsafe code"
    fi
done
# The C code that both sides compile includes PHP's headers, its own, and the ABI.
report "$(grep -rnE '^#[[:space:]]*include "\.\./' "$SOURCE/zend" 2>/dev/null | grep -v '"../bridge/bridge.h"' || true)" "zend uses bridge.h and PHP only"

[ "$FOUND" -eq 0 ] || { echo "$FOUND violations of the layers (DESIGN: host > vm > bridge > core, guest > bridge > core, host > elf)" && exit 1; }
