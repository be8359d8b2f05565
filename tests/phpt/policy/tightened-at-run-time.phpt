--TEST--
Promise 9: open_basedir and memory_limit that the host tightens at run time hold for the next job
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('in'));
mkdir(tmp('out'));
file_put_contents(tmp('out/secret'), 'SECRET');
$process = php('
    $vm = FfiZts::boot(["threads" => 2]);
    $look = script("return [@file_get_contents(\$argv[1]), ini_get(\"memory_limit\")];", "look.php");
    copy($look, ' . var_export(tmp('in/look.php'), true) . ');
    $look = ' . var_export(tmp('in/look.php'), true) . ';
    $show = function () use ($vm, $look) { echo json_encode($vm->runScript($look, [' . var_export(tmp('out/secret'), true) . '])->value), "\n"; };
    $show();
    ini_set("memory_limit", "48M");
    $show();
    ini_set("open_basedir", ' . var_export(tmp('in'), true) . ');
    $show();
    $show();
    thrown(fn () => $vm->runScript(' . var_export(tmp('out/secret'), true) . '));
    thrown(fn () => $vm->startScript(' . var_export(tmp('out/secret'), true) . ')->await());
', ['memory_limit' => '96M']);
echo plain($process['out']), $process['status'], "\n";
?>
--EXPECTF--
["SECRET","96M"]
["SECRET","48M"]
[false,"48M"]
[false,"48M"]
FfiZts\ScriptException: %sopen_basedir%s
FfiZts\ScriptException: %sopen_basedir%s
0
