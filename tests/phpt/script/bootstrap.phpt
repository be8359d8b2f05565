--TEST--
The bootstrap file runs once on each worker, before its first job; where it fails, the job fails and the next one tries again
--FILE--
<?php
require __DIR__ . '/../support.inc';

$log = var_export(tmp('log'), true);
$vm = FfiZts::boot(['threads' => 2, 'bootstrap' => script("file_put_contents($log, basename(readlink('/proc/thread-self')) . \"\\n\", FILE_APPEND); if (file_exists(" . var_export(tmp('broken'), true) . ")) throw new DomainException('bootstrap failed');")]);
touch(tmp('broken'));
thrown(fn () => $vm->runScript(script('echo "not reached\n";')));
unlink(tmp('broken'));
unlink(tmp('log'));
for ($i = 0; $i < 10; $i++) {
    $vm->runScript(script(''));
}
echo count(file(tmp('log'))), "\n";
$meet = script('touch("$argv[1]/here-$argv[2]"); while (count(glob("$argv[1]/here-*")) < 2) usleep(500); return basename(readlink("/proc/thread-self"));');
$futures = [$vm->startScript($meet, [tmp(), 0]), $vm->startScript($meet, [tmp(), 1])];
$threads = [$futures[0]->await()->value, $futures[1]->await()->value];
$seen = file(tmp('log'), FILE_IGNORE_NEW_LINES);
sort($threads);
sort($seen);
echo $threads === $seen ? "once on each\n" : json_encode([$threads, $seen]);
ended(php('thrown(fn () => FfiZts::boot(["bootstrap" => tmp("missing.php")])->runScript(script("echo \"not reached\n\";")));'));
?>
--EXPECTF--
DomainException: bootstrap failed
1
once on each
status 0: FfiZts\%s: %smissing.php%s
