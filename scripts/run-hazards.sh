#!/usr/bin/env bash
# Hazards of two PHPs in one process that take processes of their own to provoke: exits at random moments, forks, environments,
# databases, locks, subprocesses, replaced allocators, files that are no guests.
#
#   scripts/run-hazards.sh [--long] [NAME…]
#
#   --long   200 exits, 500 forks, 60 s of environment; 40, 100 and 10 otherwise
#   NAME     exits, stuck, forks, environment, sqlite, flock, xml, pipes, allocator, libraries, extensions
#
# FFI_ZTS_EXTENSION names the extension (build/ffi_zts.so), FFI_ZTS_RUNTIME the runtime (the one that the extension finds).
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$(dirname "$0")/lib/checks.sh"

readonly TESTS=$FFI_ZTS_ROOT/tests/hazards
readonly EXTENSION=${FFI_ZTS_EXTENSION:-$FFI_ZTS_ROOT/build/ffi_zts.so}
readonly RUNTIME=${FFI_ZTS_RUNTIME:-$FFI_ZTS_ROOT/build/runtime}
PHP=${PHP:-php}
EXITS=40 FORKS=100 SECONDS_OF_ENVIRONMENT=10

# host LIMIT ARGUMENT…: a PHP with the extension. STATUS, ENDED (when), $WORK/out, $WORK/err.
host() {
    local limit=$1
    shift
    STATUS=0
    timeout -k 5 "$limit" "$PHP" -n -d extension="$EXTENSION" -d ffi_zts.runtime="$RUNTIME" "${PHP_SETTINGS[@]}" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || STATUS=$?
    ENDED=$EPOCHREALTIME
}
PHP_SETTINGS=()

# says TEXT: status 0 and exactly this; else prints how it is not.
says() {
    [ "$STATUS" -eq 0 ] || echo "status $STATUS"
    [ "$(cat "$WORK/out")" = "$1" ] || echo "it says '$(head -c 300 "$WORK/out")'"
}

# start_load: two processes that use the processors. start_tls: a TLS server; sets PORT.
start_load() {
    local i
    for i in 1 2; do
        (while :; do :; done) &
        CHILDREN+=("$!")
    done
    : "$i"
}
stop_children() {
    local pid
    for pid in "${CHILDREN[@]}"; do stop_child "$pid"; done
    CHILDREN=()
}
start_tls() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$WORK/key.pem" -out "$WORK/cert.pem" -days 2 -subj /CN=localhost >"$WORK/openssl" 2>&1
    # Any free port: the server says which.
    openssl s_server -accept 127.0.0.1:0 -cert "$WORK/cert.pem" -key "$WORK/key.pem" -www >"$WORK/server" 2>&1 &
    CHILDREN+=("$!")
    local tries=0
    until PORT=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$WORK/server") && [ -n "$PORT" ]; do
        sleep 0.05
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || die "the TLS server does not start: $(cat "$WORK/server")"
    done
}

# late LIMIT: by how much the process ended later than LIMIT seconds after it began to end; empty when it did not.
late() {
    awk -v began="$(grep -m 1 -E '^[0-9]+\.[0-9]+$' "$WORK/err" || true)" -v ended="$ENDED" -v limit="$1" 'BEGIN {
        if (!began) print "did not come to its end"
        else if (ended - began > limit) printf "took %.2f s to end, %.1f are allowed", ended - began, limit
    }'
}

