--TEST--
Futures that are waited for stay, whatever becomes of the array they were given in
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

class Waker
{
    function __wakeup()
    {
        $GLOBALS['one'] = $GLOBALS['two'] = null;
        gc_collect_cycles();
    }
}
$vm = FfiZts::boot(['threads' => 2, 'bootstrap' => script('class Waker { }')]);

// A handler of output, while the wait lasts.
foreach (['awaitAll', 'awaitFirst', 'awaitAny'] as $how) {
    $one = $vm->run(function () {
        echo "spoken\n";
        usleep(20000);
        return 1;
    });
    $two = $vm->run(function () {
        usleep(300000);
        return 2;
    });
    ob_start(function (string $text) use (&$one, &$two): string {
        $one = 5;
        $two = null;
        return $text;
    }, 1);
    $result = FfiZts\Future::$how([&$one, &$two]);
    ob_end_flush();
    echo $how, ' ', json_encode($result), "\n";
}

// A hook of an outcome.
$one = $vm->run(fn () => [new Waker(), new Waker(), str_repeat('x', 100)]);
$two = $vm->run(fn () => 2);
[$errors, $values] = FfiZts\Future::awaitAll(['a' => &$one, 'b' => &$two]);
var_dump(count($errors), get_class($values['a'][1]), strlen($values['a'][2]), $values['b'], $one, $two);

thrown(fn () => FfiZts\Future::awaitAny(['k' => $vm->run(fn () => 1), 'x' => 5]));
?>
--EXPECT--
spoken
awaitAll [[],[1,2]]
spoken
awaitFirst 1
spoken
awaitAny 1
int(0)
string(5) "Waker"
int(100)
int(2)
NULL
NULL
FfiZts\Error: $futures['x'] must be a FfiZts\Future, int given
