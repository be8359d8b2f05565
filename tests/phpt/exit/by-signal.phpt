--TEST--
A signal that ends the host ends it with that signal, busy guest or not
--EXTENSIONS--
posix
--FILE--
<?php
require __DIR__ . '/../support.inc';

foreach ([15, 2, 9, 1] as $signal) {
    echo php('$vm = FfiZts::boot(); $vm->startScript(script("@touch(\$argv[1]); while (true);"), [tmp("started")]); appears(tmp("started")); posix_kill(getmypid(), ' . $signal . '); sleep(20);', extensions: ['posix'], limit: 25)['status'], "\n";
}
?>
--EXPECT--
signal 15
signal 2
signal 9
signal 1
