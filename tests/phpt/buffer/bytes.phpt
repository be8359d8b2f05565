--TEST--
SharedBuffer: bytes, slices, bounds, addresses, equality; memory that costs what is touched
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\SharedBuffer;

Probe::start();
$buffer = new SharedBuffer(64);
var_dump($buffer->length(), $buffer->read(0, 64) === str_repeat("\0", 64), $buffer->address() % 16);
$buffer->write(10, "hello\0world");
var_dump($buffer->read(10, 5), bin2hex($buffer->read(14, 3)), $buffer->read(64, 0));
$slice = $buffer->slice(10, 11);
$slice->write(0, 'J');
$inner = $slice->slice(6, 5);
var_dump($buffer->read(10, 5), $inner->read(0, 5), $inner->length(), $inner->address() - $buffer->address());
var_dump($slice == $buffer->slice(10, 11), $slice == $buffer);
unset($buffer, $slice);
$inner->write(0, 'still');
echo $inner->read(0, 5), "\n";

echo "-- misuse\n";
$buffer = new SharedBuffer(16);
thrown(fn () => $buffer->read(0, 17));
thrown(fn () => $buffer->read(-1, 1));
thrown(fn () => $buffer->read(0, -1));
thrown(fn () => $buffer->read(17, 0));
thrown(fn () => $buffer->read(PHP_INT_MAX, PHP_INT_MAX));
thrown(fn () => $buffer->write(15, 'ab'));
thrown(fn () => $buffer->slice(8, 9));
thrown(fn () => $inner->read(0, 6));
thrown(fn () => new SharedBuffer(-1));
thrown(fn () => new SharedBuffer(PHP_INT_MAX));
thrown(fn () => clone $buffer);
thrown(fn () => serialize($buffer));
thrown(fn () => $buffer->__construct(8));
var_dump((new SharedBuffer(0))->length());

echo "-- memory\n";
$rss = fn () => (int) preg_replace('/.*VmRSS:\s+(\d+).*/s', '$1', file_get_contents('/proc/self/status'));
$before = $rss();
$large = new SharedBuffer(64 << 20);
$made = $rss() - $before;
$view = new FfiZts\Int64View($large);
$view->fill(1);
$filled = $rss() - $before;
unset($view, $large);
$freed = $rss() - $before;
var_dump($made < 2000, $filled > 60000 && $filled < 70000, $freed < 2000);
Probe::assertSame();
?>
--EXPECT--
int(64)
bool(true)
int(0)
string(5) "hello"
string(6) "6f0077"
string(0) ""
string(5) "Jello"
string(5) "world"
int(5)
int(16)
bool(true)
bool(false)
still
-- misuse
FfiZts\Error: 17 bytes from offset 0 are outside of 16 bytes
FfiZts\Error: 1 bytes from offset -1 are outside of 16 bytes
FfiZts\Error: -1 bytes from offset 0 are outside of 16 bytes
FfiZts\Error: 0 bytes from offset 17 are outside of 16 bytes
FfiZts\Error: 9223372036854775807 bytes from offset 9223372036854775807 are outside of 16 bytes
FfiZts\Error: 2 bytes from offset 15 are outside of 16 bytes
FfiZts\Error: 9 bytes from offset 8 are outside of 16 bytes
FfiZts\Error: 6 bytes from offset 0 are outside of 5 bytes
FfiZts\Error: bytes: must be 0 or more, -1 given
FfiZts\Error: there is no memory for a buffer of 9223372036854775807 bytes
Error: Trying to clone an uncloneable object of class FfiZts\SharedBuffer
Exception: Serialization of 'FfiZts\SharedBuffer' is not allowed
FfiZts\Error: a buffer is constructed once
int(0)
-- memory
bool(true)
bool(true)
bool(true)
same
