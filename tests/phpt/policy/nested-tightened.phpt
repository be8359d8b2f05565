--TEST--
Promise 9: what a job has tightened for itself holds for all that it starts, on workers that were there before, too; what it has loosened does not
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('in'));
file_put_contents(tmp('secret'), 'SECRET');
script('function look(): string { return (@file_get_contents(' . var_export(tmp('secret'), true) . ') ?: "refused") . " " . ini_get("memory_limit"); }
    function all(object $thread, object $pool): array {
        $vm = FfiZts::boot();
        $inner = fn () => FfiZts::boot()->run("look")->await(60);
        return [
            "task" => $vm->run("look")->await(60),
            "task of a task" => $vm->run($inner)->await(60),
            "script" => $vm->runScript(' . var_export(tmp('in/look.php'), true) . ')->value,
            "future script" => $vm->startScript(' . var_export(tmp('in/look.php'), true) . ')->await(60)->value,
            "new thread" => $vm->thread(' . var_export(tmp('in/functions.php'), true) . ')->run("look")->await(60),
            "new pool" => $vm->pool(1, ' . var_export(tmp('in/functions.php'), true) . ')->submit("look")->await(60),
            "map" => $vm->pool(1)->map([1], fn () => look())[0],
            "thread" => $thread->run("look")->await(60),
            "task of a thread" => $thread->run($inner)->await(60),
            "pool" => $pool->submit("look")->await(60),
        ];
    }', 'in/functions.php');
script('require_once __DIR__ . "/functions.php"; return look();', 'in/look.php');
$process = php('
    $functions = ' . var_export(tmp('in/functions.php'), true) . ';
    $vm = FfiZts::boot(["threads" => 3, "bootstrap" => $functions]);
    $show = function (string $title, array $all): void {
        echo "$title: ", implode(", ", array_unique($all)) === current($all) ? current($all) : json_encode($all, JSON_PRETTY_PRINT), "\n";
    };
    $job = function (array $settings, string $functions): array {
        $thread = FfiZts::boot()->thread($functions);
        $pool = FfiZts::boot()->pool(1, $functions);
        $thread->run("look")->await(60);
        $pool->submit("look")->await(60);
        foreach ($settings as $name => $value) {
            if (ini_set($name, $value) === false) {
                return ["$name is not set"];
            }
        }
        return all($thread, $pool);
    };
    $thread = $vm->thread($functions);
    $pool = $vm->pool(1, $functions);
    foreach ([[], ["memory_limit" => "24M"], ["open_basedir" => ' . var_export(tmp('in'), true) . '],
        ["memory_limit" => "24M", "open_basedir" => ' . var_export(tmp('in'), true) . '], ["memory_limit" => "512M"]] as $settings) {
        $show(json_encode(array_map("basename", $settings)), $vm->thread($functions)->run($job, [$settings, $functions])->await(60));
    }
    $show("the host", [$vm->run("look")->await(), $thread->run("look")->await(), $pool->submit("look")->await()]);
', ['memory_limit' => '96M'], limit: 120);
echo plain($process['out'] . $process['err']), $process['status'], "\n";
?>
--EXPECT--
[]: SECRET 96M
{"memory_limit":"24M"}: SECRET 24M
{"open_basedir":"in"}: refused 96M
{"memory_limit":"24M","open_basedir":"in"}: refused 24M
{"memory_limit":"512M"}: SECRET 96M
the host: SECRET 96M
0
