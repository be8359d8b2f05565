# shellcheck shell=bash
# Fails: a place that makes no draft
# Says: no draft could be made

create_draft() { return 1; }
