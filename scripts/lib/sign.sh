# shellcheck shell=bash
# shellcheck disable=SC2153  # KEYS, which release.sh sets
# Signatures of releases, in minisign's format. Sourced by release.sh after common.sh, never run. KEYS is the directory of the public keys.

# trusted_comment NAME VERSION: what a signature says of a file, so that neither another one nor an older one passes for it.
trusted_comment() { printf 'file:%s version:%s\n' "$1" "$2"; }

# public_keys: of the package, those that are there.
public_keys() {
    local name
    for name in present next; do if [ -f "$KEYS/$name.pub" ]; then printf '%s\n' "$KEYS/$name.pub"; fi; done
}

# signature_reason FILE NAME: why FILE.minisig is no signature for a file called NAME of this version; nothing when it is.
signature_reason() {
    local key comment keys
    mapfile -t keys < <(public_keys)
    [ "${#keys[@]}" -gt 0 ] || { echo "there is no public key in $KEYS" && return; }
    [ -f "$1.minisig" ] || { echo "it has no signature" && return; }
    for key in "${keys[@]}"; do
        # With -Q it prints the trusted comment, once that is verified.
        if comment=$(minisign -V -Q -p "$key" -m "$1" -x "$1.minisig" 2>/dev/null </dev/null); then
            [ "$comment" = "$(trusted_comment "$2" "$VERSION")" ] || echo "its signature is for '$comment'"
            return
        fi
    done
    echo "its signature is by none of the keys in $KEYS"
}

# read_password SECRET-KEY: sets PASSWORD; empty for a key without one (its second field is zero).
read_password() {
    local kind
    PASSWORD=''
    [ -f "$1" ] || die "there is no secret key $1"
    kind=$(sed -n 2p "$1" | base64 -d 2>/dev/null | head -c 4 | od -An -tx1 | tr -d ' \n')
    case $kind in
        45640000) ;;
        45645363)
            [ -t 0 ] || die "the key $1 has a password, and there is no terminal to ask for it"
            read -rs -p "Password of $1: " PASSWORD
            echo >&2
            ;;
        *) die "$1 is no secret key of minisign" ;;
    esac
}

# sign FILE: beside it, as FILE.minisig, by SECRET_KEY. The untrusted comment is a public word; the trusted one is what counts.
sign() {
    local name reason
    name=$(basename -- "$1")
    # (not through a pipe: it does not read a password for a key that has none)
    minisign -S -s "$SECRET_KEY" -m "$1" -x "$1.minisig" -c "signature of ffi_zts $VERSION" \
        -t "$(trusted_comment "$name" "$VERSION")" <<<"$PASSWORD" >/dev/null 2>&1 || die "minisign did not sign $name (a wrong password?)"
    reason=$(signature_reason "$1" "$name")
    [ -z "$reason" ] || die "$name was signed, but $reason: users' packages have other keys"
}
