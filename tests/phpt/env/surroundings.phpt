--TEST--
Tasks, new threads and scripts start in directory, environment, settings and time zone as the host has them at the call; kept requests go on
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

foreach (['one', 'two', 'gone'] as $name) {
    mkdir(tmp($name));
}
chdir(tmp('one'));
$counter = script('function counted(): int { static $n = 0; return ++$n; }');
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => $counter]);
$look = fn () => [basename(getcwd()), getenv('FZ_CASE'), get_include_path(), error_reporting(), date_default_timezone_get(), ini_get('precision'), (string) 0.1,
    ini_get('date.timezone'), umask(), counted()];
$file = script('return [basename(getcwd()), getenv("FZ_CASE"), get_include_path(), error_reporting(), date_default_timezone_get(), ini_get("precision"), (string) 0.1,
    ini_get("date.timezone"), umask(), 0];');
[$thread, $pool] = [$vm->thread($counter), $vm->pool(1, $counter)];
$show = function (string $what) use ($vm, $look, $file, $thread, $pool): void {
    $here = [basename(getcwd()), getenv('FZ_CASE'), get_include_path(), error_reporting(), date_default_timezone_get(), ini_get('precision'), (string) 0.1, ini_get('date.timezone'), umask()];
    $fresh = $vm->thread($counter = script('function counted(): int { return 0; }'));
    $seen = ['run' => $vm->run($look)->await(), 'thread' => $thread->run($look)->await(), 'pool' => $pool->submit($look)->await(), 'new thread' => $fresh->run($look)->await(),
        'script' => $vm->thread()->run(fn (string $file) => FfiZts::boot()->runScript($file)->value, [$file])->await()];
    $fresh->close();
    $calls = [];
    foreach ($seen as $where => $values) {
        $calls[] = array_pop($values);
        if ($values !== $here) {
            echo "$what, $where: ", json_encode($values), ' and here ', json_encode($here), "\n";
        }
    }
    $script = $vm->startScript($file)->await()->value;
    echo $what, ': ', array_slice($script, 0, -1) === $here ? 'the same' : json_encode($script), ', calls ', implode(' ', $calls), "\n";
};
// A script ends the request that its worker keeps for tasks: run() counts from 1 each time.
$show('at first');
$show('nothing changed');
chdir('../two');
$show('chdir()');
putenv('FZ_CASE=1');
$show('putenv()');
putenv('FZ_CASE=2');
$show('the same variable');
putenv('FZ_CASE');
$show('putenv() without a value');
set_include_path('/opt');
$show('set_include_path()');
error_reporting(E_ERROR);
$show('error_reporting()');
date_default_timezone_set('Asia/Tokyo');
$show('date_default_timezone_set()');
date_default_timezone_set('Asia/Seoul');
$show('another zone of the same length');
ini_set('precision', '3');
$show('ini_set()');
ini_set('precision', '5');
$show('another value');
ini_restore('precision');
$show('ini_restore()');
ini_set('date.timezone', 'Europe/Paris');
$show('date.timezone behind a zone that was set');
umask(0027);
$show('umask()');
$thread->run(function () { umask(0077); })->await();
umask(0002);
echo decoct($thread->run('umask')->await()), ' ', decoct($pool->submit('umask')->await()), ' ', decoct($vm->run('umask')->await()), ' ', decoct(umask()), "\n";
umask(0022);

echo "as at the call, not as when it runs\n";
$first = $vm->run(function (string $file) { touch($file); while (file_exists($file)) { usleep(1000); clearstatcache(); } return 0; }, [tmp('busy')]);
started($first, tmp('busy'));
$futures = [];
foreach (['one', 'two', 'one'] as $directory) {
    chdir(tmp($directory));
    putenv("FZ_CASE=$directory");
    $futures[] = $vm->run(fn () => basename(getcwd()) . ' ' . getenv('FZ_CASE'));
}
unlink(tmp('busy'));
foreach ($futures as $future) {
    echo $future->await(), "\n";
}

echo "a directory that is gone\n";
chdir(tmp('gone'));
$waits = $vm->run(function (string $file) { touch($file); while (file_exists($file)) { usleep(1000); clearstatcache(); } return 0; }, [tmp('busy')]);
started($waits, tmp('busy'));
chdir(tmp('one'));
$vm->run('counted');
chdir(tmp('gone'));
$late = $vm->run('counted');
chdir(tmp('two'));
$after = $vm->run('getcwd');
rmdir(tmp('gone'));
unlink(tmp('busy'));
thrown(fn () => $late->await());
echo basename($after->await()), "\n";

// While the host's request ends.
register_shutdown_function(function () use ($vm) {
    chdir('/usr');
    putenv('FZ_CASE=late');
    echo $vm->run(fn () => basename(getcwd()) . ' ' . getenv('FZ_CASE') . ' ' . get_include_path())->await(), "\n";
});
?>
--EXPECT--
at first: the same, calls 1 1 1 0 0
nothing changed: the same, calls 1 2 2 0 0
chdir(): the same, calls 1 3 3 0 0
putenv(): the same, calls 1 4 4 0 0
the same variable: the same, calls 1 5 5 0 0
putenv() without a value: the same, calls 1 6 6 0 0
set_include_path(): the same, calls 1 7 7 0 0
error_reporting(): the same, calls 1 8 8 0 0
date_default_timezone_set(): the same, calls 1 9 9 0 0
another zone of the same length: the same, calls 1 10 10 0 0
ini_set(): the same, calls 1 11 11 0 0
another value: the same, calls 1 12 12 0 0
ini_restore(): the same, calls 1 13 13 0 0
date.timezone behind a zone that was set: the same, calls 1 14 14 0 0
umask(): the same, calls 1 15 15 0 0
77 2 2 2
as at the call, not as when it runs
one one
two two
one one
a directory that is gone
FfiZts\ScriptException: cannot enter the working directory {tmp}/gone: No such file or directory
two
usr late /opt
