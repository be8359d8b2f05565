#!/usr/bin/env bash
# What a host may not do, its guest may not do either: ways out, tried in each way into a guest, under each kind of host.
#
#   scripts/run-policy.sh [NAME…]      NAME: control, cli, server, fpm, boots, holes
#
# tests/policy/vectors are the ways out. `control` runs each without restrictions, where it has to get out. A cell of the matrix is a host
# (a confined command line, php -S, pools of php-fpm), a way into the guest (tests/policy/Ways.php) and a time: the host is confined
# `before` the boot, `after` it, or the job confines itself `within`. `boots` are what scripts say to boot(), `holes` what was open once.
#
# FFI_ZTS_EXTENSION names the extension, FFI_ZTS_RUNTIME the runtime, PHP_FPM php-fpm. Threads of extensions are those of
# tests/fixtures/threads.c, and those of pecl/parallel where RUNTIME/ext/vanilla has it, or FFI_ZTS_PARALLEL names its source tree, built.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$(dirname "$0")/lib/checks.sh"
# shellcheck source=scripts/lib/fpm.sh
. "$(dirname "$0")/lib/fpm.sh"

readonly PAGES=$WORK/pages
readonly EXTENSION=${FFI_ZTS_EXTENSION:-$FFI_ZTS_ROOT/build/ffi_zts.so}
readonly GIVEN_RUNTIME=${FFI_ZTS_RUNTIME:-$FFI_ZTS_ROOT/build/runtime}
readonly RUNTIME=$WORK/runtime
readonly THREADS=$WORK/threads.so
PHP=${PHP:-php}
PARALLEL='' WEB='' ARENA='' ADDRESS='' THREADS_OF=''
# Settings that give the host what it has as extensions of its own.
HOST=()
readonly WAYS=(task named closures script future thread pool bootstrap prepend nested extension parallel)
readonly EVERYTHING=basedir,functions,classes,memory,urls,ffi
# What is disabled: by php.ini, by a pool, by a web server.
readonly INI_FUNCTIONS=exec,system POOL_FUNCTIONS=passthru,popen,proc_open SERVER_FUNCTIONS=shell_exec,mail,mb_send_mail,pcntl_exec
readonly INI_CLASSES=ArrayObject POOL_CLASSES=SplTempFileObject SERVER_CLASSES=SplQueue

# prepare: copies of what processes of other users read, extensions of host and guest, and a server that vectors ask.
prepare() {
    local file name
    chmod 0755 "$WORK"
    mkdir -- "$RUNTIME"
    cp -R -- "$FFI_ZTS_ROOT/tests/policy" "$PAGES"
    cp -R -- "$GIVEN_RUNTIME/libphp.so" "$GIVEN_RUNTIME/ffi_zts_guest.so" "$GIVEN_RUNTIME/runtime.json" "$GIVEN_RUNTIME/ext" "$RUNTIME"
    # shellcheck disable=SC2046  # several words
    if ! have cc || ! cc -shared -fPIC -O1 -o "$THREADS" $("$GIVEN_RUNTIME/bin/php-config" --includes) "$FFI_ZTS_ROOT/tests/fixtures/threads.c" >"$WORK/cc" 2>&1; then
        rm -f -- "$THREADS"
    fi
    for file in "$GIVEN_RUNTIME/ext/vanilla/parallel.so" ${FFI_ZTS_PARALLEL:+"$FFI_ZTS_PARALLEL/modules/parallel.so"}; do
        if [ -f "$file" ]; then PARALLEL=$WORK/parallel.so && cp -- "$file" "$PARALLEL" && break; fi
    done
    chmod -R u=rwX,go=rX "$PAGES" "$RUNTIME"
    [ ! -f "$THREADS" ] || THREADS_OF=extension
    [ -z "$PARALLEL" ] || THREADS_OF=${THREADS_OF:+$THREADS_OF,}parallel
    # shellcheck disable=SC2016  # PHP code
    for name in $("$PHP" -n -r 'foreach (["curl", "dom", "ffi", "fileinfo", "mbstring", "pdo", "pdo_sqlite", "phar", "posix", "simplexml", "sqlite3", "xml", "xmlreader", "xmlwriter"] as $name) {
        if (!extension_loaded($name) && is_file(ini_get("extension_dir") . "/$name.so")) { echo "$name "; } }'); do
        HOST+=(-d "extension=$name")
    done
    serve served "$PAGES/parts/served.php"
    WEB=$ADDRESS
}

