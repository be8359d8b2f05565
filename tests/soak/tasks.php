<?php

// Tasks of every kind in one process, for as many rounds as it takes to be sure that nothing is left behind.
//
//   php tests/soak/tasks.php [ROUNDS [JIT]]     100 rounds by default; JIT: opcache in the guest, with what opcache.jit says
//
// A hundred rounds are 1,000,000 tasks, 100,000 of them failing, 10,000 that are cancelled and 10,000 workers that start anew, with
// channels in between. Every result is checked. The first tenth of the rounds warms up; from then to the end the resident memory
// may grow by 5 MB, and descriptors and threads must be the same. Ends with a line of counts; the status is 0 when nothing was wrong.

declare(strict_types=1);

namespace FfiZts\Soak;

use FfiZts\CancelledException;
use FfiZts\Channel;
use FfiZts\Future;
use FfiZts\Pool;
use FfiZts\ScriptException;
use FfiZts\Thread;
use FfiZts\TimeoutException;
use FfiZts\TransferException;
use FfiZts\Vm;

require __DIR__ . '/parts/Ledger.php';

/** Tasks that are under way at once. */
const BATCH = 250;
/** Tasks after which a worker of the recycled pool starts anew. */
const LIFE = 50;
/** Seconds that anything may take. */
const PATIENCE = 60.0;

/** What host and worker both compute. */
function answer(int $i): array
{
    return [$i, "task $i", $i / 8, $i % 2 === 0, ['nested' => [$i, null, "\0$i"]]];
}

/**
 * @param callable(int): Future       $start
 * @param callable(int, Future): void $check
 */
function batch(int $count, callable $start, callable $check): void
{
    for ($first = 0; $first < $count; $first += BATCH) {
        $futures = [];
        for ($i = $first; $i < min($count, $first + BATCH); $i++) {
            $futures[$i] = $start($i);
        }
        foreach ($futures as $i => $future) {
            $check($i, $future);
        }
    }
}

/** On the workers of the VM: arguments, captured values, objects, output, and tasks of tasks. */
function plain(Ledger $ledger, Vm $vm): void
{
    $captured = ['a' => 1, 'b' => [2, 3]];
    $tasks = [
        static fn(int $i): array => [$i, "task $i", $i / 8, $i % 2 === 0, ['nested' => [$i, null, "\0$i"]]],
        static fn(int $i): array => [...$captured, 'i' => $i],
        static fn(int $i): \ArrayObject => new \ArrayObject([$i, 'b' => $captured]),
        static fn(int $i): string => str_repeat(chr(97 + $i % 26), $i % 5000),
        static fn(int $i): int => \FfiZts::boot()->run(static fn(int $j): int => 2 * $j, [$i])->await(),
    ];
    $wanted = [
        answer(...),
        static fn(int $i): array => ['a' => 1, 'b' => [2, 3], 'i' => $i],
        static fn(int $i): \ArrayObject => new \ArrayObject([$i, 'b' => $captured]),
        static fn(int $i): string => str_repeat(chr(97 + $i % 26), $i % 5000),
        static fn(int $i): int => 2 * $i,
    ];
    // One in fifty starts another one.
    $kind = static fn(int $i): int => $i % 50 === 49 ? 4 : $i % 4;
    batch(4900, static fn(int $i): Future => $vm->run($tasks[$kind($i)], [$i]), static function (int $i, Future $future) use ($ledger, $wanted, $kind): void {
        $ledger->tasks($kind($i) === 4 ? 2 : 1);
        $ledger->same("plain $i", $future->await(PATIENCE), $wanted[$kind($i)]($i));
    });

    ob_start();
    batch(100, static fn(int $i): Future => $vm->run(static function (int $i): void {
        echo "line $i\n";
    }, [$i]), static function (int $i, Future $future) use ($ledger): void {
        $ledger->tasks();
        $ledger->same('nothing', $future->await(PATIENCE), null);
    });
    $lines = explode("\n", rtrim((string) ob_get_clean(), "\n"));
    sort($lines, SORT_NATURAL);
    $ledger->same('output', $lines, array_map(static fn(int $i): string => "line $i", range(0, 99)));
}

