--TEST--
shutdown(): waits for jobs, stops those that do not end, refuses what comes after; all threads are gone
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
FfiZts::boot(['threads' => 2])->shutdown(); // nothing has started
$vm = FfiZts::boot(['threads' => 2]);
$quick = $vm->startScript(script('usleep(20000); echo "quick\n"; return "ended by itself";'));
$endless = $vm->startScript(script('@touch($argv[1]); while (true);'), [tmp('started')]);
started($endless, tmp('started'));
thrown(fn () => $vm->shutdown(-1));
$vm->shutdown(1.5);
echo $quick->await()->value, "\n";
thrown(fn () => $endless->await());
thrown(fn () => $vm->runScript(script('')));
thrown(fn () => $vm->startScript(script('')));
$vm->shutdown();
thrown(fn () => FfiZts::boot(['threads' => 2])->runScript(script('')));
var_dump($quick->isDone(), $endless->isDone(), $endless->cancel(), $vm->info()['state']);
Probe::assertSame();
$threads = Probe::threads();
echo $threads === 1 ? "one thread\n" : "$threads threads\n";
?>
--EXPECTF--
FfiZts\Error: %s
quick
ended by itself
FfiZts\CancelledException: %s
FfiZts\ClosedException: %s
FfiZts\ClosedException: %s
FfiZts\ClosedException: %s
bool(true)
bool(true)
bool(false)
string(4) "down"
same
one thread
