--TEST--
Int64View and Float64View: elements, parts, sums, iteration, misuse; one memory on two workers
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\{Float64View, Int64View, SharedBuffer};

Probe::start();
$buffer = new SharedBuffer(40);
$ints = new Int64View($buffer);
var_dump(count($ints), $ints[0]);
$ints[0] = PHP_INT_MIN;
$ints[4] = 7;
$ints[4] += 5;
$ints[1] ??= 9;
var_dump($ints->toArray(), isset($ints[4]), isset($ints[5]), empty($ints[1]), $ints[99] ?? 'none');
$floats = new Float64View($buffer, 8, 2);
$floats[0] = 1.5;
$floats[1] = 2;
var_dump($floats->toArray(), $floats->sum(), bin2hex($buffer->read(8, 8)), $floats->getBuffer()->length());
foreach ($floats as $index => $value) {
    echo "$index: $value\n";
}
foreach ($floats as $outer) {
    foreach ($floats as $inner) {
        echo $outer * $inner, ' ';
    }
}
echo "\n";
$ints->fill(3);
$ints->fill(4, 3);
$ints->fill(5, 1, 1);
echo json_encode($ints->toArray()), json_encode($ints->toArray(1, 2)), $ints->sum(), ' ', $ints->sum(3), ' ', $ints->sum(0, 0), "\n";
$ints->setAll([10, 20], 3);
echo json_encode(iterator_to_array($ints)), "\n";
var_dump(Int64View::fromArray(['a' => 1, 'b' => 2])->toArray(), Int64View::fromArray([PHP_INT_MAX, 1])->sum(), Float64View::fromArray([])->toArray());
[$a, , , $d] = $ints;
echo "$a $d\n";

echo "-- misuse\n";
thrown(fn () => $ints[5]);
thrown(fn () => $ints[-1]);
thrown(fn () => $ints['0']);
thrown(function () use ($ints) { $ints[] = 1; });
thrown(function () use ($ints) { $ints[0] = 1.5; });
thrown(function () use ($ints) { $ints[0] = '1'; });
thrown(function () use ($floats) { $floats[0] = null; });
thrown(function () use ($ints) { $ints[0]++; });
thrown(function () use ($ints) { $ref = &$ints[0]; });
thrown(function () use ($ints) { unset($ints[0]); });
thrown(fn () => $ints->fill(1.5));
thrown(fn () => $ints->setAll([1, 2], 4));
thrown(fn () => $ints->setAll([7, 'x']));
thrown(fn () => $ints->toArray(2, 4));
thrown(fn () => $ints->toArray(9));
thrown(fn () => new Int64View($buffer, 4));
thrown(fn () => new Int64View($buffer, 8, 5));
thrown(fn () => new Int64View($buffer, 0, -1));
thrown(fn () => new Int64View($buffer->slice(1, 16)));
thrown(fn () => clone $ints);
var_dump($ints[0]);
Probe::assertSame();

echo "-- on two workers\n";
$vm = FfiZts::boot(['threads' => 2]);
$view = new Int64View(new SharedBuffer(800_000));
$hand = FfiZts\Channel::make('hand', 2);
$script = script('$v = FfiZts\Channel::open("hand")->recv(); $s = 0; foreach ($v as $i => $x) { $v[$i] = $x + $argv[1]; $s += $v[$i]; } return $s;');
$futures = [];
foreach ([0, 1] as $half) {
    $hand->send(new Int64View($view->getBuffer(), $half * 400_000, 50_000));
    $futures[] = $vm->startScript($script, [(string) ($half + 1)]);
}
$sums = array_map(fn ($future) => $future->await()->value, $futures);
sort($sums);
var_dump($sums, $view->sum());
?>
--EXPECTF--
int(5)
int(0)
array(5) {
  [0]=>
  int(-9223372036854775808)
  [1]=>
  int(0)
  [2]=>
  int(0)
  [3]=>
  int(0)
  [4]=>
  int(12)
}
bool(true)
bool(false)
bool(true)
string(4) "none"
array(2) {
  [0]=>
  float(1.5)
  [1]=>
  float(2)
}
float(3.5)
string(16) "000000000000f83f"
int(16)
0: 1.5
1: 2
2.25 3 3 4 
[3,5,3,4,4][5,3]19 8 0
[3,5,3,10,20]
array(2) {
  [0]=>
  int(1)
  [1]=>
  int(2)
}
float(9.2233720368547%sE+18)
array(0) {
}
3 10
-- misuse
FfiZts\Error: there is no element 5 in a view of 5
FfiZts\Error: there is no element -1 in a view of 5
TypeError: The index of an element must be of type int, string given
FfiZts\Error: a view has a fixed number of elements: nothing can be appended
TypeError: An element must be of type int, float given
TypeError: An element must be of type int, string given
TypeError: An element must be of type int|float, null given
FfiZts\Error: an element is no variable: there are no references to it, and no ++ and --; assign to it, or use +=
FfiZts\Error: an element is no variable: there are no references to it, and no ++ and --; assign to it, or use +=
FfiZts\Error: a view has a fixed number of elements: none can be unset
TypeError: An element must be of type int, float given
FfiZts\Error: 2 elements from offset 4 are outside of 5 elements
TypeError: An element must be of type int, string given
FfiZts\Error: 4 elements from offset 2 are outside of 5 elements
FfiZts\Error: 0 elements from offset 9 are outside of 5 elements
FfiZts\Error: a view begins at a multiple of 8 bytes, not at offset 4
FfiZts\Error: 40 bytes from offset 8 are outside of 40 bytes
FfiZts\Error: count: a view cannot have -1 elements
FfiZts\Error: a view begins at a multiple of 8 bytes, not at offset 0
Error: Trying to clone an uncloneable object of class FfiZts\%s
int(3)
same
-- on two workers
array(2) {
  [0]=>
  int(50000)
  [1]=>
  int(100000)
}
int(150000)
