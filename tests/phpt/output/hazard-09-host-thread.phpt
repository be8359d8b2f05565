--TEST--
Hazard 9: the host's code (output handlers, signal handlers, autoloaders, error log) runs on the host's thread only, while workers are busy
--EXTENSIONS--
posix
pcntl
--FILE--
<?php
require __DIR__ . '/../support.inc';

$threads = [];
$note = function (string $where) use (&$threads): void {
    $threads[$where][(int) basename(readlink('/proc/thread-self'))] = true;
};
spl_autoload_register(function () use ($note) { $note('autoloader'); });
set_error_handler(function () use ($note) { $note('error handler'); return true; });
pcntl_async_signals(true);
pcntl_signal(SIGALRM, function () use ($note) { $note('signal handler'); });
ob_start(function ($chunk) use ($note) { $note('output handler'); return ''; }, 1000);
$vm = FfiZts::boot(['threads' => 4]);
pcntl_alarm(1);
$job = script('class NotAtTheHost extends Exception {} $end = microtime(true) + 1.5; while (microtime(true) < $end) { echo str_repeat("x", 500); error_log("line"); usleep(500); } throw new NotAtTheHost("x");');
ini_set('error_log', tmp('log'));
for ($i = 0; $i < 4; $i++) {
    $futures[] = $vm->startScript($job);
}
foreach ($futures as $future) {
    try {
        $future->await();
    } catch (FfiZts\RemoteException) {
        $note('catch');
    }
}
ob_end_clean();
ksort($threads);
foreach ($threads as $where => $ids) {
    echo $where, ': ', array_keys($ids) === [getmypid()] ? 'the host' : json_encode(array_keys($ids)), "\n";
}
?>
--EXPECT--
autoloader: the host
catch: the host
output handler: the host
signal handler: the host
