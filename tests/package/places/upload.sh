# shellcheck shell=bash
# Fails: an upload that stops halfway
# Says: failed; nothing is published

upload() { [[ $1 != *-debug.tar.gz ]] && cp -- "$1" "$DRAFT/"; }
