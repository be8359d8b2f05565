#!/usr/bin/env bash
# Requests under php-fpm: private instances on unix sockets, driven with cgi-fcgi.
#
#   scripts/run-fpm.sh [NAME…]      NAME: requests, reloads, recycling, abandoned, pools, disabled, names, options, lines, ends, examples, terminated, graceful
#
# PHP_FPM names the binary (php-fpm8.2 otherwise), FFI_ZTS_EXTENSION the extension, FFI_ZTS_RUNTIME the runtime.
# FFI_ZTS_FPM_REQUESTS (1000) is the number of requests of the checks that count them.
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=scripts/lib/checks.sh
. "$(dirname "$0")/lib/checks.sh"
# shellcheck source=scripts/lib/fpm.sh
. "$(dirname "$0")/lib/fpm.sh"

readonly PAGES=$WORK/pages
readonly EXAMPLES=$WORK/examples
readonly EXTENSION=${FFI_ZTS_EXTENSION:-$FFI_ZTS_ROOT/build/ffi_zts.so}
readonly RUNTIME=$WORK/runtime
readonly REQUESTS=${FFI_ZTS_FPM_REQUESTS:-1000}
# kB that a child may grow by after its first 50 requests.
readonly GROWTH=2048

# copy_files: what children of another user read. They may not get into the checkout, below /root for one.
copy_files() {
    local runtime=${FFI_ZTS_RUNTIME:-$FFI_ZTS_ROOT/build/runtime}
    chmod 0755 "$WORK"
    mkdir -- "$RUNTIME"
    cp -R -- "$FFI_ZTS_ROOT/tests/fpm" "$PAGES"
    cp -R -- "$FFI_ZTS_ROOT/examples" "$EXAMPLES"
    cp -R -- "$runtime/libphp.so" "$runtime/ffi_zts_guest.so" "$runtime/runtime.json" "$runtime/ext" "$RUNTIME"
    chmod -R u=rwX,go=rX "$PAGES" "$EXAMPLES" "$RUNTIME"
}

# reload_fpm: and wait until the new image of the master has its signal handlers: a signal before that would end it.
reload_fpm() {
    local before start=$SECONDS
    before=$(grep -c 'ready to handle connections' "$WORK/fpm.log")
    kill -USR2 "$MASTER"
    while (($(grep -c 'ready to handle connections' "$WORK/fpm.log") == before && SECONDS - start < 15)); do sleep 0.02; done
}

# drive POOL COUNT NAME: requests to page.php by four clients at once; responses in $WORK/NAME.1 … .4, a form feed between them.
drive() {
    local pool=$1 count=$2 name=$3 client pids=()
    for client in 1 2 3 4; do
        (
            for ((n = client; n <= count; n += 4)); do
                printf '\f%s\n' "$n"
                request "$pool" page.php "n=$n" || true
            done
        ) | tr -d '\r' >"$WORK/$name.$client" &
        pids+=($!)
    done
    wait "${pids[@]}"
}

# judge_pages NAME COUNT: prints how a response is not as it should be.
judge_pages() {
    cat "$WORK/$1".[1-4] | awk -v RS='\f' -v count="$2" '
        NR == 1 && $0 == "" {next}
        {
            n = $1
            body = index($0, "\n\n") ? substr($0, index($0, "\n\n") + 2) : ""
            head = substr($0, 1, index($0, "\n\n"))
            wanted = "host " n "\nguest " n "\nbuffered " n "\nstream " n "\nend " n " 0 " 2 * n "\nchild "
            if (substr(body, 1, length(wanted)) != wanted || head !~ /X-Page: yes/ || head ~ /X-Guest/) {
                if (!bad++) printf "response %d is not as it should be: %s", n, substr($0, 1, 300)
            } else good++
        }
        END {if (bad) printf " (%d of %d)\n", bad, count; else if (good != count) printf "%d good responses of %d\n", good, count}'
}