/** A pool whose workers start anew after so many tasks. */
function recycled(Ledger $ledger, Pool $pool): void
{
    $task = static function (int $i): array {
        $GLOBALS['tasks'] = ($GLOBALS['tasks'] ?? 0) + 1;
        return [$i, $GLOBALS['tasks']];
    };
    batch(3000, static fn(int $i): Future => $pool->submit($task, [$i]), static function (int $i, Future $future) use ($ledger): void {
        [$same, $age] = $future->await(PATIENCE);
        $ledger->tasks();
        $ledger->same('recycled', [$same, $age >= 1 && $age <= LIFE], [$i, true]);
        $ledger->recycled($age === 1 ? 1 : 0);
    });
}

/** A pool whose workers start anew because they hold too much. */
function bloated(Ledger $ledger, Pool $pool): void
{
    for ($i = 0; $i < 10; $i++) {
        $age = $pool->submit(static function (): int {
            $GLOBALS['held'][] = str_repeat('x', 6 << 20);
            return count($GLOBALS['held']);
        })->await(PATIENCE);
        $ledger->tasks();
        $ledger->same('held', $age, 1);
        $ledger->recycled();
    }
}

/** Threads and pools that live for a few tasks. */
function opened(Ledger $ledger, Vm $vm): void
{
    for ($i = 0; $i < 30; $i++) {
        $thread = $i % 3 === 0 ? $vm->pool(1) : $vm->thread();
        $run = $thread instanceof Pool ? $thread->submit(...) : $thread->run(...);
        $futures = array_map(static fn(int $j): Future => $run(static fn(int $j): int => $j + 1, [$j]), range(1, 20));
        if ($i % 2 === 0) {
            $thread->close(PATIENCE);
        }
        foreach ($futures as $j => $future) {
            $ledger->tasks();
            $ledger->same('a short life', $future->await(PATIENCE), $j + 2);
        }
        if ($i % 5 === 4) {
            $thread->kill();
        }
        unset($thread, $run, $futures);
        $ledger->recycled();
    }
}

/** In order on one thread; and many items through a pool, with order and keys kept. */
function ordered(Ledger $ledger, Thread $thread, Pool $pool): void
{
    $thread->run(static function (): void {
        $GLOBALS['last'] = -1;
    })->await(PATIENCE);
    $ledger->tasks();
    batch(1000, static fn(int $i): Future => $thread->run(static fn(int $i): bool => ++$GLOBALS['last'] === $i, [$i]), static function (int $i, Future $future) use ($ledger): void {
        $ledger->tasks();
        $ledger->same("order of $i", $future->await(PATIENCE), true);
    });
    $items = [];
    for ($i = 0; $i < 5000; $i++) {
        $items[$i % 3 === 0 ? "key $i" : 7 * $i] = $i;
    }
    $ledger->same('map', $pool->map($items, static fn(int $i): int => $i * $i), array_map(static fn(int $i): int => $i * $i, $items));
}

/** Values through a rendezvous and through a buffer, to a worker and back. */
function channels(Ledger $ledger, Thread $thread): void
{
    foreach ([0, 16] as $capacity) {
        [$there, $back] = [new Channel($capacity), new Channel($capacity)];
        $echo = $thread->run(static function (Channel $there, Channel $back): int {
            $count = 0;
            foreach ($there as $value) {
                $back->send([$value]);
                $count++;
            }
            $back->close();
            return $count;
        }, [$there, $back]);
        for ($i = 0; $i < 200; $i++) {
            $there->send(answer($i), PATIENCE);
            $ledger->same('echo', $back->recv(PATIENCE), [answer($i)]);
        }
        $there->close();
        $ledger->tasks();
        $ledger->same('echoes', $echo->await(PATIENCE), 200);
    }
}

