--TEST--
Tasks start tasks and wait for them, on one worker too: others take the place of those that wait, and leave again
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => script('function fib(int $n): int { $vm = FfiZts::boot(); if ($n < 2) return $n; $a = $vm->run("fib", [$n - 1]); $b = $vm->run("fib", [$n - 2]); return $a->await() + $b->await(); }')]);
echo $vm->run('fib', [8])->await(60), "\n";
echo $vm->run(fn () => FfiZts::boot()->pool(2)->map(['a' => 1, 'b' => 2], fn (int $n): int => $n + 1))->await(60)['b'], "\n";
echo $vm->run(fn (string $file) => FfiZts::boot()->runScript($file, ['x'])->value, [script('return strtoupper($argv[1]);')])->await(60), "\n";
thrown(fn () => $vm->run(fn () => FfiZts::boot()->run(fn () => throw new DomainException('from within'))->await())->await());
thrown(fn () => $vm->run(fn () => FfiZts::boot()->shutdown())->await());
thrown(fn () => $vm->run(fn () => FfiZts::boot()->withIniEntry('a', 'b'))->await());
thrown(fn () => $vm->run(fn () => FfiZts::boot()->info())->await());
thrown(fn () => $vm->run(fn () => FfiZts::scope('app'))->await());
thrown(fn () => $vm->run(fn () => FfiZts::boot(['threads' => 3]))->await());
// A future that crosses: whoever has it may wait.
$slow = $vm->run(function () { usleep(100000); return 'slow'; });
echo $vm->run(fn ($future) => $future->await() . ' from elsewhere', [$slow])->await(60), ' ', $slow->await(), "\n";
for ($i = 0; $i < 1000 && count($vm->info()['workers']) > 1; $i++) {
    $vm->run('abs', [1])->await();
    usleep(10000);
}
echo count($vm->info()['workers']), " worker\n";
?>
--EXPECT--
21
3
X
DomainException: from within
FfiZts\Error: shutdown() belongs to the host: a job cannot configure or end the VM that it runs in
FfiZts\Error: a configuration belongs to the host: a job cannot configure or end the VM that it runs in
FfiZts\Error: info() belongs to the host: a job has the VM that it runs in, by FfiZts::boot(), and cannot ask about it
FfiZts\Error: scope() belongs to the host: a job has the VM that it runs in, by FfiZts::boot(), and cannot ask about it
FfiZts\Error: the VM has booted, and this is a job of it: call FfiZts::boot() without options here
slow from elsewhere slow
1 worker
