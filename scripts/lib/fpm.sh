# shellcheck shell=bash
# shellcheck disable=SC2153  # EXTENSION, PAGES and RUNTIME are the script's
# For test scripts that start instances of php-fpm. Sourced after checks.sh, never run. The script sets EXTENSION, RUNTIME, and PAGES,
# where its pages are.

FPM=${PHP_FPM:-}
MASTER='' REASON=''
# Settings of the whole instance, as -d takes them.
DEFINES=()
# Whose the processes of pools are, as root.
POOL_USER=www-data POOL_GROUP=www-data

find_fpm() {
    local file
    [ -z "$FPM" ] || return 0
    for file in "php-fpm$(php -n -r 'echo PHP_MAJOR_VERSION . "." . PHP_MINOR_VERSION;')" php-fpm; do
        FPM=$(command -v "$file" || command -v "/usr/sbin/$file") && return 0
    done
    return 1
}

# pool NAME [LINE…]: a pool's part of the configuration. As root, its processes belong to POOL_USER.
pool() {
    local name=$1 user=''
    shift
    if [ "$(id -u)" -eq 0 ]; then printf -v user 'user = %s\ngroup = %s\nlisten.owner = root' "$POOL_USER" "$POOL_GROUP"; fi
    printf '[%s]\n%s\nlisten = %s/%s.sock\nlisten.backlog = 511\npm = static\ncatch_workers_output = yes\n' "$name" "$user" "$WORK" "$name"
    printf 'php_admin_value[ffi_zts.runtime] = %s\n' "$RUNTIME"
    printf '%s\n' "$@"
}

# start_fpm POOL-CONFIGURATION…: an instance with nothing of the system's configuration. Sets MASTER.
start_fpm() {
    local tries=0
    rm -f -- "$WORK"/*.sock "$WORK"/fpm.log "$WORK"/fpm.out
    {
        printf '[global]\npid = %s/fpm.pid\nerror_log = %s/fpm.log\nlog_level = notice\ndaemonize = no\nprocess_control_timeout = 10s\n' "$WORK" "$WORK"
        printf '%s\n' "$@"
    } >"$WORK/fpm.conf"
    "$FPM" -n -F -y "$WORK/fpm.conf" -d extension="$EXTENSION" -d date.timezone=UTC \
        -d ffi_zts.extensions=host,mbstring,pdo_sqlite "${DEFINES[@]}" >"$WORK/fpm.out" 2>&1 &
    MASTER=$!
    CHILDREN+=("$MASTER")
    until grep -q 'ready to handle connections' "$WORK/fpm.log" 2>/dev/null; do
        sleep 0.05
        tries=$((tries + 1))
        if [ "$tries" -gt 200 ] || ! kill -0 "$MASTER" 2>/dev/null; then
            cat "$WORK/fpm.out" "$WORK/fpm.log" >&2 || true
            die "php-fpm did not start"
        fi
    done
}

# logged PATTERN: the master's log has such a line, or gets it: a client can see the end of a child before the master does.
logged() {
    local tries=0
    until grep -q -- "$1" "$WORK/fpm.log"; do
        ((++tries <= 200)) || return 1
        sleep 0.05
    done
}

# stop_fpm: gracefully. REASON becomes why that was not what it should be: the exit status, or a child that died of something.
stop_fpm() {
    local status=0 child children=() start=$SECONDS
    mapfile -t children < <(children_of "$MASTER")
    kill -QUIT "$MASTER"
    while kill -0 "$MASTER" 2>/dev/null && ((SECONDS - start < 15)); do sleep 0.05; done
    if kill -0 "$MASTER" 2>/dev/null; then
        stop_child "$MASTER"
        for child in "${children[@]}"; do kill -KILL "$child" 2>/dev/null || true; done
        REASON="the master did not end within 15 s"
        return
    fi
    wait "$MASTER" || status=$?
    REASON=$(bad_exits)
    [ "$status" -eq 0 ] || REASON="the master ended with status $status $REASON"
}

# check_stop NAME: the instance ends as it should.
check_stop() {
    stop_fpm
    verdict "$1: graceful end, all children with code 0" "$REASON" "$WORK/fpm.log"
}

# bad_exits: what the log says about children that did not end well.
bad_exits() { grep -E 'exited on signal|exited with code [1-9]|SIGSEGV|core dumped|ERROR' "$WORK/fpm.log" | head -n 3 || true; }

# request POOL PAGE [QUERY]: the response, header and body. PAGE is a file of tests/fpm, or a path.
request() {
    local page=$2
    [[ $page == /* ]] || page=$PAGES/$page
    SCRIPT_FILENAME=$page SCRIPT_NAME=/${page##*/} REQUEST_METHOD=GET QUERY_STRING=${3:-} SERVER_PROTOCOL=HTTP/1.1 \
        timeout -k 1 30 cgi-fcgi -bind -connect "$WORK/$1.sock" 2>&1
}

# body POOL PAGE [QUERY]: the same without the header. A request that fails is one without the body that is expected.
body() { { request "$@" || true; } | tr -d '\r' | sed '1,/^$/d'; }

