--TEST--
Atomic cells of 32 and 64 bits; wait() and notify()
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\SharedBuffer;

$buffer = new SharedBuffer(32);
foreach ([64, 32] as $bits) {
    $max = $bits === 64 ? PHP_INT_MAX : 2147483647;
    $buffer->atomicStore(8, $max, $bits);
    var_dump($buffer->atomicLoad(8, $bits) === $max, $buffer->atomicAdd(8, 1, $bits) === $max, $buffer->atomicLoad(8, $bits) === -$max - 1);
    var_dump($buffer->atomicSub(8, 1, $bits) === -$max - 1, $buffer->atomicExchange(8, 5, $bits) === $max);
    var_dump($buffer->atomicCompareExchange(8, 4, 6, $bits), $buffer->atomicCompareExchange(8, 5, -6, $bits), $buffer->atomicLoad(8, $bits));
    var_dump($buffer->wait(8, 5, null, $bits), $buffer->wait(8, -6, 0, $bits), $buffer->wait(8, -6, 0.01, $bits), $buffer->notify(8));
}
var_dump(bin2hex($buffer->read(12, 8)));

echo "-- misuse\n";
thrown(fn () => $buffer->atomicLoad(4));
thrown(fn () => $buffer->atomicLoad(2, 32));
thrown(fn () => $buffer->atomicLoad(32));
thrown(fn () => $buffer->atomicLoad(0, 16));
thrown(fn () => $buffer->atomicStore(0, 2147483648, 32));
thrown(fn () => $buffer->wait(0, 2147483648, 0, 32));
thrown(fn () => $buffer->wait(0, 0, -1));
thrown(fn () => $buffer->notify(0, -1));
thrown(fn () => $buffer->slice(1, 16)->atomicLoad(0));

echo "-- with threads\n";
$vm = FfiZts::boot(['threads' => 4]);
$hand = FfiZts\Channel::make('hand', 4);
$adder = script(<<<'PHP'
    $buffer = FfiZts\Channel::open('hand')->recv();
    for ($i = 0; $i < 20000; $i++) {
        $buffer->atomicAdd(0, 1);
        $buffer->atomicAdd(8, -1, 32);
        do {
            $seen = $buffer->atomicLoad(16);
        } while ($buffer->atomicCompareExchange(16, $seen, $seen + 2) !== $seen);
    }
    PHP);
$futures = [];
$buffer = new SharedBuffer(32);
for ($i = 0; $i < 4; $i++) {
    $hand->send($buffer);
    $futures[] = $vm->startScript($adder);
}
foreach ($futures as $future) {
    $future->await();
}
var_dump($buffer->atomicLoad(0), $buffer->atomicLoad(8, 32), $buffer->atomicLoad(12, 32), $buffer->atomicLoad(16));

// A ball between the host and a script.
$buffer->atomicStore(0, 0);
$hand->send($buffer);
$future = $vm->startScript(script(<<<'PHP'
    $buffer = FfiZts\Channel::open('hand')->recv();
    for ($i = 1; $i < 2000; $i += 2) {
        while (($seen = $buffer->atomicLoad(0)) !== $i) {
            $buffer->wait(0, $seen);
        }
        $buffer->atomicStore(0, $i + 1);
        $buffer->notify(0, 1);
    }
    PHP));
for ($i = 0; $i < 2000; $i += 2) {
    while (($seen = $buffer->atomicLoad(0)) !== $i) {
        $buffer->wait(0, $seen, 20) || die('lost');
    }
    $buffer->atomicStore(0, $i + 1);
    $buffer->notify(0);
}
$future->await();
var_dump($buffer->atomicLoad(0));

// notify() wakes as many as it is told, those on that cell.
$futures = [];
for ($i = 0; $i < 3; $i++) {
    $hand->send($buffer);
    $futures[] = $vm->startScript(script('return FfiZts\Channel::open("hand")->recv()->wait(24, 0, 20);'));
}
$woken = 0;
until(function () use ($buffer, &$woken) { $woken += $buffer->notify(24, 1); return $woken === 3; }, 'three are woken');
foreach ($futures as $future) {
    var_dump($future->await()->value);
}
var_dump($buffer->notify(24));
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
int(5)
int(5)
int(-6)
bool(true)
bool(false)
bool(false)
int(0)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
int(5)
int(5)
int(-6)
bool(true)
bool(false)
bool(false)
int(0)
string(16) "ffffffff00000000"
-- misuse
FfiZts\Error: a cell of 64 bits begins at a multiple of 8 bytes, not at offset 4
FfiZts\Error: a cell of 32 bits begins at a multiple of 4 bytes, not at offset 2
FfiZts\Error: 8 bytes from offset 32 are outside of 32 bytes
FfiZts\Error: bits: must be 32 or 64, 16 given
FfiZts\Error: 2147483648 does not fit into a signed cell of 32 bits
FfiZts\Error: 2147483648 does not fit into a signed cell of 32 bits
FfiZts\Error: timeout: must be 0 or more seconds, -1 given
FfiZts\Error: count: must be 0 or more, -1 given
FfiZts\Error: a cell of 64 bits begins at a multiple of 8 bytes, not at offset 0
-- with threads
int(80000)
int(-80000)
int(0)
int(160000)
int(2000)
bool(true)
bool(true)
bool(true)
int(0)
