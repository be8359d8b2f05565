--TEST--
Promise 8, hazard 13: in a forked child every call throws, none hangs, the child ends normally, and the parent goes on
--EXTENSIONS--
posix
pcntl
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 2, 'scope' => 'app']);
$empty = script('return 1;');
$vm->runScript($empty);
$gate = tmp('gate');
$done = $vm->startScript($empty);
$done->await();
$running = $vm->startScript(script('while (!file_exists($argv[1])) { usleep(500); clearstatcache(); } return "goes on in the parent";'), [$gate]);
$stream = $running->getStream();

$pid = pcntl_fork();
if ($pid === 0) {
    $calls = [
        'runScript' => fn () => $vm->runScript($empty),
        'startScript' => fn () => $vm->startScript($empty),
        'boot, runScript' => fn () => FfiZts::boot(['threads' => 2, 'scope' => 'app'])->runScript($empty),
        'await' => fn () => $running->await(),
        'await with a timeout' => fn () => $running->await(0.1),
        'cancel' => fn () => $running->cancel(),
        'getStream' => fn () => $running->getStream(),
        'shutdown' => fn () => $vm->shutdown(),
    ];
    $text = '';
    foreach ($calls as $label => $call) {
        try {
            $value = $call();
            $text .= "$label: nothing thrown, " . get_debug_type($value) . "\n";
        } catch (FfiZts\Exception $e) {
            $text .= "$label: " . ($e instanceof FfiZts\Error ? '' : $e::class . ' ') . (str_contains($e->getMessage(), 'fork') ? 'says why' : $e->getMessage()) . "\n";
        }
    }
    // These tell of the past or of nothing; they may answer, but neither hang nor crash.
    foreach ([fn () => $running->isDone(), fn () => $vm->info(), fn () => FfiZts::scope('app')] as $call) {
        try { $call(); } catch (FfiZts\Exception) {}
    }
    file_put_contents(tmp('child'), $text);
    exit(3);
}
$start = microtime(true);
until(function () use ($pid, &$status) { return pcntl_waitpid($pid, $status, WNOHANG) === $pid; }, 'the child ends', 10);
echo file_get_contents(tmp('child'));
echo pcntl_wifexited($status) ? 'exit ' . pcntl_wexitstatus($status) : 'signal ' . pcntl_wtermsig($status), microtime(true) - $start > 5 * patience() ? ' late' : '', "\n";
touch($gate);
echo $running->await(30)->value, "\n";
echo $vm->runScript($empty)->value, "\n";
?>
--EXPECT--
runScript: says why
startScript: says why
boot, runScript: says why
await: says why
await with a timeout: says why
cancel: says why
getStream: says why
shutdown: says why
exit 3
goes on in the parent
1
