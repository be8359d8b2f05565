--TEST--
A bailout that comes while an exception is on its way takes it along: destructors and shutdown functions of the request run
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$bootstrap = script('
    final class Ends
    {
        function __construct(private FfiZts\Channel $ended) {}
        function __destruct() { $this->ended->send("destructor"); }
    }');
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => $bootstrap]);
$begun = new FfiZts\Channel(1);
$ended = new FfiZts\Channel(100);
// The VM is interrupted where the exception that intdiv() has thrown is on its way, nearly always.
$task = static function ($begun, $ended) {
    register_shutdown_function(static fn () => $ended->send('shutdown function'));
    $GLOBALS['kept'] = new Ends($ended);
    $begun->send(1);
    try {
        while (true);
    } finally {
        while (true) {
            try {
                array_map('intdiv', [1], [0]);
            } catch (DivisionByZeroError) {
            }
        }
    }
};
for ($i = 0; $i < 4; $i++) {
    $future = $vm->run($task, [$begun, $ended]);
    $begun->recv(60);
    $future->cancel(2.0);
    try { $future->await(60); } catch (FfiZts\CancelledException) {}
}
$vm->shutdown(60);
$ended->close();
var_dump(array_count_values(iterator_to_array($ended, false)));
?>
--EXPECT--
array(2) {
  ["shutdown function"]=>
  int(4)
  ["destructor"]=>
  int(4)
}