check_exits() {
    local n way wanted kinds reason='' slowest=0 took
    # shellcheck disable=SC2034
    local all=('tls tls curl' 'curl curl dom' 'dom dom dom' 'sleep sleep tls' 'cpu cpu cpu' 'tls curl dom sleep cpu output' 'output output')
    start_tls
    start_load
    for ((n = 0; n < EXITS; n++)); do
        read -r -a kinds <<<"${all[n % ${#all[@]}]}"
        case $((n % 5)) in
            0 | 1) way='exit' wanted=$((n % 200 + 1)) ;;
            2) way=throw wanted=255 ;;
            3) way=fatal wanted=255 ;;
            4) way=end wanted=0 ;;
        esac
        host 30 "$TESTS/exits.php" "$way" "$wanted" "$((RANDOM % 150 * 1000))" "$PORT" "${kinds[@]}"
        took=$(awk -v began="$(grep -m 1 -E '^[0-9]+\.[0-9]+$' "$WORK/err" || echo 0)" -v ended="$ENDED" 'BEGIN {printf "%d", (ended - began) * 1000}')
        [ "$took" -le "$slowest" ] || slowest=$took
        [ "$STATUS" -eq "$wanted" ] || reason="number $n ($way, ${kinds[*]}): status $STATUS, not $wanted"
        # The option shutdown_timeout is 0.5 s.
        [ -n "$reason" ] || reason=$(late 1.5)
        [ -z "$reason" ] || break
    done
    stop_children
    verdict "exits: $EXITS at random moments in TLS, curl, DOM, sleep, CPU (slowest $slowest ms)" "$reason" "$WORK/err"
}

# The same bound where no guest can be stopped, however many there are.
check_stuck() {
    local reason
    host 30 "$TESTS/exits.php" 'exit' 9 100000 0 stuck stuck stuck stuck stuck stuck stuck stuck
    reason=$([ "$STATUS" -eq 9 ] || echo "status $STATUS")
    verdict "stuck: exit with 8 guests that nothing stops" "$reason$(late 1.5)" "$WORK/err"
}

check_forks() {
    local state good longest
    start_load
    host 120 "$TESTS/forks.php" "$FORKS"
    stop_children
    read -r state good longest <"$WORK/out" || true
    if [ "$STATUS" -ne 0 ] || [ "$state" != ready ] || [ "${good:-0}" -ne "$FORKS" ] || [ "$longest" -gt 1000 ]; then
        fail forks "status $STATUS, ${good:-none} of $FORKS children good, longest ${longest:-?} ms, the parent's VM is ${state:-gone}" "$WORK/out" "$WORK/err"
    else
        pass "forks: $FORKS under load; the longest child took $longest ms"
    fi
}

check_environment() {
    host $((SECONDS_OF_ENVIRONMENT + 60)) "$TESTS/environment.php" "$SECONDS_OF_ENVIRONMENT"
    verdict "environment: host and four guests for $SECONDS_OF_ENVIRONMENT s" "$(says intact)" "$WORK/err"
}

check_sqlite() {
    if ! "$PHP" -n -d extension=pdo -d extension=pdo_sqlite -r 'exit((int) !in_array("sqlite", PDO::getAvailableDrivers(), true));' 2>/dev/null; then
        skip sqlite "the host has no pdo_sqlite (package php-sqlite3)"
        return
    fi
    PHP_SETTINGS=(-d extension=pdo -d extension=pdo_sqlite -d "ffi_zts.extensions=host,sqlite3")
    host 180 "$TESTS/sqlite.php" "$WORK/database" 300
    PHP_SETTINGS=()
    verdict "sqlite: host and three guests write to one database" "$(says 'ok complete')" "$WORK/err"
}

check_flock() {
    host 120 "$TESTS/flock.php" "$WORK/counter" 1000
    verdict "flock: host and three guests count in one file" "$(says counted)" "$WORK/err"
}

check_xml() {
    if ! "$PHP" -n -d extension=dom -r 'exit((int) !extension_loaded("dom"));' 2>/dev/null; then
        skip xml "the host has no DOM (package php-xml)"
        return
    fi
    PHP_SETTINGS=(-d extension=dom)
    host 60 "$TESTS/xml.php" "$WORK"
    PHP_SETTINGS=()
    verdict "xml: each side's own entity loader and errors" "$(says 'host: entity.txt, from the file, errors')" "$WORK/err"
}

check_pipes() {
    host 120 "$TESTS/pipes.php" 300
    verdict "pipes: 900 reach their end beside 300 long-lived processes" "$(says 'all pipes ended')" "$WORK/err"
}