# judge_memory NAME: the children of the responses after their 50th request; prints who has grown. Figures to $WORK/figures.
judge_memory() {
    cat "$WORK/$1".[1-4] | awk -v limit="$GROWTH" -v figures="$WORK/figures" '
        /^child / {
            seen[$2]++
            if (seen[$2] == 50) {early[$2] = $3; threads[$2] = $4; descriptors[$2] = $5}
            if ($3 > late[$2]) late[$2] = $3
            lastthreads[$2] = $4; lastdescriptors[$2] = $5
        }
        END {
            for (child in seen) {
                if (!(child in early)) continue
                grown = late[child] - early[child]
                if (grown > most) most = grown
                measured++
                if (grown > limit) printf "child %d grew by %d kB in %d requests\n", child, grown, seen[child]
                if (lastthreads[child] > threads[child]) printf "child %d went from %d to %d threads\n", child, threads[child], lastthreads[child]
                if (lastdescriptors[child] > descriptors[child]) printf "child %d went from %d to %d descriptors\n", child, descriptors[child], lastdescriptors[child]
            }
            if (!measured) print "no child served 50 requests"
            printf "%d children, at most %d kB\n", measured, most >figures
        }'
}

check_requests() {
    local reason round
    start_fpm "$(pool main 'pm.max_children = 4')"
    drive main "$REQUESTS" steady
    reason=$(judge_pages steady "$REQUESTS")
    verdict "requests: $REQUESTS in 4 children" "$reason" "$WORK/fpm.log"
    reason=$(judge_memory steady)
    verdict "requests: flat memory, threads, descriptors ($(cat "$WORK/figures"))" "$reason"

    # The same again, while the master replaces itself and its children.
    drive main "$REQUESTS" reloaded &
    local driver=$!
    for round in 1 2 3 4 5; do
        sleep 0.8
        reload_fpm
    done
    wait "$driver"
    reason=$(judge_pages reloaded "$REQUESTS")
    verdict "requests: $REQUESTS with $round reloads in between" "$reason" "$WORK/fpm.log"
    reason=$(grep -c 'reloading' "$WORK/fpm.log") || true
    verdict "requests: the master did reload" "$([ "$reason" -ge 5 ] || echo "$reason lines say so")" "$WORK/fpm.log"
    verdict "requests: nothing of a response in the log" "$(grep -m 1 -E 'said into std(out|err)|guest [0-9]' "$WORK/fpm.log" || true)"
    check_stop requests
}

# Twenty reloads with nothing else going on but a booted guest (HAZARDS 13).
check_reloads() {
    local round reason=''
    start_fpm "$(pool main 'pm.max_children = 2')"
    for ((round = 1; round <= 20; round++)); do
        drive main 8 reload
        [ -n "$reason" ] || reason=$(judge_pages reload 8)
        reload_fpm
    done
    verdict "reloads: 20 in a row" "$reason" "$WORK/fpm.log"
    check_stop reloads
}

check_recycling() {
    local reason children
    start_fpm "$(pool main 'pm.max_children = 4' 'pm.max_requests = 20')"
    drive main 400 recycled
    reason=$(judge_pages recycled 400)
    verdict "recycling: 400 requests, a new child after each 20" "$reason" "$WORK/fpm.log"
    children=$(cat "$WORK"/recycled.[1-4] | awk '/^child /{print $2}' | sort -u | wc -l)
    verdict "recycling: $children children took part" "$([ "$children" -ge 15 ] || echo "too few")"
    check_stop recycling
}

# What takes MILLISECONDS on an idle machine may take so many now.
patient() { awk -v limit="$1" -v processors="$(nproc)" '{factor = 2 * $1 / processors; print int(limit * (factor > 1 ? factor : 1))}' /proc/loadavg; }

