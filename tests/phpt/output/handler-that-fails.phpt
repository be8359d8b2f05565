--TEST--
An output handler of the host that throws, or that runs another script, during a wait
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 2]);
$endless = script('touch($argv[1]); while (true) { echo "x"; usleep(1000); }');
try {
    ob_start(function ($chunk) { throw new DomainException('from the output handler'); }, 1);
    $vm->runScript($endless, [tmp('started')]);
} catch (DomainException $e) {
    $message = $e->getMessage();
}
while (ob_get_level()) {
    try { ob_end_clean(); } catch (DomainException) {}
}
echo $message ?? 'no exception', "\n";
until(fn () => $vm->info()['jobs']['unfinished'] === 0, 'the abandoned job ends');
echo $vm->runScript(script('return "serves on";'))->value, "\n";
// exit in a handler of the host ends the host, with its status, and not only the wait.
ended(php('register_shutdown_function(function () { echo "shutdown"; }); ob_start(function ($chunk) { static $n = 0; if ($n++ === 0) { exit(9); } return $chunk; }, 1); FfiZts::boot()->runScript(script("while (true) { echo 1; usleep(1000); }"));', limit: 20), within: 10);
?>
--EXPECTF--
%Sfrom the output handler
serves on
status 9%S
