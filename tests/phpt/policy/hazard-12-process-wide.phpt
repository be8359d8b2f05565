--TEST--
What would change the whole process, which is the host's, is refused to a job
--EXTENSIONS--
posix
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$before = [posix_getuid(), posix_geteuid(), posix_getgid(), posix_getpgid(0), posix_getsid(0), cli_get_process_title()];
$vm = FfiZts::boot();
$seen = $vm->runScript(script(<<<'PHP'
    foreach (['posix_setuid' => [65534], 'posix_seteuid' => [65534], 'posix_setgid' => [65534], 'posix_setegid' => [65534], 'posix_setsid' => [],
        'posix_setpgid' => [0, 0], 'posix_setrlimit' => [POSIX_RLIMIT_NOFILE, 10, 10], 'posix_initgroups' => ['nobody', 65534], 'cli_set_process_title' => ['x']] as $f => $args) {
        $seen[$f] = !function_exists($f) ? 'missing' : (@$f(...$args) ? 'DONE' : 'refused');
    }
    foreach (['pcntl_fork', 'pcntl_exec', 'pcntl_signal', 'pcntl_alarm', 'pcntl_rfork', 'pcntl_unshare', 'pcntl_sigprocmask'] as $f) {
        $seen[$f] = function_exists($f) ? 'there' : 'missing';
    }
    return $seen;
    PHP))->value;
foreach ($seen as $function => $result) {
    echo $function, ': ', $result, "\n";
}
echo $before === [posix_getuid(), posix_geteuid(), posix_getgid(), posix_getpgid(0), posix_getsid(0), cli_get_process_title()] ? "as before\n" : "changed\n";
Probe::assertSame();
?>
--EXPECTF--
posix_setuid: refused
posix_seteuid: refused
posix_setgid: refused
posix_setegid: refused
posix_setsid: refused
posix_setpgid: refused
posix_setrlimit: refused
posix_initgroups: refused
cli_set_process_title: %r(refused|missing)%r
pcntl_fork: missing
pcntl_exec: missing
pcntl_signal: missing
pcntl_alarm: missing
pcntl_rfork: missing
pcntl_unshare: missing
pcntl_sigprocmask: missing
as before
same
