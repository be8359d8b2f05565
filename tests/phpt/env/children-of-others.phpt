--TEST--
A host that ignores SIGCHLD, or waits for any child, takes the status of a job's children; nothing hangs, and their output is complete
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$job = script('
    exec("echo text; exit 3", $lines, $status);
    $process = proc_open("echo more; exit 4", [1 => ["pipe", "w"]], $pipes);
    $text = stream_get_contents($pipes[1]);
    return [$lines, $status, $text, proc_close($process), trim(shell_exec("echo end"))];');
$look = fn () => print(json_encode($vm->runScript($job)->value) . "\n");
$look();
pcntl_signal(SIGCHLD, SIG_IGN);
$look();
pcntl_signal(SIGCHLD, SIG_DFL);
$look();
// A supervisor that waits for whichever child ends: here the one that a job is about to wait for.
$future = $vm->startScript(script('
    $process = proc_open("exit 5", [], $pipes);
    touch($argv[1]);
    while (!file_exists($argv[2])) { usleep(1000); clearstatcache(); }
    return proc_close($process);'), [tmp('made'), tmp('taken')]);
started($future, tmp('made'));
var_dump(pcntl_wait($status) > 0, pcntl_wexitstatus($status));
touch(tmp('taken'));
var_dump($future->await()->value);
$look();
?>
--EXPECT--
[["text"],3,"more\n",4,"end"]
[["text"],-1,"more\n",-1,"end"]
[["text"],3,"more\n",4,"end"]
bool(true)
int(5)
int(-1)
[["text"],3,"more\n",4,"end"]
