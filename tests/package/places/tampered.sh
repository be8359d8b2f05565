# shellcheck shell=bash
# Fails: a place that changes what was uploaded
# Says: came back other than it was uploaded; nothing is published

upload() {
    cp -- "$1" "$DRAFT/"
    if [[ $1 == *-glibc.tar.gz ]]; then printf x | dd of="$DRAFT/$(basename "$1")" bs=1 seek=4000 conv=notrunc status=none; fi
}