# from_package PACKAGE FILE-PATTERN: a file of a Debian package that need not be installed; prints its path.
from_package() {
    local cache found
    cache=$(cache_dir)/packages/$1
    found=$(find "$cache" -path "$2" -type f 2>/dev/null | head -n 1)
    if [ -z "$found" ] && have apt-get && have dpkg-deb; then
        (cd "$WORK" && apt-get -q download "$1") >"$WORK/apt.log" 2>&1 || return 1
        mkdir -p -- "$cache"
        dpkg-deb -x "$WORK/$1"_*.deb "$cache"
        found=$(find "$cache" -path "$2" -type f | head -n 1)
    fi
    [ -n "$found" ] && printf '%s\n' "$found"
}

# A program that uses another allocator for everything.
check_allocator() {
    local allocator
    if ! allocator=$(from_package libjemalloc2 '*/libjemalloc.so.2'); then
        skip allocator "libjemalloc2 cannot be had"
        return
    fi
    STATUS=0
    LD_PRELOAD=$allocator timeout -k 5 30 "$PHP" -n -d extension="$EXTENSION" -r 'echo "loaded\n";' >"$WORK/out" 2>"$WORK/err" </dev/null || STATUS=$?
    verdict "allocator: loading the extension is harmless" "$(says loaded)" "$WORK/err"
    STATUS=0
    LD_PRELOAD=$allocator timeout -k 5 30 "$PHP" -n -d extension="$EXTENSION" -d ffi_zts.runtime="$RUNTIME" "$TESTS/boot.php" '{}' "$RUNTIME" >"$WORK/out" 2>"$WORK/err" </dev/null || STATUS=$?
    judge_refusal "allocator: jemalloc preloaded, refused" 'jemalloc.*allocator'
}

# judge_refusal NAME PATTERN…: boot.php was refused for these reasons, nothing was mapped, and the host went on.
judge_refusal() {
    local name=$1 pattern reason=''
    shift
    [ "$STATUS" -eq 3 ] || reason="status $STATUS"
    for pattern; do
        grep -qE "^refused: .*($pattern)" "$WORK/out" || reason+=" no word of '$pattern'"
    done
    grep -qx 'not mapped' "$WORK/out" || reason+=" it was mapped"
    verdict "$name" "$reason" "$WORK/out" "$WORK/err"
}

# refused NAME OPTION FILE PATTERN…: as the value of this option.
refused() {
    local name=$1 option=$2 file=$3
    shift 3
    host 30 "$TESTS/boot.php" "{\"$option\": $([ "$option" = extensions ] && printf '["%s"]' "$file" || printf '"%s"' "$file")}" "$file"
    judge_refusal "$name" "$@"
}

# some_library FILE: puts one there that is neither.
some_library() { printf 'int some_function(void) { return 1; }\n' | "${CC:-cc}" -x c -shared -fPIC -o "$1" -; }

check_libraries() {
    local nts files=$WORK/files
    mkdir -p "$files"
    printf 'not a library\n' >"$files/text.so"
    : >"$files/empty.so"
    some_library "$files/other.so"
    head -c 100000 "$RUNTIME/libphp.so" >"$files/truncated.so"
    # e_machine, bytes 18 and 19: AArch64.
    cp "$RUNTIME/libphp.so" "$files/foreign.so"
    printf '\xb7\x00' | dd of="$files/foreign.so" bs=1 seek=18 conv=notrunc status=none
    head -c 2000000 /dev/urandom >"$files/random.so"
    refused "libraries: a text file" library "$files/text.so" 'ELF'
    refused "libraries: an empty file" library "$files/empty.so" 'ELF|empty'
    refused "libraries: random bytes" library "$files/random.so" 'ELF'
    refused "libraries: the first part of libphp" library "$files/truncated.so" 'truncated.so'
    refused "libraries: another architecture's" library "$files/foreign.so" 'AArch64|aarch64|processor|built for'
    refused "libraries: a missing file" library "$files/missing.so" 'does not exist'
    refused "libraries: a directory" library "$files" 'libphp'
    refused "libraries: some other library" library "$files/other.so" 'no libphp|no PHP engine'
    if nts=$(from_package "libphp$("$PHP" -n -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')-embed" '*/libphp*.so*'); then
        refused "libraries: an NTS libphp" library "$nts" 'NTS|not thread-safe'
    else
        skip "libraries: an NTS libphp" "the package cannot be had"
    fi
    cp "$RUNTIME/libphp.so" "$files/writable.so"
    chmod 0666 "$files/writable.so"
    refused "libraries: one that everybody can write" library "$files/writable.so" 'writable|mode|trusted'
}