# serve NAME ARGUMENT…: php -S with these arguments; sets ADDRESS and SERVER, its process.
serve() {
    local log=$WORK/$1.log tries=0
    shift
    : >"$log"
    "$PHP" -n -S 127.0.0.1:0 "$@" >"$log" 2>&1 </dev/null &
    SERVER=$!
    CHILDREN+=("$SERVER")
    disown "$SERVER" # so that nothing is said of its end
    until ADDRESS=$(sed -n 's/.*(http:\/\/\(127\.0\.0\.1:[1-9][0-9]*\)) started.*/\1/p' "$log") && [ -n "$ADDRESS" ]; do
        sleep 0.02
        tries=$((tries + 1))
        [ "$tries" -lt 250 ] || die "php -S does not start: $(cat "$log")"
    done
}

# arena NAME [USER:GROUP]: makes one; sets ARENA and BASEDIR.
arena() {
    ARENA=$WORK/$1
    mkdir -- "$ARENA"
    "$GIVEN_RUNTIME/bin/php" -n -d extension="$("$GIVEN_RUNTIME/bin/php-config" --extension-dir)/pdo_sqlite.so" -d phar.readonly=0 "$PAGES/prepare.php" "$ARENA" "$([ ! -f "$THREADS" ] || echo "$THREADS")"
    if [ -n "${2:-}" ]; then chown -R -- "$2" "$ARENA/in" "$ARENA/out"; fi
    BASEDIR=$ARENA/in:$ARENA/trusted:$PAGES
    outside >"$ARENA.before"
}

# outside: what is in the arena and not allowed, down to the times.
outside() { (cd -- "$ARENA" && find out inside -printf '%p %y %m %s %T@ %u %l\n' | LC_ALL=C sort); }

# guest_of WAY: settings of the guest, for all hosts. opcache keeps what one job has included for the next one.
guest_of() {
    local extensions=host,$RUNTIME/ext/opcache.so
    case $1 in
        extension) extensions+=,$THREADS ;;
        parallel) extensions+=,$PARALLEL ;;
        all) extensions+=$([ ! -f "$THREADS" ] || echo ",$THREADS")${PARALLEL:+,$PARALLEL} ;;
    esac
    GUEST=(ffi_zts.runtime="$RUNTIME" ffi_zts.extension_dir="$ARENA/trusted" ffi_zts.extensions="$extensions" sendmail_path="$ARENA/trusted/sendmail"
        'ffi_zts.ini="opcache.enable_cli=1;opcache.file_update_protection=0;opcache.revalidate_freq=0"'
        display_errors=0 log_errors=0 html_errors=0)
}
# defines SETTING…: sets DEFINES, as arguments.
defines() {
    local setting
    DEFINES=()
    for setting; do DEFINES+=(-d "$setting"); done
}
# confined TIME: sets DEFINES for a host that is confined from its start, that is not at all (open), or that is but for open_basedir and
# memory_limit, which come later.
confined() {
    case $1 in
        open) defines "${GUEST[@]}" "${OPEN[@]}" ;;
        before) defines "${GUEST[@]}" "${CONFINING[@]}" open_basedir="$BASEDIR" memory_limit=32M ;;
        *) defines "${GUEST[@]}" "${CONFINING[@]}" ;;
    esac
}
# confining FUNCTIONS CLASSES: what confines every host from its start, but for open_basedir and memory_limit.
confining() { CONFINING=(disable_functions="$1" disable_classes="$2" allow_url_fopen=0 allow_url_include=0 ffi.enable=0 enable_dl=0); }
readonly OPEN=(memory_limit=1G allow_url_fopen=1 allow_url_include=1 ffi.enable=1 enable_dl=1 error_reporting=8191)