check_abandoned() {
    local n answer reason='' count=$((REQUESTS / 10)) took slowest=0 before after
    start_fpm "$(pool one 'pm.max_children = 1' 'php_admin_value[ffi_zts.threads] = 3' 'php_admin_value[ffi_zts.shutdown_timeout] = 0.05')"
    for ((n = 1; n <= count; n++)); do
        took=$(date +%s%N)
        answer=$(body one abandon.php "n=$n")
        took=$((($(date +%s%N) - took) / 1000000))
        [ "$took" -le "$slowest" ] || slowest=$took
        # Whatever arrives belongs to this request.
        [[ $answer == "left $n"* ]] || reason="response $n: ${answer:0:200}"
        ! grep -vqE "^(left|write|ignore|soon) $n\$" <<<"$answer" || reason="response $n has something of another request: ${answer:0:300}"
        if ((n % 5 == 0)); then
            answer=$(body one after.php)
            [ "$answer" = $'jobs 0 lost workers 0\nclean' ] || reason="after $n: ${answer:0:200}"
        fi
        [ "$n" -ne 10 ] || before=$(memory VmRSS "$(children_of "$MASTER" | head -n 1)")
        [ -z "$reason" ] || break
    done
    verdict "abandoned: $count requests that left 3 jobs each; nothing gets into the next (slowest $slowest ms)" "$reason" "$WORK/fpm.log"
    verdict "abandoned: a request end is bounded" "$([ "$slowest" -le "$(patient 1500)" ] || echo "$slowest ms")"
    after=$(memory VmRSS "$(children_of "$MASTER" | head -n 1)")
    verdict "abandoned: flat memory (${before:-0} to $after kB)" "$([ "$((after - ${before:-0}))" -le "$GROWTH" ] || echo "grew by $((after - ${before:-0})) kB")"
    check_stop abandoned
}

check_pools() {
    local reason='' answer
    mkdir -p "$WORK/alpha" "$WORK/beta"
    echo 'secret of alpha' >"$WORK/alpha/file"
    echo 'secret of beta' >"$WORK/beta/file"
    chmod -R a+rX "$WORK"
    start_fpm \
        "$(pool alpha 'pm.max_children = 1' "php_admin_value[open_basedir] = $WORK/alpha:$PAGES" 'php_admin_value[disable_functions] = exec')" \
        "$(pool beta 'pm.max_children = 1' "php_admin_value[open_basedir] = $WORK/beta:$PAGES")"
    expect_body() {
        answer=$(body "${@:2}")
        [ "$answer" = "$1" ] || reason+="${*:2}: '${answer:0:200}', not '$1'; "
    }
    expect_body clean alpha state.php do=see
    expect_body set alpha state.php do=set
    expect_body clean alpha state.php do=see
    expect_body clean beta state.php do=see
    verdict "pools: no state from request to request, nor from pool to pool" "$reason" "$WORK/fpm.log"
    reason=''
    expect_body 'secret of alpha' alpha state.php "do=read&file=$WORK/alpha/file"
    expect_body refused alpha state.php "do=read&file=$WORK/beta/file"
    expect_body 'secret of beta' beta state.php "do=read&file=$WORK/beta/file"
    expect_body refused beta state.php "do=read&file=$WORK/alpha/file"
    verdict "pools: each has its own open_basedir" "$reason" "$WORK/fpm.log"
    check_stop pools
}

# What php.ini disables, what a pool adds to it and what a web server adds to that: all of it is disabled in jobs.
check_disabled() {
    local reason='' answer names='functions=exec+system+passthru+strlen&classes=SplFileObject+SplTempFileObject+SplQueue+ArrayObject' kept='strlen ArrayObject'
    # classes of 8.5 cannot be disabled.
    ! "$FPM" -n -v | grep -qE '^PHP (8\.[5-9]|9)' || kept='strlen SplFileObject SplTempFileObject SplQueue ArrayObject'
    expect_everywhere() {
        [ "$answer" = "page: $2"$'\n'"script: $2"$'\n'"task: $2" ] || reason+="$1: ${answer:0:400}; "
    }
    DEFINES=(-d disable_functions=exec -d disable_classes=SplFileObject)
    start_fpm \
        "$(pool one 'pm.max_children = 1' 'php_admin_value[disable_functions] = system' 'php_admin_value[disable_classes] = SplTempFileObject')" \
        "$(pool two 'pm.max_children = 1')"
    DEFINES=()
    answer=$(PHP_ADMIN_VALUE=$'disable_functions=passthru\ndisable_classes=SplQueue' body one disabled.php "$names")
    expect_everywhere 'php.ini, pool and web server' "$kept"
    answer=$(body one disabled.php "$names")
    expect_everywhere 'the next request' "$kept"
    answer=$(body two disabled.php 'functions=exec+system&classes=ArrayObject')
    expect_everywhere 'a pool that adds nothing' 'system ArrayObject'
    answer=$(PHP_ADMIN_VALUE='disable_functions=system' body two disabled.php 'functions=exec&classes=ArrayObject')
    [[ $answer == 'refused: '*disable_functions*system* ]] || reason+="after the boot: ${answer:0:300}; "
    verdict "disabled: what php.ini, a pool and a web server disable one after the other is disabled in jobs" "$reason" "$WORK/fpm.log"
    check_stop disabled
}