/** What else a host does with futures: streams, select, dropping them, limits, shared memory; and closures that are new each time. */
function futures(Ledger $ledger, Vm $vm): void
{
    for ($i = 0; $i < 100; $i++) {
        $future = $vm->run(static fn(int $i): int => $i, [$i]);
        [$ready, $none] = [[$future->getStream()], null];
        $ledger->same('readable', stream_select($ready, $none, $none, (int) PATIENCE), 1);
        $ledger->same('of a stream', $future->await(), $i);

        $channel = new Channel(1);
        $both = [$channel, $vm->run(static fn(Channel $channel, int $i) => $channel->send($i), [$channel, $i])];
        $ledger->same('select', \FfiZts\select($both, PATIENCE) !== [], true);
        $ledger->same('selected', $channel->recv(PATIENCE), $i);

        $vm->run(static fn(): string => 'nobody asks');

        $buffer = new \FfiZts\SharedBuffer(65536);
        $sums = array_map(static fn(int $by): Future => $vm->run(static fn(\FfiZts\SharedBuffer $buffer): int => $buffer->atomicAdd(8, $by), [$buffer]), [$i, 1]);
        Future::awaitAll($sums, PATIENCE);
        $ledger->same('shared', $buffer->atomicLoad(8), $i + 1);

        $ledger->tasks(5);
    }
    // A few: PHP keeps what it has compiled.
    for ($i = 0; $i < 3; $i++) {
        $new = eval("return static fn(): array => [$i, 'new'];");
        $ledger->same('new code', $vm->run($new)->await(PATIENCE), [$i, 'new']);
        $ledger->tasks();
    }
    $gate = new Channel();
    $late = $vm->run(static fn(Channel $gate): mixed => $gate->recv(), [$gate]);
    $ledger->throws('a short wait', static fn() => $late->await(0.001), static fn(\Throwable $e): bool => $e instanceof TimeoutException);
    $gate->send('open', PATIENCE);
    $ledger->same('its end', $late->await(PATIENCE), 'open');
    $limited = $vm->run(static function (): void {
        while (true) {
        }
    }, [], timeout: 0.01);
    $ledger->throws('a limit', static fn() => $limited->await(PATIENCE), static fn(\Throwable $e): bool => $e instanceof TimeoutException);
    $ledger->tasks(2);
}

/** Tasks that throw, die, leave or give what cannot cross. */
function failing(Ledger $ledger, Vm $vm, Pool $pool): void
{
    $tasks = [
        static fn(int $i) => throw new \DomainException("thrown $i", $i, new \LogicException('before')),
        static fn(int $i) => throw new \DomainException("thrown $i", $i, new \LogicException('before')),
        static fn(int $i) => @trigger_error("fatal $i", E_USER_ERROR),
        static fn(int $i) => exit($i % 100),
        static fn(int $i) => ['pdo' => new \PDO('sqlite::memory:')],
    ];
    $wanted = [
        static fn(int $i, \Throwable $e): bool => $e instanceof \DomainException && $e->getMessage() === "thrown $i" && $e->getPrevious()?->getMessage() === 'before',
        static fn(int $i, \Throwable $e): bool => $e instanceof \DomainException && $e->getCode() === $i,
        static fn(int $i, \Throwable $e): bool => $e instanceof ScriptException && $e->getMessage() === "fatal $i",
        static fn(int $i, \Throwable $e): bool => $e instanceof ScriptException && $e->getCode() === $i % 100,
        static fn(int $i, \Throwable $e): bool => $e instanceof TransferException && str_contains($e->getMessage(), 'pdo'),
    ];
    batch(950, static function (int $i) use ($vm, $pool, $tasks): Future {
        return $i % 2 === 0 ? $vm->run($tasks[$i % 5], [$i]) : $pool->submit($tasks[$i % 5], [$i]);
    }, static function (int $i, Future $future) use ($ledger, $wanted): void {
        $ledger->failed();
        $ledger->throws("failing $i", static fn() => $future->await(PATIENCE), static fn(\Throwable $e): bool => $wanted[$i % 5]($i, $e));
    });
    for ($i = 0; $i < 50; $i++) {
        $ledger->failed();
        $refused = static fn() => $vm->run(static fn(mixed $value): int => 1, [['deep' => (static fn() => yield 1)()]]);
        $ledger->throws('a refused argument', $refused, static fn(\Throwable $e): bool => $e instanceof TransferException && str_contains($e->getMessage(), 'Generator'));
    }
}

