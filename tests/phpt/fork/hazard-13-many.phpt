--TEST--
Hazard 13: forks under load: children end in time with their status, also without touching the VM, also by exception
--EXTENSIONS--
posix
pcntl
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 3]);
$job = script('$a = []; while (!file_exists($argv[1])) { $a[] = str_repeat("x", random_int(1, 5000)); if (count($a) > 1000) $a = []; usleep(random_int(0, 50)); clearstatcache(); } return 1;');
for ($i = 0; $i < 3; $i++) {
    $futures[] = $vm->startScript($job, [tmp('gate')]);
}
$wrong = 0;
$count = (int) (getenv('FFI_ZTS_FORKS') ?: 150);
for ($i = 0; $i < $count; $i++) {
    $pid = pcntl_fork();
    if ($pid === 0) {
        switch ($i % 4) {
            case 0:
                exit(10);
            case 1:
                try { $vm->runScript($job); exit(99); } catch (FfiZts\Error) { exit(11); }
            case 2:
                ini_set('display_errors', '0');
                throw new Exception('ends the child with 255');
            default:
                unset($futures, $vm);
                $x = range(1, 10000); preg_match('/x/', 'y'); getenv();
                exit(13);
        }
    }
    $end = microtime(true) + 10 * patience();
    while (pcntl_waitpid($pid, $status, WNOHANG) === 0) {
        if (microtime(true) > $end) {
            posix_kill($pid, 9);
            pcntl_waitpid($pid, $status);
            break;
        }
        usleep(200);
    }
    $expected = [10, 11, 255, 13][$i % 4];
    if (!pcntl_wifexited($status) || pcntl_wexitstatus($status) !== $expected) {
        printf("%d: %s instead of %d\n", $i, pcntl_wifexited($status) ? pcntl_wexitstatus($status) : 'signal ' . pcntl_wtermsig($status), $expected);
        $wrong++;
    }
}
touch(tmp('gate'));
foreach ($futures as $future) {
    $future->await();
}
echo $wrong, "\n";
// A process that forks before it boots has a VM in each.
ended(php('
    $pid = pcntl_fork();
    $value = FfiZts::boot()->runScript(script("return 5;"))->value;
    if ($pid === 0) exit($value);
    pcntl_waitpid($pid, $status);
    echo $value, " ", pcntl_wexitstatus($status);
'));
?>
--EXPECT--
0
status 0: 5 5
