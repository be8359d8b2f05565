--TEST--
Promise 8, hazard 13: a signal handler that forks during a wait: in the child the wait ends with an error and the child ends; the parent waits on
--EXTENSIONS--
posix
pcntl
--SKIPIF--
<?php require __DIR__ . '/../support.inc'; if (other_minor()) die('skip ' . other_minor()); ?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\Channel;
use FfiZts\Future;

use function FfiZts\select;

$vm = FfiZts::boot(['threads' => 4, 'shutdown_timeout' => 60]);
$parent = getmypid();
$number = 0;
$gate = static function () use (&$number): string { return tmp('gate' . $number); };
$child = null;
$fork = function () use (&$child, $gate) {
    if ($child === null && ($child = pcntl_fork()) !== 0) {
        touch($gate());
    }
};
pcntl_async_signals(true);
// Signals come until one finds the host in a wait, which is where the handler was called from.
pcntl_signal(SIGUSR1, function () use ($fork): void {
    $caller = debug_backtrace()[1] ?? [];
    if (str_starts_with(($caller['class'] ?? '') . ($caller['function'] ?? ''), 'FfiZts')) {
        $fork();
    }
});

$waiting = script('touch("$argv[1]-runs"); while (!file_exists($argv[1])) { usleep(500); clearstatcache(); } echo $argv[2] ?? ""; return "value";');
$after = static function (string $gate, ?Closure $do = null) {
    while (!file_exists($gate)) {
        usleep(500);
        clearstatcache();
    }
    return $do ? $do() : "value";
};
$endless = static function (string $gate) {
    touch("$gate-runs");
    try {
        while (true);
    } finally {
        while (!file_exists($gate)) {
            clearstatcache();
        }
    }
};
$running = static function (callable $start) use ($gate): Future {
    $future = $start();
    appears($gate() . '-runs');
    return $future;
};
$channel = new Channel(0);
$cells = new FfiZts\SharedBuffer(64);
$thread = $vm->thread();
$killed = $vm->thread();
$pool = $vm->pool(2);

$waits = [
    'runScript' => fn () => $vm->runScript($waiting, [$gate()])->value,
    'await, script' => fn () => $vm->startScript($waiting, [$gate()])->await()->value,
    'await, task' => fn () => $vm->run($after, [$gate()])->await(60),
    'awaitAll' => fn () => Future::awaitAll([$vm->run($after, [$gate()])]),
    'awaitFirst' => fn () => Future::awaitFirst([$vm->run($after, [$gate()])]),
    'awaitAny' => fn () => Future::awaitAny([$vm->run($after, [$gate()])]),
    'select' => fn () => select(['future' => $vm->run($after, [$gate()]), 'channel' => $channel]),
    'recv' => fn () => [$vm->run($after, [$gate(), static fn () => $channel->send('sent')]), $channel->recv()][1],
    'send' => fn () => [$got = $vm->run($after, [$gate(), static fn () => $channel->recv()]), $channel->send(['received']), $got->await()][2],
    'SharedBuffer' => fn () => [$vm->run($after, [$gate(), static fn () => [$cells->atomicStore(8, 1), $cells->notify(8)]]), $cells->wait(8, 0)][1],
    'map' => fn () => $pool->map([$gate(), $gate()], $after),
    'cancel' => fn () => $running(fn () => $vm->run($endless, [$gate()]))->cancel(60),
    'close' => fn () => [$thread->run($after, [$gate()]), $thread->close()][1],
    'kill' => fn () => [$running(fn () => $killed->run($endless, [$gate()])), $killed->kill()][1],
    'output callback' => function () use ($vm, $waiting, $gate, $fork, $parent) {
        touch($gate());
        ob_start(function ($text) use ($fork, $parent) { $fork(); return getmypid() === $parent ? $text : ''; }, 1);
        try {
            return $vm->runScript($waiting, [$gate(), 'text'])->value;
        } finally {
            ob_end_flush();
        }
    },
    'shutdown' => fn () => [$running(fn () => $vm->startScript($waiting, [$gate()])), $vm->shutdown()][1],
];
foreach ($waits as $name => $wait) {
    $number++;
    $child = null;
    $kick = $name === 'output callback' ? null : proc_open(['sh', '-c', 'until [ -e "$0" ]; do kill -USR1 "$1" || exit; sleep 0.005; done', $gate(), (string) $parent], [], $pipes);
    try {
        $said = str_replace("\n", '', json_encode($wait()));
    } catch (FfiZts\Error $e) {
        $said = str_contains($e->getMessage(), 'fork') || str_contains($e->getMessage(), 'the child of one that had booted') ? 'says why' : $e->getMessage();
    } catch (Throwable $e) {
        $said = $e::class . ': ' . $e->getMessage();
    }
    if (getmypid() !== $parent) {
        file_put_contents(tmp("child$number"), $said);
        exit(3);
    }
    if ($kick) {
        proc_close($kick);
    }
    until(fn () => $child !== null, 'the handler runs');
    $end = microtime(true) + 5 * patience();
    while (($pid = pcntl_waitpid($child, $status, WNOHANG)) === 0 && microtime(true) < $end) {
        usleep(500);
    }
    if ($pid === 0) {
        posix_kill($child, SIGKILL);
        pcntl_waitpid($child, $status);
    }
    printf("%s: %s; child: %s, %s\n", $name, $said, @file_get_contents(tmp("child$number")),
        pcntl_wifexited($status) ? 'exit ' . pcntl_wexitstatus($status) : 'hangs');
}
?>
--EXPECT--
runScript: "value"; child: says why, exit 3
await, script: "value"; child: says why, exit 3
await, task: "value"; child: says why, exit 3
awaitAll: [[],["value"]]; child: says why, exit 3
awaitFirst: "value"; child: says why, exit 3
awaitAny: "value"; child: says why, exit 3
select: ["future"]; child: says why, exit 3
recv: "sent"; child: says why, exit 3
send: ["received"]; child: says why, exit 3
SharedBuffer: true; child: says why, exit 3
map: ["value","value"]; child: says why, exit 3
cancel: true; child: says why, exit 3
close: null; child: says why, exit 3
kill: null; child: says why, exit 3
textoutput callback: "value"; child: says why, exit 3
shutdown: null; child: says why, exit 3