# there WAY LABEL: says when there is no such way here.
there() {
    case $1 in
        extension) [ -f "$THREADS" ] || { skip "$2" "tests/fixtures/threads.c was not built: a compiler and the runtime's php-config are needed" && return 1; } ;;
        parallel) [ -n "$PARALLEL" ] || { skip "$2" "no parallel.so in $GIVEN_RUNTIME/ext/vanilla" && return 1; } ;;
    esac
}

# query HOST WAY TIME [MORE]: the arguments of cell.php, with & between them.
query() {
    local held=$EVERYTHING
    case $1 in
        cli) [ ! -f "$THREADS" ] || held+=,dl ;;
        fpm-one | fpm-two | fpm-sent) held+=,fixed,sapi ;;
        *) held+=,sapi ;;
    esac
    printf 'arena=%s&web=%s&setting=%s&way=%s&time=%s&held=%s&threads=%s%s' "$ARENA" "$WEB" "$1" "$2" "$3" "$held" "$4" "${5:-}"
}

# judge_cell LABEL FILE [LOG…]
judge_cell() {
    local label=$1 file=$2 reason
    shift 2
    reason=$("$GIVEN_RUNTIME/bin/php" -n "$PAGES/judge.php" cell "$file")
    verdict "$label (${reason%%$'\n'*} tried)" "$(tail -n +2 <<<"$reason" | head -n 40)" "$@"
}

# judge_arena LABEL: nothing got out by the side, nor after the jobs.
judge_arena() {
    local reason
    reason=$("$GIVEN_RUNTIME/bin/php" -n "$PAGES/judge.php" late "$ARENA")
    verdict "$1: nothing got out when jobs ended (${reason%%$'\n'*} tried)" "$(tail -n +2 <<<"$reason")"
    verdict "$1: nothing outside has changed" "$(outside | diff "$ARENA.before" - | head -n 20)"
}

# judge_control HOST FILE
judge_control() {
    local kind name reason
    while IFS=$'\t' read -r kind name reason; do
        case $kind in
            ok) pass "control $1: $name" ;;
            skip) skip "control $1: $name" "$reason" ;;
            *) fail "control $1: $name" "$reason" "$2" ;;
        esac
    done < <("$GIVEN_RUNTIME/bin/php" -n "$PAGES/judge.php" control "$2")
    reason=$("$GIVEN_RUNTIME/bin/php" -n "$PAGES/judge.php" late "$ARENA" control)
    verdict "control $1: when jobs end" "$(tail -n +2 <<<"$reason")"
}

# cli FILE QUERY: a page on a command line with DEFINES; prints what it says.
cli() {
    local arguments
    IFS='&' read -r -a arguments <<<"$2"
    timeout -k 5 60 "$PHP" -n -d extension="$EXTENSION" "${HOST[@]}" "${DEFINES[@]}" "$PAGES/$1" "${arguments[@]}" 2>&1 </dev/null || true
}

# page ADDRESS FILE QUERY: the same from a server.
page() {
    # shellcheck disable=SC2016  # PHP code
    timeout -k 5 60 "$PHP" -n -r 'echo file_get_contents($argv[1], false, stream_context_create(["http" => ["timeout" => 60, "ignore_errors" => true]]));' "http://$1/$2?$3" 2>&1 || true
}

check_control() {
    arena control
    guest_of none
    [ -f "$THREADS" ] || skip "control cli: dl" "tests/fixtures/threads.c was not built: there is nothing to load"
    defines "${GUEST[@]}" "${OPEN[@]}" ffi_zts.sapi_name=cli
    cli cell.php "$(query cli task before '' ',fixed,sapi&control=1')" >"$WORK/said"
    judge_control cli "$WORK/said"

    arena control-server
    guest_of none
    confined open
    serve control-server -d extension="$EXTENSION" "${HOST[@]}" "${DEFINES[@]}" -t "$PAGES"
    page "$ADDRESS" cell.php "$(query web task before '' '&control=1' | sed 's/,sapi//')" >"$WORK/said"
    judge_control server "$WORK/said"
    stop_child "$SERVER"
}

