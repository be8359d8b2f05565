<?php
//# options: --threads 2
//# stdout: tasks 21
//# stdout: values same
//# stdout: channel 4950
//# stdout: thrown LogicException inner DomainException
//# stdout: stopped
//# stdout: pool 285
//# stdout: buffer 6
//# stdout: fatal fatal
//# valgrind
// Tasks that a script starts: code, values, failures, channels and buffers between threads of the guest.
$vm = FfiZts::boot();
$base = 3;
$kept = [];
for ($i = 0; $i < 6; $i++) {
    $kept[] = $vm->run(function (int $n) use ($base): int { static $calls = 0; return ++$calls ? $n * $base - 3 : 0; }, [$i + 1]);
}
echo 'tasks ', array_sum(array_map(fn ($future) => $future->await(), $kept)) - 24, "\n";

final class Point
{
    public ?Point $next = null;

    public function __construct(public readonly int $x, protected array $list = [1, 'a' => [true, null, 1.5]])
    {
    }
}
enum Suit: string
{
    case Hearts = 'H';
}
$one = new Point(1);
$one->next = new Point(2);
$one->next->next = $one;
$values = [1, -0.0, 'text', ['k' => [1, 2]], new ArrayObject([1, 2]), new DateTimeImmutable('2026-01-02'), range(1, 300), str_repeat('x', 100000)];
$back = $vm->run('array_reverse', [array_reverse($values)])->await();
echo 'values ', serialize($back) === serialize($values) ? 'same' : 'differ', "\n";

$channel = new FfiZts\Channel(4);
$sum = $vm->run(function (FfiZts\Channel $channel): int { $sum = 0; foreach ($channel as $value) { $sum += $value; } return $sum; }, [$channel]);
for ($i = 0; $i < 100; $i++) {
    $channel->send($i);
}
$channel->close();
echo 'channel ', $sum->await(), "\n";

try {
    $vm->run(fn () => throw new LogicException('outer', 1, new DomainException('inner')))->await();
} catch (LogicException $e) {
    echo 'thrown ', $e::class, ' inner ', $e->getPrevious()::class, "\n";
}
$begun = new FfiZts\Channel(1);
$endless = $vm->run(function ($begun) { $begun->send(1); try { while (true); } finally { strlen('cleaning up'); } }, [$begun]);
$begun->recv();
echo $endless->cancel() ? "stopped\n" : "not stopped\n";
echo 'pool ', array_sum($vm->pool(2)->map(range(0, 9), fn (int $n): int => $n * $n)), "\n";
$buffer = new FfiZts\SharedBuffer(64);
foreach ([1, 2, 3] as $n) {
    $vm->run(fn ($buffer, $n) => $buffer->atomicAdd(0, $n), [$buffer, $n])->await();
}
echo 'buffer ', $buffer->atomicLoad(0), "\n";
try {
    $vm->run(function () { @trigger_error('fatal', E_USER_ERROR); })->await();
} catch (FfiZts\ScriptException $e) {
    echo 'fatal ', $e->getMessage(), "\n";
}
