--TEST--
A working directory that may not be entered fails no job, as it fails no php
--SKIPIF--
<?php
if (posix_geteuid() === 0 && !trim((string) shell_exec('command -v setpriv'))) die('skip setpriv is needed as root');
?>
--EXTENSIONS--
posix
--FILE--
<?php
require __DIR__ . '/../support.inc';

file_put_contents(tmp('in-parent'), 'parent');
mkdir(tmp('closed'));
file_put_contents(tmp('closed/file'), 'inside');
mkdir(tmp('open'));
file_put_contents(tmp('open/file'), 'open');
$job = script('return [basename((string) getcwd()), @file_get_contents("file"), @file_get_contents("' . tmp('in-parent') . '"), trim((string) shell_exec("echo child"))];');
$host = script('
    [, $job, $root] = $argv;
    $look = static fn (array $answer): string => json_encode($answer) . "\n";
    chdir("$root/closed");
    chmod("$root/closed", 0);
    echo "host ", $look(require $job);
    $vm = FfiZts::boot(["threads" => 1]);
    $pool = $vm->pool(1);
    $all = static function () use ($vm, $pool, $job, $look): void {
        echo "script ", $look($vm->runScript($job)->value);
        echo "task ", $look($vm->run("require_it", [$job])->await());
        echo "pool ", $look($pool->submit("require_it", [$job])->await());
        echo "thread ", $look($vm->thread()->run("require_it", [$job])->await());
        echo "nested ", $look($vm->runScript("$job.nested")->value);
    };
    $all();
    echo "--- where one may\n";
    chdir("$root/open");
    $all();

    chmod("$root/closed", 0700);');
file_put_contents("$job.nested", '<?php return FfiZts::boot()->runScript(' . var_export($job, true) . ')->value;');
file_put_contents(tmp('require_it.php'), '<?php function require_it(string $file) { return require $file; }');
$command = [...php_command(['ffi_zts.bootstrap' => tmp('require_it.php')], ['posix']), $host, $job, tmp()];
if (posix_geteuid() === 0) {
    array_unshift($command, 'setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--inh-caps', '-dac_override,-dac_read_search');
}
$process = run($command, 60);
// A thread-safe php has the shell enter the directory.
echo $process['out'], str_replace("sh: 1: cd: can't cd to " . tmp('closed') . "\n", '', $process['err']);
?>
--EXPECT--
host ["closed",false,"parent","child"]
script ["closed",false,"parent","child"]
task ["closed",false,"parent","child"]
pool ["closed",false,"parent","child"]
thread ["closed",false,"parent","child"]
nested ["closed",false,"parent","child"]
--- where one may
script ["open","open","parent","child"]
task ["open","open","parent","child"]
pool ["open","open","parent","child"]
thread ["open","open","parent","child"]
nested ["open","open","parent","child"]
