--TEST--
CompositeException::getReasons() is an array whoever made the exception, here and on the other side
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\CompositeException;

$vm = FfiZts::boot(['threads' => 1]);
var_dump((new CompositeException('own'))->getReasons());
var_dump($vm->runScript(script('return (new FfiZts\CompositeException)->getReasons();'))->value);
foreach ([
    'throw new FfiZts\CompositeException("made there");',
    'FfiZts\Future::awaitAny(["zero" => FfiZts::boot()->run("intdiv", [1, 0])]);',
] as $code) {
    try {
        $vm->runScript(script($code));
    } catch (CompositeException $exception) {
        echo $exception->getMessage(), ': ', json_encode(array_map(get_debug_type(...), $exception->getReasons())), "\n";
    }
}
?>
--EXPECT--
array(0) {
}
array(0) {
}
made there: []
no future has succeeded; getReasons() tells why: {"zero":"DivisionByZeroError"}
