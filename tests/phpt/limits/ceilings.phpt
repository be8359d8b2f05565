--TEST--
The administrator's ceilings hold for the whole process, whichever way is taken; what passes them is an exception that names the setting, and nothing is lost
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--INI--
memory_limit=-1
ffi_zts.max_threads=3
ffi_zts.max_queued_memory=8M
ffi_zts.max_shared_memory=4M
--FILE--
<?php
require __DIR__ . '/../support.inc';

/** The class of what is thrown, and the setting that it names. */
function refused(callable $do): string
{
    try {
        $do();
    } catch (Throwable $refused) {
        return basename(strtr($refused::class, '\\', '/')) . preg_replace('/^.*?(ffi_zts\.max_\w+ allows \d+|no memory|$).*$/s', ' $1', $refused->getMessage());
    }
    return 'nothing';
}

$vm = FfiZts::boot(['threads' => 1]);
$large = str_repeat('a', 9 << 20);

echo "memory on its way\n";
echo $vm->run('strlen', [substr($large, 0, 7 << 20)])->await(), "\n";
echo 'argument: ', refused(fn () => $vm->run('strlen', [$large])), "\n";
echo 'inside of an argument: ', refused(fn () => $vm->run('count', [['before' => [1.5, 'two'], 'large' => (object) ['of' => [$large]], 'after' => range(1, 99)]])), "\n";
echo 'ints: ', refused(fn () => $vm->run('count', [range(1, 2_000_000)])), "\n";
echo 'result: ', refused(fn () => $vm->run(fn () => str_repeat('a', 9 << 20))->await()), "\n";
echo 'throwable: ', refused(fn () => $vm->run(function () { throw new Exception(str_repeat('a', 9 << 20)); })->await()), "\n";
$channel = new FfiZts\Channel(PHP_INT_MAX);
$sent = 0;
echo 'channel: ', refused(function () use ($channel, &$sent) {
    for (;; $sent++) {
        $channel->send("$sent " . str_repeat('x', 100_000));
    }
}), "\n";
echo $sent > 60 && $sent < 90 ? "about 80 sent\n" : "$sent sent\n";
$received = 0;
while (count($channel)) {
    $received += str_starts_with($channel->recv(), "$received ");
}
echo $received === $sent ? "all of them received\n" : "$received of $sent received\n";
echo 'channel of ints: ', refused(function () {
    for ($channel = new FfiZts\Channel(PHP_INT_MAX), $i = 0; ; $i++) {
        $channel->send($i);
    }
}), "\n";
echo 'in a task: ', refused(fn () => $vm->run(function () {
    $channel = new FfiZts\Channel(PHP_INT_MAX);
    for (;;) {
        $channel->send(str_repeat('x', 100_000));
    }
})->await()), "\n";

echo "shared memory\n";
echo refused(fn () => new FfiZts\SharedBuffer(5 << 20)), "\n";
$buffer = new FfiZts\SharedBuffer(3 << 20);
echo refused(fn () => $vm->run(fn () => new FfiZts\SharedBuffer(2 << 20))->await()), "\n";
echo $vm->info()['ceilings']['ffi_zts.max_shared_memory']['used'] >> 20, "\n";
$buffer = null;
echo refused(fn () => new FfiZts\SharedBuffer(4 << 20)), "\n";

echo "threads\n";
$threads = [];
echo refused(function () use ($vm, &$threads) {
    for (;;) {
        $threads[] = $thread = $vm->thread();
        $thread->run(fn () => 1)->await();
    }
}), ' after ', count($threads), "\n";
echo 'pool: ', refused(fn () => $vm->pool(4)->submit(fn () => 1)->await()), "\n";
array_map(fn ($thread) => $thread->close(), $threads);
echo 'stand-ins: ', refused(fn () => $vm->run(function () {
    return FfiZts::boot()->run(function () {
        return FfiZts::boot()->run(function () {
            return FfiZts::boot()->run(fn () => 1)->await();
        })->await();
    })->await();
})->await()), "\n";
echo $vm->run(fn () => "served\n")->await();
foreach ($vm->info()['ceilings'] as $setting => ['used' => $used, 'limit' => $limit]) {
    echo "$setting ", $used <= $limit ? 'within' : "$used of", " $limit\n";
}
?>
--EXPECT--
memory on its way
7340032
argument: PolicyException ffi_zts.max_queued_memory allows 8388608
inside of an argument: PolicyException ffi_zts.max_queued_memory allows 8388608
ints: PolicyException ffi_zts.max_queued_memory allows 8388608
result: PolicyException ffi_zts.max_queued_memory allows 8388608
throwable: TransferException ffi_zts.max_queued_memory allows 8388608
channel: PolicyException ffi_zts.max_queued_memory allows 8388608
about 80 sent
all of them received
channel of ints: PolicyException ffi_zts.max_queued_memory allows 8388608
in a task: PolicyException ffi_zts.max_queued_memory allows 8388608
shared memory
PolicyException ffi_zts.max_shared_memory allows 4194304
PolicyException ffi_zts.max_shared_memory allows 4194304
3
nothing
threads
PolicyException ffi_zts.max_threads allows 3 after 3
pool: PolicyException ffi_zts.max_threads allows 3
stand-ins: ScriptException ffi_zts.max_threads allows 3
served
ffi_zts.max_threads within 3
ffi_zts.max_shared_memory within 4194304
ffi_zts.max_queued_memory within 8388608