check_options() {
    local answer
    start_fpm "$(pool strict 'pm.max_children = 1' 'php_admin_value[user_agent] = pool' 'php_admin_value[memory_limit] = 64M')" \
        "$(pool lax 'pm.max_children = 1' 'php_admin_value[user_agent] = pool' 'php_admin_value[ffi_zts.allow_runtime_options] = 1')"
    answer=$(body strict options.php)
    verdict "options: a page may not choose native code" "$([ "$(grep -c ' FfiZts.PolicyException$' <<<"$answer")" -eq 10 ] && grep -q '^threads accepted 0' <<<"$answer" || echo "$answer")" "$WORK/fpm.log"
    verdict "options: a page sets what ini_set() may, and what tunes opcache" \
        "$([ "$(grep ' accepted$' <<<"$answer" | tr '\n' ' ')" = 'precision accepted opcache.memory_consumption accepted ' ] || echo "$answer")" "$WORK/fpm.log"
    answer=$(body strict limit.php)
    verdict "options: a memory limit of the pool's is one for jobs" \
        "$([ "$answer" = $'page may not\nscript may not 64M\ntask may not' ] || echo "$answer")" "$WORK/fpm.log"
    answer=$(body lax options.php)
    verdict "options: where the administrator allows it, it may" "$(! grep PolicyException <<<"$answer" && grep -q '^threads accepted 0' <<<"$answer" || echo "$answer")" "$WORK/fpm.log"
    check_stop options
}

# What tasks keep has ended with the request: its channels are not there for the next one (HAZARDS 24).
check_names() {
    local round met=0
    start_fpm "$(pool main 'pm.max_children = 1')"
    for ((round = 1; round <= 60; round++)); do
        [ "$(body main names.php)" = made ] || met=$((met + 1))
    done
    verdict "names: 60 requests, none meets the channel of the one before" "$([ "$met" -eq 0 ] || echo "$met did")" "$WORK/fpm.log"
    body main names.php hang=1 >"$WORK/hang"
    verdict "names: a destructor without an end does not keep the next request waiting" \
        "$(body main names.php >"$WORK/after"; [ "$(cat "$WORK/after")" = made ] || echo "the answer is $(cat "$WORK/after") after $(cat "$WORK/hang")")" "$WORK/fpm.log"
    body main names.php lost=1 >"$WORK/lost"
    verdict "names: a job that was lost keeps no name from the next request" \
        "$(body main names.php >"$WORK/after"; [ "$(cat "$WORK/lost" "$WORK/after")" = leftmade ] || echo "the answers are $(cat "$WORK/lost") and $(cat "$WORK/after")")" "$WORK/fpm.log"
    check_stop names
}

check_lines() {
    local start took reason
    start_fpm "$(pool main 'pm.max_children = 1')"
    start=$(date +%s%N)
    body main lines.php >"$WORK/lines"
    took=$((($(date +%s%N) - start) / 1000000))
    awk 'BEGIN {for (i = 1; i <= 200000; i++) print "line " i " of the guest"}' >"$WORK/wanted"
    reason=$(cmp "$WORK/lines" "$WORK/wanted" 2>&1 | grep -v '^guest' || true)
    verdict "lines: 200,000 arrive whole ($took ms)" "$reason"
    check_stop lines
}

