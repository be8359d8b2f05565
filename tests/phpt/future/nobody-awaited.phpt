--TEST--
A failure that nobody can ask for any more is told to the log, once, with the place where it was started; no other is
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$code = <<<'PHP'
    $vm = FfiZts::boot(['threads' => 2, 'ini' => ['display_errors' => 0, 'log_errors' => 0]]);
    $throws = function (string $what) { throw new DomainException($what); };
    $gate = new FfiZts\Channel(-1);
    // Dropped at once, before the end and after it; kept until the end of the script; in a channel that nobody reads.
    $vm->run($throws, ['dropped at once']);
    $vm->run(function () use ($gate) { $gate->recv(60.0); throw new DomainException('dropped before the end'); });
    $gate->send(1);
    $late = $vm->run($throws, ['dropped after the end']);
    while (!$late->isDone()) usleep(500);
    unset($late);
    $kept = $vm->run($throws, ['kept']);
    $box = new FfiZts\Channel(-1);
    $box->send($vm->run($throws, ['in a channel']));
    unset($box);
    // Of every kind.
    $vm->run('no_such_function');
    $vm->run(fn () => exit(3));
    $vm->run(fn () => trigger_error('a fatal error', E_USER_ERROR));
    $vm->run(function () { while (true); }, timeout: 0.1);
    $vm->run(fn () => opendir('/'));
    $vm->startScript('/nowhere/script.php');
    $vm->run(function () use ($throws) { FfiZts::boot()->run($throws, ['of a job']); });
    $vm->startScript(script('exit(3);'))->isDone();
    // Told, or not to be told: awaited here or elsewhere, ignored, cancelled, one of several, of a map that failed.
    thrown(fn () => $vm->run($throws, ['awaited'])->await());
    FfiZts\Future::awaitAll([$vm->run($throws, ['all'])]);
    $vm->run(function ($future) { try { $future->await(); } catch (Exception) {} }, [$vm->run($throws, ['awaited elsewhere'])])->await();
    $vm->run($throws, ['ignored'])->ignore();
    $endless = $vm->run(function () { while (true); });
    $endless->cancel();
    echo FfiZts\Future::awaitAny([$vm->run($throws, ['any']), $vm->run(fn () => 'any')]), "\n";
    thrown(fn () => $vm->pool(2)->map(range(1, 50), fn ($n) => throw new DomainException("map")));
    $vm->run(fn () => exit(0));
    $vm->run('abs', [1]);
    PHP;
$process = php($code, ['log_errors' => '1', 'error_log' => tmp('log')]);
echo plain($process['out']), plain($process['err']), 'status ', $process['status'], "\n";
$lines = array_map(
    fn (string $line) => preg_replace(['/^\[.*?\] /', '/ (task|job) \d+,/', '/, (?:on worker \d+|not started)/', '/script\d+\.php/'], ['', ' $1,', '', 'script.php'], plain($line)),
    file(tmp('log'), FILE_IGNORE_NEW_LINES),
);
sort($lines);
echo implode("\n", $lines), "\n";
?>
--EXPECT--
DomainException: awaited
any
DomainException: map
status 0
ffi_zts: nobody awaited job, script /nowhere/script.php, started at {tmp}/script.php:23: cannot open script /nowhere/script.php: No such file or directory
ffi_zts: nobody awaited task, closure at {tmp}/script.php:19, started at {tmp}/script.php:19: it called exit(3)
ffi_zts: nobody awaited task, closure at {tmp}/script.php:20, started at {tmp}/script.php:20: error 256: a fatal error in {tmp}/script.php:20
ffi_zts: nobody awaited task, closure at {tmp}/script.php:21, started at {tmp}/script.php:21: it ran longer than its limit of 0.1 s
ffi_zts: nobody awaited task, closure at {tmp}/script.php:22, started at {tmp}/script.php:22: FfiZts\TransferException: value: a stream without a descriptor (dir) cannot cross to another thread
ffi_zts: nobody awaited task, closure at {tmp}/script.php:4, started at {tmp}/script.php:10: DomainException: dropped after the end in {tmp}/script.php:4
ffi_zts: nobody awaited task, closure at {tmp}/script.php:4, started at {tmp}/script.php:13: DomainException: kept in {tmp}/script.php:4
ffi_zts: nobody awaited task, closure at {tmp}/script.php:4, started at {tmp}/script.php:15: DomainException: in a channel in {tmp}/script.php:4
ffi_zts: nobody awaited task, closure at {tmp}/script.php:4, started at {tmp}/script.php:24: DomainException: of a job in {tmp}/script.php:4
ffi_zts: nobody awaited task, closure at {tmp}/script.php:4, started at {tmp}/script.php:7: DomainException: dropped at once in {tmp}/script.php:4
ffi_zts: nobody awaited task, closure at {tmp}/script.php:8, started at {tmp}/script.php:8: DomainException: dropped before the end in {tmp}/script.php:8
ffi_zts: nobody awaited task, no_such_function(), started at {tmp}/script.php:18: FfiZts\TransferException: no_such_function cannot be called here: function "no_such_function" not found or invalid function name
