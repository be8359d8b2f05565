--TEST--
Tasks that are abandoned at the end of the script get shutdown_timeout, then are stopped; the exit status is the host's
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

ended(php('$vm = FfiZts::boot(["threads" => 2, "shutdown_timeout" => 3]); $vm->run(function () { usleep(200000); echo "still delivered\n"; }); echo "end\n";'));
ended(php('$vm = FfiZts::boot(["threads" => 2, "shutdown_timeout" => 0.3]); for ($i = 0; $i < 5; $i++) $vm->run(function () { while (true); }); $t = $vm->thread(); $t->run(function () { sleep(60); }); exit(7);'));
ended(php('$vm = FfiZts::boot(["threads" => 2]); $t = $vm->thread(); $t->run(fn () => 1)->await(); register_shutdown_function(fn () => exit(3));'));
?>
--EXPECT--
status 0: end
still delivered
status 7
status 3
