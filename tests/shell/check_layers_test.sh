# shellcheck shell=bash
# shellcheck source=tests/shell/lib.sh
# shellcheck disable=SC2154  # ROOT is set by run.sh
# scripts/check-layers.sh on small trees.

# tree LAYER CODE
tree() { mkdir -p "src/$1" && printf '%s\n' "#![forbid(unsafe_code)]" "$2" >"src/$1/mod.rs"; }

test_layers_may_use_what_is_to_their_right() {
    tree host 'use crate::vm::Vm;'
    tree vm 'use crate::{bridge, core::queue};'
    tree core '//! Not crate::host, says a comment.'
    "$ROOT/scripts/check-layers.sh" src
}

test_layers_may_not_look_left() {
    tree core 'use crate::bridge::Table;'
    tree guest 'use crate::{core, vm::Vm};'
    local output
    output=$(refused "$ROOT/scripts/check-layers.sh" src)
    has "$output" "src/core/mod.rs:2:use crate::bridge::Table;"
    has "$output" "src/guest/mod.rs:2:use crate::{core, vm::Vm};"
    has "$output" "2 violations"
}

test_core_knows_no_php_and_has_no_unsafe() {
    tree core 'fn f() { unsafe { g() } }'
    tree elf 'use ext_php_rs::types::Zval;'
    has "$(refused "$ROOT/scripts/check-layers.sh" src)" "2 violations"
}