check_ends() {
    local answer wanted=$'throw DomainException\nfatal FfiZts\\ScriptException\nexit 3' n reason=''
    start_fpm "$(pool main 'pm.max_children = 1')"
    for n in 1 2 3 4 5; do
        answer=$(body main throws.php)
        [ "$answer" = "$wanted" ] || reason="round $n: $answer"
    done
    verdict "ends: exception, fatal error and exit of a guest leave the child alone" "$reason" "$WORK/fpm.log"
    check_stop ends
}

# The pages of examples/, several times in each child: the second time finds a warm guest.
check_examples() {
    local n answer reason='' expected=$FFI_ZTS_ROOT/tests/examples
    mkdir -p "$WORK/shop"
    chmod 0777 "$WORK/shop"
    start_fpm "$(pool main 'pm.max_children = 2')"
    for ((n = 1; n <= 20; n++)); do
        answer=$(SHOP_DATABASE=$WORK/shop/shop.sqlite body main "$EXAMPLES/fpm-queries.php")
        [ "$answer" = "$(cat "$expected/fpm-queries.out")" ] || reason="request $n: ${answer:0:300}"
    done
    answer=$(SHOP_DATABASE=$WORK/shop/shop.sqlite body main "$EXAMPLES/fpm-queries.php" customer=2)
    [[ $answer == *'revenue: 49700'* ]] || reason+=" customer 2: ${answer:0:300}"
    verdict "examples: three queries at once, 20 requests" "$reason" "$WORK/fpm.log"
    answer=$(body main "$EXAMPLES/fpm-page.php")
    verdict "examples: the page with a script" "$([ "$answer" = "$(cat "$expected/fpm-page.out")" ] || echo "${answer:0:300}")" "$WORK/fpm.log"
    check_stop examples
}

# FPM ends a child whose request takes too long by SIGTERM; the others go on.
check_terminated() {
    local start=$SECONDS reason=''
    start_fpm "$(pool main 'pm.max_children = 2' 'request_terminate_timeout = 1s')"
    body main wait.php seconds=20 >"$WORK/terminated" || true
    ((SECONDS - start <= 6)) || reason="took $((SECONDS - start)) s; "
    ! grep -q after "$WORK/terminated" || reason+="the request went on; "
    logged 'exited on signal 15' || reason+="the log does not say that a child was terminated; "
    [[ $(body main page.php n=1) == *'end 1 0 2'* ]] || reason+="the next request failed"
    verdict "terminated: request_terminate_timeout ends a child that waits for a job" "$reason" "$WORK/fpm.log"
    kill -QUIT "$MASTER"
    wait "$MASTER" || true
}

# SIGQUIT while a job runs: the response is finished first.
check_graceful() {
    local reason
    start_fpm "$(pool main 'pm.max_children = 2')"
    body main wait.php seconds=1.5 >"$WORK/graceful" &
    local client=$!
    sleep 0.7
    stop_fpm
    reason=$REASON
    wait "$client" || true
    [ "$(cat "$WORK/graceful")" = $'before\nwaited\nafter 0' ] || reason+=" the response is '$(cat "$WORK/graceful")'"
    verdict "graceful: SIGQUIT lets a request finish that waits for a job" "$reason" "$WORK/fpm.log"
}

main() {
    local name
    SELECTION=("$@")
    [ -f "$EXTENSION" ] || die "no $EXTENSION: run make build first"
    if ! find_fpm || ! have cgi-fcgi; then
        say "php-fpm and cgi-fcgi are needed (packages php-fpm and libfcgi-bin: scripts/install-deps.sh test)"
        skip fpm "not installed"
        summary
        return
    fi
    copy_files
    for name in requests reloads recycling abandoned pools disabled names options lines ends examples terminated graceful; do
        ! selected "$name" || "check_$name"
    done
    summary
}

main "$@"
