--TEST--
Hazard 30: host and guest open the same session: the wait stays interruptible and timed
--EXTENSIONS--
posix
pcntl
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('sessions'));
$settings = ['session.save_path' => tmp('sessions'), 'session.use_cookies' => '0', 'session.cache_limiter' => ''];
foreach ($settings as $name => $value) {
    ini_set($name, $value);
}
$vm = FfiZts::boot(['threads' => 1, 'shutdown_timeout' => 0.5, 'ini' => $settings]);
session_id('shared');
session_start();
$_SESSION['from'] = 'host';
$open = script('touch($argv[1]); session_id("shared"); session_start(); $seen = $_SESSION["from"] ?? null; $_SESSION["from"] = "guest"; return $seen;');

// The lock is the host's; the guest's session_start() waits for it.
$future = $vm->startScript($open, [tmp('one')]);
started($future, tmp('one'));
thrown(fn () => $future->await(0.5));
// A handler of the host runs meanwhile.
pcntl_async_signals(true);
pcntl_signal(SIGALRM, function () { throw new DomainException('the alarm rang'); });
pcntl_alarm(1);
thrown(fn () => $future->await());
var_dump($future->isDone());
// The wait for the lock ends there and then.
var_dump($future->cancel());
$future = $vm->startScript($open, [tmp('two')]);
started($future, tmp('two'));
session_write_close();
echo $future->await(30)->value, "\n";
session_start();
echo $_SESSION['from'], "\n";
?>
--EXPECTF--
FfiZts\TimeoutException: %s
DomainException: the alarm rang
bool(false)
bool(true)
host
guest