/** Running tasks, sleeping ones, ones that wait for a channel, and queued ones. */
function cancelled(Ledger $ledger, Thread $thread): void
{
    $never = new Channel();
    $tasks = [
        static function (): void {
            while (true) {
            }
        },
        static fn(): int => usleep(30_000_000) ?? 0,
        static fn(Channel $never): mixed => $never->recv(),
    ];
    for ($i = 0; $i < 50; $i++) {
        $started = new Channel(1);
        $running = $thread->run(static function (Channel $started, Channel $never, \Closure $task): void {
            $started->send(true);
            $task($never);
        }, [$started, $never, $tasks[$i % 3]]);
        $queued = $thread->run(static fn(): int => 1);
        $started->recv(PATIENCE);
        foreach ([$queued, $running] as $future) {
            $ledger->cancelled();
            $ledger->same("cancel $i", $future->cancel(), true);
            $ledger->throws("cancelled $i", static fn() => $future->await(PATIENCE), static fn(\Throwable $e): bool => $e instanceof CancelledException);
        }
    }
    $ledger->tasks();
    $ledger->same('after the cancels', $thread->run(static fn(): string => 'alive')->await(PATIENCE), 'alive');
}

/** Ends the requests of the VM's workers, both at once, so that they hold the same at the end of every round. */
function settle(Ledger $ledger, Vm $vm): void
{
    $meeting = new Channel();
    $tasks = [
        static fn(Channel $meeting): never => exit((int) $meeting->recv()),
        static fn(Channel $meeting): never => exit((int) $meeting->send(1)),
    ];
    foreach (array_map(static fn(\Closure $task): Future => $vm->run($task, [$meeting]), $tasks) as $future) {
        $ledger->throws('leaving', static fn() => $future->await(PATIENCE), static fn(\Throwable $e): bool => $e instanceof ScriptException);
    }
}

$rounds = max(1, (int) ($argv[1] ?? 100));
$ini = ['display_errors' => '0', 'log_errors' => '0', 'memory_limit' => '64M'];
$opcache = ['opcache.enable' => '1', 'opcache.enable_cli' => '1', 'opcache.jit' => $argv[2] ?? '', 'opcache.jit_buffer_size' => '64M'];
$extensions = ['pdo_sqlite']; // a task has an object that cannot cross
$vm = \FfiZts::boot(($argv[2] ?? '') === ''
    ? ['threads' => 2, 'ini' => $ini, 'extensions' => $extensions]
    : ['threads' => 2, 'ini' => $ini + $opcache, 'extensions' => [...$extensions, 'opcache']]);
$ledger = new Ledger($vm, $rounds);
for ($round = 1; $round <= $rounds; $round++) {
    $lasting = $vm->pool(2);
    $young = $vm->pool(2, null, LIFE);
    $small = $vm->pool(1, null, 0, 4 << 20);
    $thread = $vm->thread();
    $ledger->stage('plain', static fn() => plain($ledger, $vm));
    $ledger->stage('recycled', static fn() => recycled($ledger, $young));
    $ledger->stage('bloated', static fn() => bloated($ledger, $small));
    $ledger->stage('opened', static fn() => opened($ledger, $vm));
    $ledger->stage('ordered', static fn() => ordered($ledger, $thread, $lasting));
    $ledger->stage('channels', static fn() => channels($ledger, $thread));
    $ledger->stage('futures', static fn() => futures($ledger, $vm));
    $ledger->stage('failing', static fn() => failing($ledger, $vm, $lasting));
    $ledger->stage('cancelled', static fn() => cancelled($ledger, $thread));
    foreach ([$lasting, $young, $small, $thread] as $lane) {
        $lane->close(PATIENCE);
    }
    unset($lane, $lasting, $young, $small, $thread);
    settle($ledger, $vm);
    $ledger->round($round);
}
exit($ledger->close());