check_cli() {
    local way time
    arena cli
    confining "$INI_FUNCTIONS,$POOL_FUNCTIONS,$SERVER_FUNCTIONS" "$INI_CLASSES,$POOL_CLASSES,$SERVER_CLASSES"
    guest_of none
    confined before
    cli cell.php "$(query cli host before '')" >"$WORK/said"
    judge_cell "cli: the host itself" "$WORK/said"
    for way in "${WAYS[@]}"; do
        there "$way" "cli: $way" || continue
        if [ "$way" = nested ]; then guest_of all; else guest_of "$way"; fi
        for time in before after within; do
            confined "$time"
            DEFINES+=(-d ffi_zts.sapi_name=cli) # for dl()
            cli cell.php "$(query cli "$way" "$time" "$([ "$way" != nested ] || echo "$THREADS_OF")")" >"$WORK/said"
            judge_cell "cli: $way, confined $time" "$WORK/said"
        done
    done
    judge_arena cli
}

check_server() {
    local way time
    arena server
    confining "$INI_FUNCTIONS,$POOL_FUNCTIONS,$SERVER_FUNCTIONS" "$INI_CLASSES,$POOL_CLASSES,$SERVER_CLASSES"
    guest_of all
    for time in before after within; do
        confined "$time"
        serve server -d extension="$EXTENSION" "${HOST[@]}" "${DEFINES[@]}" -t "$PAGES"
        for way in "${WAYS[@]}"; do
            there "$way" "server: $way, confined $time" || continue
            page "$ADDRESS" cell.php "$(query server "$way" "$time" "$THREADS_OF")" >"$WORK/said"
            judge_cell "server: $way, confined $time" "$WORK/said"
        done
        stop_child "$SERVER"
    done
    judge_arena server
}

# cell_of POOL QUERY: the same from a pool.
cell_of() { body "$1" cell.php "$2" >"$WORK/said"; }

# Two pools of different users, who are confined by php.ini, by their pool, and one of them by the web server as well; others where
# pages confine themselves, or the web server does later. Each has one process, which keeps its guest.
check_fpm() {
    local way time arenas=() pools=() users=(www-data nobody)
    have_fpm fpm || return 0
    if [ "$(id -u)" -ne 0 ]; then
        skip "fpm: pools of two users" "only root starts them"
        users=('' '')
    fi
    POOL_USER=${users[0]} POOL_GROUP=$(group_of "${users[0]}")
    arena fpm-open "${users[0]:+$POOL_USER:$POOL_GROUP}"
    guest_of none
    confined open
    DEFINES+=("${HOST[@]}")
    start_fpm "$(pool open 'pm.max_children = 1' 'process.dumpable = yes')"
    cell_of open "$(query web task before '' '&control=1' | sed 's/,sapi//')"
    judge_control fpm "$WORK/said"
    check_stop "control fpm"

    local server=$'disable_functions='$SERVER_FUNCTIONS$'\ndisable_classes='$SERVER_CLASSES
    local more=("php_admin_value[disable_functions] = $POOL_FUNCTIONS,$SERVER_FUNCTIONS" "php_admin_value[disable_classes] = $POOL_CLASSES,$SERVER_CLASSES")
    arena fpm-one "${users[0]:+$POOL_USER:$POOL_GROUP}"
    arenas+=("$ARENA")
    pools+=("$(pool one 'pm.max_children = 1' 'process.dumpable = yes' "php_admin_value[open_basedir] = $BASEDIR" 'php_admin_value[memory_limit] = 32M' "${more[@]}")")
    POOL_USER=${users[1]} POOL_GROUP=$(group_of "${users[1]}")
    arena fpm-two "${users[1]:+$POOL_USER:$POOL_GROUP}"
    arenas+=("$ARENA")
    pools+=("$(pool two 'pm.max_children = 1' 'process.dumpable = yes' "php_admin_value[open_basedir] = $BASEDIR" 'php_admin_value[memory_limit] = 32M' \
        "php_admin_value[disable_functions] = $POOL_FUNCTIONS" "php_admin_value[disable_classes] = $POOL_CLASSES")")
    arena fpm-late "${users[1]:+$POOL_USER:$POOL_GROUP}"
    arenas+=("$ARENA")
    pools+=("$(pool late 'pm.max_children = 1' 'process.dumpable = yes' "${more[@]}")")
    # What a web server has sent once holds in that process for good: two pages for each.
    arena fpm-sent "${users[1]:+$POOL_USER:$POOL_GROUP}"
    arenas+=("$ARENA")
    pools+=("$(pool sent 'pm.max_children = 1' 'pm.max_requests = 2' 'process.dumpable = yes' "${more[@]}")")
    confining "$INI_FUNCTIONS" "$INI_CLASSES"
    guest_of all
    defines "${GUEST[@]}" "${CONFINING[@]}"
    DEFINES+=("${HOST[@]}")
    start_fpm "${pools[@]}"
    ARENA=${arenas[0]}
    cell_of one "$(query fpm-one host before '')"
    judge_cell "fpm: the host itself" "$WORK/said"
    for way in "${WAYS[@]}"; do
        there "$way" "fpm: $way" || continue
        ARENA=${arenas[0]}
        cell_of one "$(query fpm-one "$way" before "$THREADS_OF")"
        judge_cell "fpm: $way, confined by its pool" "$WORK/said" "$WORK/fpm.log"
        ARENA=${arenas[1]}
        PHP_ADMIN_VALUE=$server cell_of two "$(query fpm-two "$way" before "$THREADS_OF")"
        judge_cell "fpm: $way, confined by its pool and the web server" "$WORK/said" "$WORK/fpm.log"
        ARENA=${arenas[2]}
        for time in after within; do
            cell_of late "$(query fpm-late "$way" "$time" "$THREADS_OF")"
            judge_cell "fpm: $way, confined $time" "$WORK/said" "$WORK/fpm.log"
        done
        # The process has served a page that was not confined.
        ARENA=${arenas[3]}
        cell_of sent "$(query fpm-sent "$way" warm '')"
        BASEDIR=$ARENA/in:$ARENA/trusted:$PAGES
        PHP_ADMIN_VALUE=$'open_basedir='$BASEDIR$'\nmemory_limit=32M' cell_of sent "$(query fpm-sent "$way" before "$THREADS_OF")"
        judge_cell "fpm: $way, confined by the web server for the next page" "$WORK/said" "$WORK/fpm.log"
    done
    check_stop fpm
    for ARENA in "${arenas[@]}"; do judge_arena "fpm, ${ARENA##*/}"; done
}

