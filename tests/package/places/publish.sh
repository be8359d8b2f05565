# shellcheck shell=bash
# Fails: a draft that cannot be published
# Says: the draft could not be published

publish_draft() { return 1; }
