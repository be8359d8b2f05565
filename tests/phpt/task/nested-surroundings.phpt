--TEST--
Jobs that a job starts begin as it is at the call: directory, umask, environment, settings, time zone; those of a script with its autoloaders
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

foreach (['host', 'job', 'vendor', 'in'] as $name) {
    mkdir(tmp($name));
}
file_put_contents(tmp('vendor/autoload.php'), '<?php spl_autoload_register(function (string $class): void { if ($class === "Found") { eval("final class Found { public static function name(): string { return self::class; } }"); } });');
chdir(tmp('host'));
putenv('FZ_CASE=host');
$declarations = 'function look(): array { return [basename(getcwd()), getenv("FZ_CASE"), get_include_path(), date_default_timezone_get(), ini_get("precision"), ini_get("user_agent"), umask()]; }
    function inner(): array { return FfiZts::boot()->run("look")->await(60); }
    function thread(): array { $thread = FfiZts::boot()->thread(' . var_export(tmp('bootstrap.php'), true) . '); $seen = $thread->run("look")->await(60); $thread->close(); return $seen; }
    function script(): array { return FfiZts::boot()->runScript(' . var_export(tmp('look.php'), true) . ')->value; }
    function alike(): string { return json_encode(array_map(fn (array $seen) => $seen === look() ? "the same" : $seen, [inner(), thread(), script()])); }';
script($declarations, 'bootstrap.php');
script('require_once ' . var_export(tmp('bootstrap.php'), true) . '; return look();', 'look.php');
$vm = FfiZts::boot(['threads' => 2, 'bootstrap' => tmp('bootstrap.php'), 'ini' => ['user_agent' => 'option']]);
echo $vm->run('alike')->await(60), "\n";
$changes = ['chdir' => [tmp('job')], 'putenv' => ['FZ_CASE=job'], 'set_include_path' => ['/opt'], 'date_default_timezone_set' => ['Asia/Tokyo'], 'ini_set' => ['precision', '5'], 'umask' => [027]];
$change = function (array $changes): array {
    $seen = [];
    foreach ($changes as $function => $arguments) {
        $function(...$arguments);
        $seen[$function] = alike();
    }
    ini_set('user_agent', 'job');
    $seen['an option'] = alike();
    putenv('FZ_CASE=again');
    $seen['putenv again'] = alike();
    putenv('FZ_CASE');
    $seen['putenv without a value'] = alike();
    ini_restore('precision');
    $seen['ini_restore'] = alike();
    return $seen;
};
foreach ($vm->thread(tmp('bootstrap.php'))->run($change, [$changes])->await(60) as $what => $seen) {
    echo "$what: $seen\n";
}
echo json_encode($vm->run('look')->await()), "\n";

echo "what changes under way\n";
putenv('FZ_CASE=later');
ini_set('precision', '9');
$task = fn () => [look()[1], look()[4], inner()[1], inner()[4]];
echo json_encode($vm->run($task)->await(60)), "\n";
putenv('FZ_CASE=last');
echo json_encode($vm->run($task)->await(60)), "\n";

echo "a script, its autoloaders and its restrictions\n";
$script = script('require ' . var_export(tmp('vendor/autoload.php'), true) . ';
    $vm = FfiZts::boot();
    echo $vm->run("Found::name")->await(60), "\n";
    $read = fn () => [@file_get_contents("/etc/passwd") === false ? "refused" : "read", ini_get("open_basedir") !== ""];
    echo json_encode($vm->run($read)->await(60)), "\n";
    ini_set("open_basedir", ' . var_export(tmp() . ':' . root(), true) . ');
    echo json_encode($vm->run($read)->await(60)), json_encode($vm->thread()->run($read)->await(60)), "\n";');
$vm->runScript($script);
echo json_encode($vm->run(fn () => @file_get_contents('/etc/passwd') === false)->await(60)), "\n";
?>
--EXPECT--
["the same","the same","the same"]
chdir: ["the same","the same","the same"]
putenv: ["the same","the same","the same"]
set_include_path: ["the same","the same","the same"]
date_default_timezone_set: ["the same","the same","the same"]
ini_set: ["the same","the same","the same"]
umask: ["the same","the same","the same"]
an option: ["the same","the same","the same"]
putenv again: ["the same","the same","the same"]
putenv without a value: ["the same","the same","the same"]
ini_restore: ["the same","the same","the same"]
["host","host",".:\/usr\/share\/php","UTC","14","option",18]
what changes under way
["later","9","later","9"]
["last","9","last","9"]
a script, its autoloaders and its restrictions
Found
["read",false]
["refused",true]["refused",true]
false