# boot HOST TIME QUERY: boot.php in a host of its own; what became of the row.
boot() {
    confined "$2"
    case $1 in
        cli) cli boot.php "$3" ;;
        server)
            serve server -d extension="$EXTENSION" "${HOST[@]}" "${DEFINES[@]}" -t "$PAGES"
            page "$ADDRESS" boot.php "$3"
            stop_child "$SERVER"
            ;;
        fpm) body "$2" boot.php "$3" ;;
    esac >"$WORK/said"
    if sed '$d' "$WORK/said" | grep -q S3CRET; then echo ESCAPED; else tail -n 1 "$WORK/said"; fi
}

# control_boot NAME CODE TIME CONTROL: a host that is not confined, or that was started with the environment.
control_boot() {
    local outcome
    case $4 in
        none*) skip "boots, control: $1" "${4#none }" && return ;;
        environment*) outcome=$(export "${4/#environment /}" && boot cli before "arena=$ARENA&name=$2") ;;
        *) outcome=$(boot cli open "arena=$ARENA&name=$2&control=1") ;;
    esac
    verdict "boots, control: $1" "$([ "$outcome" = ESCAPED ] || echo "with no restriction it does not get out: $outcome")"
}

# What scripts say to the VM, each in a process of its own.
check_boots() {
    local hosts=(cli server fpm) host name code under time needs control outcome
    arena boots
    cp -R -- "$RUNTIME" "$ARENA/trusted/runtime"
    : >"$ARENA/trusted/php.ini"
    guest_of none
    GUEST+=(ffi_zts.ini_file="$ARENA/trusted/php.ini")
    confining "$INI_FUNCTIONS,$POOL_FUNCTIONS,$SERVER_FUNCTIONS" "$INI_CLASSES,$POOL_CLASSES,$SERVER_CLASSES"
    if have_fpm "boots, fpm"; then
        POOL_USER=www-data POOL_GROUP=www-data
        confined late
        DEFINES+=("${HOST[@]}")
        start_fpm "$(pool before 'pm.max_children = 1' 'pm.max_requests = 1' "php_admin_value[open_basedir] = $BASEDIR" 'php_admin_value[memory_limit] = 32M')" \
            "$(pool late 'pm.max_children = 1' 'pm.max_requests = 1')"
    else
        hosts=(cli server)
    fi
    while IFS=$'\t' read -r name code under time needs control; do
        if [ "$needs" = native ] && [ ! -f "$THREADS" ]; then
            skip "boots: $name" "tests/fixtures/threads.c was not built"
            continue
        fi
        for host in "${hosts[@]}"; do
            case $under.$host in cli.server | cli.fpm | web.cli) continue ;; esac
            outcome=$(boot "$host" "$time" "arena=$ARENA&name=$code")
            verdict "boots, $host: $name" "$([[ $outcome == refused:* ]] || echo "$outcome")" "$WORK/said"
        done
    done < <("$GIVEN_RUNTIME/bin/php" -n "$PAGES/boot.php")
    if [[ ${hosts[*]} == *fpm* ]]; then check_stop "boots, fpm"; fi
    judge_arena boots
    while IFS=$'\t' read -r name code under time needs control; do
        [ "$needs" = any ] || [ -f "$THREADS" ] || continue
        control_boot "$name" "$code" "$time" "${control/'{out}'/$ARENA/out}"
    done < <("$GIVEN_RUNTIME/bin/php" -n "$PAGES/boot.php")
}

