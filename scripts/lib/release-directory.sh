# shellcheck shell=bash
# Releases into a directory: DIR/vVERSION holds the files of one, and is there with all of them or not at all. Sourced by release.sh, which
# sets TO and VERSION. Another place is another file with these functions; each fails where it did not do what it is called.

# place_is_free: no release of this version is published.
place_is_free() { [ -d "$TO" ] && [ ! -e "$TO/v$VERSION" ]; }

# create_draft: sets DRAFT, what the other functions name it by. Nobody who looks for releases sees it.
create_draft() { DRAFT=$(mktemp -d "$TO/.draft-v$VERSION.XXXXXX"); }

# upload FILE
upload() { cp -- "$1" "$DRAFT/"; }

# download NAME FILE: what was uploaded, as the place has it.
download() { cp -- "$DRAFT/$1" "$2"; }

# publish_draft: all at once.
publish_draft() {
    chmod 0755 "$DRAFT" && chmod 0644 "$DRAFT"/* && sync -- "$DRAFT"/* "$DRAFT" && mv -T -- "$DRAFT" "$TO/v$VERSION"
}

# discard_draft: after a failure.
discard_draft() { rm -rf -- "$DRAFT"; }
