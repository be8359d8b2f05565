--TEST--
toArray() of more elements than an array can have is refused, and a range of them is not, on the host and in a script
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
try {
    new FfiZts\SharedBuffer(8 * ((1 << 32) + 1));
} catch (FfiZts\Error) {
    die('skip no address space for 32 GiB that nobody touches');
}
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$steps = script(<<<'PHP'
    // Cut to 32 bits, the number of elements is 1.
    $view = new FfiZts\Int64View(new FfiZts\SharedBuffer(8 * ((1 << 32) + 1)));
    $view[1 << 32] = 7;
    $seen = [count($view), $view->toArray(1 << 32), $view->toArray((1 << 32) - 1, 2)];
    foreach ([[], [5, (1 << 30) + 1]] as $range) {
        try {
            $seen[] = count($view->toArray(...$range));
        } catch (FfiZts\Error $error) {
            $seen[] = $error->getMessage();
        }
    }
    return $seen;
    PHP);
echo json_encode(require $steps), "\n";
echo json_encode(FfiZts::boot(['threads' => 1])->runScript($steps)->value), "\n";
?>
--EXPECT--
[4294967297,[7],[0,7],"toArray(): an array has at most 1073741824 elements, not 4294967297: read a range of them, toArray($offset, $length)","toArray(): an array has at most 1073741824 elements, not 1073741825: read a range of them, toArray($offset, $length)"]
[4294967297,[7],[0,7],"toArray(): an array has at most 1073741824 elements, not 4294967297: read a range of them, toArray($offset, $length)","toArray(): an array has at most 1073741824 elements, not 1073741825: read a range of them, toArray($offset, $length)"]