# expect LABEL WANTED POOL QUERY: a page of holes.php; WANTED is a pattern of bash's.
expect() {
    local answer
    answer=$(body "$3" holes.php "arena=$ARENA&$4")
    # shellcheck disable=SC2053  # a pattern
    verdict "$1" "$([[ $answer == $2 ]] || echo "the page says '${answer:0:400}'")" "$WORK/fpm.log"
}

# What was open once, and is more than one job long.
check_holes() {
    local text answer option way name
    arena holes
    guest_of none
    mkfifo -m 0666 "$ARENA/in/fifo"
    defines "${GUEST[@]}"
    for name in script future php.ini prepend bootstrap 'bootstrap of a thread'; do
        answer=$(timeout -k 1 20 "$PHP" -n -d extension="$EXTENSION" "${DEFINES[@]}" "$PAGES/holes.php" "arena=$ARENA" "do=fifo $name" 2>&1 </dev/null || echo "status $?")
        verdict "holes: a pipe as $name is no file" "$([[ $answer == *refused:* || $answer == *'Could not open'* ]] || echo "it says '$answer'")"
    done

    # From 8.3 on ini_set() refuses a directory without a name.
    for text in '' ':' ' ' '::' ' : '; do
        for name in start later; do
            if [ "$name" = start ]; then
                answer=$(blank "$text" '')
            else
                answer=$(blank '' "$text")
            fi
            if [ -z "$text" ]; then
                verdict "holes: with no open_basedir at all each way opens files, $name" "$([ "$(grep -c 'file_get_contents\|exit 0' <<<"$answer")" -eq 6 ] || echo "$answer")"
            elif [ "$name" = later ] && grep -q '^host: .' <<<"$answer"; then
                skip "holes: '$text' as open_basedir, $name" "ini_set() refuses it"
            else
                verdict "holes: '$text' as open_basedir, $name" "$([ "$(grep -c ': $' <<<"$answer")" -eq 6 ] || echo "$answer")"
            fi
        done
    done

    have_fpm holes || return 0
    POOL_USER=www-data POOL_GROUP=www-data
    local set=("php_admin_value[ffi_zts.ini] = \"memory_limit=16M;open_basedir=$BASEDIR;disable_functions=exec\"" "php_admin_value[ffi_zts.prepend] = $ARENA/in/guard.php"
        "php_admin_value[ffi_zts.bootstrap] = $ARENA/in/guard.php")
    DEFINES+=(-d memory_limit=128M)
    start_fpm "$(pool shared 'pm.max_children = 1')" "$(pool checked 'pm.max_children = 1')" "$(pool names 'pm.max_children = 1' 'php_admin_value[ffi_zts.shutdown_timeout] = 0.05')" \
        "$(pool set 'pm.max_children = 1' 'pm.max_requests = 1' "${set[@]}")" "$(pool allowed 'pm.max_children = 1' 'pm.max_requests = 1' 'php_admin_value[ffi_zts.allow_runtime_options] = 1' "${set[@]}")" \
        "$(pool twice 'pm.max_children = 1' 'pm.max_requests = 2')"
    expect "holes: options of a page are its own" 'S3CRETS3CRETS3CRET' shared do=own
    expect "holes: the next page has none of them" '' shared do=plain
    expect "holes: nor its tasks" 'refused:*' shared 'do=plain+task'
    expect "holes: a page that has only checked them" '' checked do=checked
    expect "holes: leaves none to the next one" '' checked do=plain
    expect "holes: nor to its tasks" 'refused:*' checked 'do=plain+task'
    for option in nothing no+prepend another+prepend memory_limit no+memory_limit open_basedir no+open_basedir bootstrap user_agent disable_functions; do
        expect "holes: a page does not undo ffi_zts.*: ${option//+/ }" '@(guarded limited confined disabled|refused: FfiZts?PolicyException*)' set "do=undo&option=$option"
    done
    expect "holes: a page does not undo ffi_zts.* by methods" '@(guarded limited confined disabled|refused: FfiZts?PolicyException*)' set 'do=by+methods'
    for option in memory_limit open_basedir; do
        expect "holes: it does where the administrator allows it: ${option//+/ }" '*ESCAPED*' allowed "do=undo&option=$option"
    done
    expect "holes: a page loses a job that has a channel" begun names 'do=lose&name=lost'
    expect "holes: the next page does not find the channel" 'refused:*' names 'do=find&name=lost'
    expect "holes: nor do its tasks" 'refused:*' names 'do=find+in+a+task&name=lost'
    # What the web server disables after the boot is nothing that a running guest could take over.
    for way in task script thread pool bootstrap prepend; do
        cell_of twice "$(query fpm-twice "$way" warm '')"
        PHP_ADMIN_VALUE=disable_functions=shell_exec cell_of twice "$(query fpm-twice "$way" before '')"
        verdict "holes: disabled by the web server after the boot, $way: refused" "$(grep -q '"outcomes":\[\].*PolicyException.*shell_exec' "$WORK/said" || head -c 500 "$WORK/said")"
    done
    stop_fpm
    verdict "holes: no child has crashed" "$(grep -E 'exited on signal (4|6|7|8|11) |SIGSEGV|core dumped' "$WORK/fpm.log" || true)"
}

