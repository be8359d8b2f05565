--TEST--
boot(): options that do not exist are refused by name, with the one that was probably meant
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
foreach (['thread' => 1, 'stacksize' => 1, 'extension' => [], 'Runtime' => '', 'shutdownTimeout' => 1, 'nonsense_of_all_kinds' => 1] as $name => $value) {
    $e = thrown(fn () => FfiZts::boot([$name => $value]));
    var_dump($e instanceof FfiZts\Exception && $e instanceof \Error);
}
thrown(fn () => FfiZts::boot(['threads']));
Probe::assertSame(strict: true);
?>
--EXPECTF--
FfiZts\Error: %sunknown option `thread`; did you mean `threads`?
bool(true)
FfiZts\Error: %sunknown option `stacksize`; did you mean `stack_size`?
bool(true)
FfiZts\Error: %sunknown option `extension`; did you mean `extensions`?
bool(true)
FfiZts\Error: %sunknown option `Runtime`; did you mean `runtime`?
bool(true)
FfiZts\Error: %sunknown option `shutdownTimeout`; did you mean `shutdown_timeout`?
bool(true)
FfiZts\Error: %sunknown option `nonsense_of_all_kinds`; there are library, %s
bool(true)
FfiZts\Error: %sunknown option `0`; there are library, %s
same
