--TEST--
openlog() of a job is its thread's own: the host keeps its identity through jobs and the ends of their requests, and jobs have theirs
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$end = php('
$vm = FfiZts::boot(["threads" => 2]);
openlog("the host", LOG_PERROR, LOG_USER);
syslog(LOG_INFO, "before");
$says = static function (string $name, int $options, string ...$messages): void {
    openlog($name, LOG_PERROR | $options, LOG_LOCAL0);
    foreach ($messages as $message) {
        syslog(LOG_WARNING, $message);
        // php-src frees the name of the call before.
        openlog(str_repeat($name, 2), LOG_PERROR, LOG_LOCAL0);
    }
};
$vm->run($says, ["a job", 0, "one", "two"])->await();
syslog(LOG_INFO, "between");
$vm->run($says, ["numbered", LOG_PID, "three"])->await();
$vm->runScript(script("openlog(\"a script\", LOG_PERROR, LOG_USER); syslog(LOG_ERR, \"of %s %d\"); closelog();"));
$vm->runScript(script("return 1;"));
syslog(LOG_INFO, "after");
$vm->run(static fn () => syslog(LOG_INFO, "a job that does not say who it is"))->await();
$futures = array_map(fn (int $i) => $vm->thread()->run(static function (int $i): void {
    for ($n = 0; $n < 300; $n++) {
        openlog("thread $i", 0, LOG_LOCAL1);
        syslog(LOG_DEBUG, "$n");
        closelog();
    }
}, [$i]), [1, 2]);
FfiZts\Future::awaitAll($futures);
$vm->shutdown();
syslog(LOG_INFO, "at the end");
');
echo 'status ', $end['status'], ' ', $end['out'], "\n", $end['err'];
?>
--EXPECTF--
status 0 
the host: before
a job: one
a joba job: two
the host: between
numbered[%d]: three
a script: of %s %s
the host: after
the host: a job that does not say who it is
the host: at the end