# blank TEXT LATER: parts/blank.php with open_basedir, from the start and by ini_set().
blank() { timeout -k 1 30 "$PHP" -n -d extension="$EXTENSION" -d ffi_zts.runtime="$RUNTIME" -d open_basedir="$1" -r "$(tail -n +2 "$PAGES/parts/blank.php")" "$ARENA/in/allowed.php" "$2" 2>&1 </dev/null || true; }

# group_of USER: the name of its group.
group_of() { [ -z "$1" ] || id -gn -- "$1"; }

# have_fpm NAME: says when there is none.
have_fpm() {
    if ! find_fpm || ! have cgi-fcgi; then
        skip "$1" "php-fpm and cgi-fcgi are needed (packages php-fpm and libfcgi-bin: scripts/install-deps.sh test)"
        return 1
    fi
}

main() {
    local name minor
    SELECTION=("$@")
    [ -f "$EXTENSION" ] || die "no $EXTENSION: run make build first"
    [ -x "$GIVEN_RUNTIME/bin/php" ] || die "no $GIVEN_RUNTIME/bin/php: run make build first"
    # shellcheck disable=SC2016  # PHP code
    minor='echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;'
    if [ "$("$PHP" -n -r "$minor")" != "$("$GIVEN_RUNTIME/bin/php" -n -r "$minor")" ]; then
        skip policy "host and guest are of different minors: closures do not cross"
        summary
        return
    fi
    prepare
    for name in control cli server fpm boots holes; do
        ! selected "$name" || "check_$name"
    done
    summary
}

main "$@"