check_extensions() {
    local files=$WORK/files extension bare other
    mkdir -p "$files"
    printf 'not an extension\n' >"$files/text.so"
    extension=$("$PHP" -n -r 'echo ini_get("extension_dir");')
    refused "extensions: a text file" extensions "$files/text.so" 'ELF'
    head -c 20000 "$RUNTIME/ext/opcache.so" >"$files/truncated.so"
    refused "extensions: a truncated one" extensions "$files/truncated.so" 'truncated.so'
    refused "extensions: a missing one" extensions "$files/missing.so" 'does not exist|not found|missing'
    if [ -f "$extension/ctype.so" ]; then
        refused "extensions: an NTS one of the host" extensions "$extension/ctype.so" 'NTS|thread-safe'
    fi
    some_library "$files/other.so"
    refused "extensions: a library that is none" extensions "$files/other.so" 'no (PHP )?extension|get_module|extension'
    other=$FFI_ZTS_ROOT/build/runtime-$(other_minor)
    if [ -f "$other/ext/opcache.so" ] && [ "$("$other/bin/php-config" --phpapi)" != "$("$RUNTIME/bin/php-config" --phpapi)" ]; then
        refused "extensions: one of another minor" extensions "$other/ext/opcache.so" "$("$other/bin/php-config" --phpapi | grep -o '^[0-9]*')"
    fi
    # A bare one: without the dependency on libphp, as an extension's own build leaves it.
    bare=$(find "$(sed -n 's/.*"prefix": "\(.*\)".*/\1/p' "$RUNTIME/runtime.json")" -name opcache.so 2>/dev/null | head -n 1)
    if [ -n "$bare" ] && ! readelf -d "$bare" | grep -q 'NEEDED.*libphp'; then
        cp -- "$bare" "$files/bare.so"
        host 30 "$TESTS/boot.php" "{\"extensions\": [\"$files/bare.so\"], \"ini\": {\"opcache.enable_cli\": 1}}" "$files/bare.so"
        local reason=''
        [ "$STATUS" -eq 3 ] || reason="status $STATUS"
        grep -q '^ran .* with opcache' "$WORK/out" || reason+=" it did not run"
        verdict "extensions: a bare opcache is relinked, and runs" "$reason" "$WORK/out" "$WORK/err"
    else
        skip "extensions: a bare one" "there is none"
    fi
}

main() {
    local name
    while [ $# -gt 0 ]; do
        case $1 in
            --long) EXITS=200 FORKS=500 SECONDS_OF_ENVIRONMENT=60 ;;
            -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0" && exit 0 ;;
            -*) die "unknown argument $1" ;;
            *) SELECTION+=("$1") ;;
        esac
        shift
    done
    [ -f "$EXTENSION" ] || die "no $EXTENSION: run make build first"
    [ -f "$RUNTIME/libphp.so" ] || die "no runtime in $RUNTIME: run make build first"
    # A crash leaves no file behind, its status says it all.
    ulimit -c 0
    make_private_dir "$(cache_dir)"
    for name in exits stuck forks environment sqlite flock xml pipes allocator libraries extensions; do
        ! selected "$name" || "check_$name"
    done
    summary
}

main "$@"
