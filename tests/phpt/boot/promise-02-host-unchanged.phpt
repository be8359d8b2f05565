--TEST--
Promise 2: after boot, jobs, failures and shutdown the host is as it was
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot();
Probe::assertSame();
$empty = script('');
$vm->runScript($empty);
Probe::assertSame();
for ($i = 0; $i < 100; $i++) {
    $vm->runScript($empty);
}
foreach (['throw new Exception("x");', 'exit(3);', 'no_such_function();', 'str_repeat("x", PHP_INT_MAX);', 'set_time_limit(1); while (true);'] as $code) {
    try {
        $vm->runScript(script($code));
    } catch (\Throwable) {
    }
}
Probe::assertSame();
$vm->shutdown();
Probe::assertSame();
$threads = Probe::threads();
echo $threads === 1 ? "one thread\n" : "$threads threads\n";
?>
--EXPECT--
same
same
same
same
one thread
