--TEST--
A child that a stopped job waited for runs on and is released when it has ended; its exit is no other's
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

/** State of a child of this process: `Z` has ended and was not released, null is none (any more). */
function state(int $pid): ?string
{
    return preg_match('/\) (\w) (\d+)/', (string) @file_get_contents("/proc/$pid/stat"), $m) && (int) $m[2] === getmypid() ? $m[1] : null;
}

$vm = FfiZts::boot(['threads' => 1, 'shutdown_timeout' => 60.0]);
foreach ([
    'shell_exec' => 'shell_exec("echo $$ > {pid}; exec 1>&- 2>&-; until [ -e {go} ]; do sleep 0.02; done");',
    'proc_close' => 'proc_close(proc_open("echo $$ > {pid}; until [ -e {go} ]; do sleep 0.02; done", [], $p));',
    'popen' => '$p = popen("echo $$ > {pid}; until [ -e {go} ]; do sleep 0.02; done", "r"); touch("{open}"); fgets($p);',
] as $label => $code) {
    @unlink(tmp('pid'));
    @unlink(tmp('go'));
    $label === 'popen' ? @unlink(tmp('open')) : touch(tmp('open'));
    $code = strtr($code, ['{pid}' => tmp('pid'), '{go}' => tmp('go'), '{open}' => tmp('open')]);
    $future = $vm->run(static fn (string $code) => eval($code), [$code]);
    until(fn () => (int) @file_get_contents(tmp('pid')) > 0 && file_exists(tmp('open')), 'the child starts');
    $pid = (int) file_get_contents(tmp('pid'));
    echo $label, ': ', $future->cancel() ? 'stopped, ' : 'not stopped, ';
    echo in_array(state($pid), ['Z', null], true) ? 'ended, ' : 'runs on, ';
    touch(tmp('go'));
    until(fn () => in_array(state($pid), ['Z', null], true), 'the child ends');
    // Children are released when others are made, and those have their own ends.
    echo 'another: ', $vm->run(static function (): int { exec('exit 3', $lines, $status); return $status; })->await(), ', ';
    echo state($pid) !== null ? 'still there' : 'released', "\n";
}
?>
--EXPECT--
shell_exec: stopped, runs on, another: 3, released
proc_close: stopped, runs on, another: 3, released
popen: stopped, runs on, another: 3, released
