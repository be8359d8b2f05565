--TEST--
Children of a job get its environment and working directory: shell_exec, exec, system, passthru, popen, backticks; proc_open its environment
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('sub'));
chdir(tmp());
$vm = FfiZts::boot(['threads' => 1]);
$result = $vm->runScript(script(<<<'PHP'
    putenv('FZ_CHILD=yes');
    chdir($argv[1]);
    $command = 'echo "$FZ_CHILD $(pwd)"';
    $seen = ['shell_exec' => trim(shell_exec($command)), 'exec' => exec($command), 'backticks' => trim(`echo "\$FZ_CHILD $(pwd)"`)];
    ob_start(); system($command); $seen['system'] = trim(ob_get_clean());
    ob_start(); passthru($command); $seen['passthru'] = trim(ob_get_clean());
    $p = popen($command, 'r'); $seen['popen'] = trim(stream_get_contents($p)); $seen['pclose'] = pclose($p);
    // A thread-safe php starts it in the directory of the process; here that is where the job began.
    $p = proc_open($command, [1 => ['pipe', 'w']], $pipes); $seen['proc_open'] = trim(stream_get_contents($pipes[1])); $seen['status'] = proc_close($p);
    $p = proc_open($command, [1 => ['pipe', 'w']], $pipes, null, ['FZ_CHILD' => 'given']); $seen['given'] = trim(stream_get_contents($pipes[1])); proc_close($p);
    exec('exit 3', $lines, $seen['exit']);
    return $seen;
    PHP), [tmp('sub')])->value;
foreach ($result as $name => $value) {
    echo "$name: ", plain((string) $value), "\n";
}
?>
--EXPECT--
shell_exec: yes {tmp}/sub
exec: yes {tmp}/sub
backticks: yes {tmp}/sub
system: yes {tmp}/sub
passthru: yes {tmp}/sub
popen: yes {tmp}/sub
pclose: 0
proc_open: yes {tmp}
status: 0
given: given {tmp}
exit: 3
