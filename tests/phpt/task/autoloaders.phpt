--TEST--
Every Composer autoloader of the host is run for tasks, in order and before a bootstrap file; the option autoload=false leaves the bootstrap file alone
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

foreach (['tool/vendor', 'app/vendor', 'late/vendor', 'app/lib'] as $directory) {
    mkdir(tmp($directory), recursive: true);
}
$autoload = fn (string $class) => '<?php $GLOBALS["loaded"][] = "' . $class . '"; spl_autoload_register(function (string $class): void {
    if ($class === "' . $class . '") { eval("final class $class { public static function name(): string { return self::class; } }"); } });';
file_put_contents(tmp('tool/vendor/autoload.php'), $autoload('Tool'));
file_put_contents(tmp('app/vendor/autoload.php'), $autoload('App'));
file_put_contents(tmp('late/vendor/autoload.php'), $autoload('Late'));
// With Composer's setting vendor-dir: its class loader knows the directory.
file_put_contents(tmp('app/lib/ClassLoader.php'), '<?php namespace Composer\Autoload; class ClassLoader { private static $registeredLoaders = [];
    public static function register(string $directory) { self::$registeredLoaders[$directory] = true; } }');
file_put_contents(tmp('app/lib/autoload.php'), $autoload('Library') . 'require_once __DIR__ . "/ClassLoader.php"; Composer\Autoload\ClassLoader::register(__DIR__);');
// No autoloader, by place or name.
file_put_contents(tmp('app/autoload.php'), '<?php $GLOBALS["loaded"][] = "nobody";');
file_put_contents(tmp('app/vendor/other-autoload.php'), '<?php $GLOBALS["loaded"][] = "nobody";');
$bootstrap = script('$GLOBALS["loaded"][] = "bootstrap after " . (class_exists("App") ? App::name() : "none");');

echo "in addition\n";
$code = '
    foreach (["tool/vendor/autoload.php", "app/vendor/autoload.php", "app/autoload.php", "app/vendor/other-autoload.php", "app/lib/autoload.php"] as $file) {
        require ' . var_export(tmp(), true) . ' . "/$file";
    }
    $GLOBALS["loaded"] = [];
    $show = function (object $worker, string $method) { echo implode(", ", $worker->$method(fn () => $GLOBALS["loaded"] ?? [])->await()), "\n"; };
    $vm = FfiZts::boot($options);
    foreach (["App", "Tool", "Library"] as $class) {
        try { echo $vm->run([$class, "name"])->await(), "\n"; } catch (FfiZts\TransferException) { echo "no $class\n"; }
    }
    $show($vm, "run");
    $show($vm->thread(), "run");
    $show($vm->thread(' . var_export($bootstrap, true) . '), "run");
    $show($vm->pool(1, ' . var_export($bootstrap, true) . '), "submit");
    if ($late) {
        require ' . var_export(tmp('late/vendor/autoload.php'), true) . ';
        echo $vm->run("Late::name")->await(), "\n";
        $show($vm, "run");
    }
    echo $vm->runScript(script("return count(\$GLOBALS[\"loaded\"] ?? []);"))->value, " in a script\n";';
ended(php('$options = ["threads" => 1]; $late = true;' . $code));
echo "with the option bootstrap\n";
ended(php('$options = ["threads" => 1, "bootstrap" => ' . var_export($bootstrap, true) . ']; $late = false;' . $code));
echo "replaced\n";
ended(php('$options = ["threads" => 1, "autoload" => false, "bootstrap" => ' . var_export($bootstrap, true) . ']; $late = false;' . $code));
ended(php('var_dump(FfiZts::boot()->run("spl_autoload_functions")->await()); require ' . var_export(tmp('tool/vendor/autoload.php'), true) . ';
    thrown(fn () => FfiZts::boot()->run("Tool::name")->await());', ['ffi_zts.autoload' => '0']));
thrown(fn () => FfiZts::boot(['autoload' => 'yes']));
?>
--EXPECT--
in addition
status 0: App
Tool
Library
Tool, App, Library
Tool, App, Library
Tool, App, Library, bootstrap after App
Tool, App, Library, bootstrap after App
Late
Tool, App, Library, Late
0 in a script
with the option bootstrap
status 0: App
Tool
Library
Tool, App, Library, bootstrap after App
Tool, App, Library, bootstrap after App
Tool, App, Library, bootstrap after App
Tool, App, Library, bootstrap after App
0 in a script
replaced
status 0: no App
no Tool
no Library
bootstrap after none
bootstrap after none
bootstrap after none
bootstrap after none
0 in a script
status 0: array(0) {
}
FfiZts\TransferException: Tool::name cannot be called here: class "Tool" not found
FfiZts\Error: FfiZts::boot(): option `autoload` must be bool, string given
