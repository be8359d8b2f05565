--TEST--
Promise 9: a thread of an extension has what its job has tightened for itself
--SKIPIF--
<?php require __DIR__ . '/extension.inc'; threads_skip(); ?>
--FILE--
<?php
require __DIR__ . '/extension.inc';

mkdir(tmp('in'));
mkdir(tmp('out'));
file_put_contents(tmp('out/secret'), 'SECRET');
$extension = var_export(threads_extension(), true);
ended(php('
    chdir(' . var_export(tmp('in'), true) . ');
    $vm = FfiZts::boot(["threads" => 1, "extensions" => [' . $extension . ']]);
    $thread = var_export(\'echo json_encode([@file_get_contents("../out/secret"), ini_get("memory_limit")]);\', true);
    foreach (["", "ini_set(\"memory_limit\", \"512M\");", "ini_set(\"memory_limit\", \"24M\");", "ini_set(\"open_basedir\", getcwd());",
        "ini_set(\"memory_limit\", \"24M\"); ini_set(\"open_basedir\", getcwd());", ""] as $tightened) {
        echo $tightened, " ";
        $vm->runScript(script($tightened . "threads\\\\join(threads\\\\start($thread));"));
        echo "\n";
    }
', ['memory_limit' => '96M']));
?>
--EXPECT--
status 0: ["SECRET","96M"]
ini_set("memory_limit", "512M"); ["SECRET","96M"]
ini_set("memory_limit", "24M"); ["SECRET","25165824"]
ini_set("open_basedir", getcwd()); [false,"96M"]
ini_set("memory_limit", "24M"); ini_set("open_basedir", getcwd()); [false,"25165824"]
 ["SECRET","96M"]
