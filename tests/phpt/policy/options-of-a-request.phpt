--TEST--
Promises 9, 10: off the command line what options say of jobs ends with the request: files that run in them, their ini settings, options that were only checked
--FILE--
<?php
require __DIR__ . '/web.inc';

$look = script('return [ini_get("precision"), ini_get("memory_limit"), ini_get("user_agent"), $GLOBALS["ran"] ?? [], (string) ini_get("auto_prepend_file") === "" ? "" : "auto", ini_get("variables_order"), @ini_set("precision", "11") !== false];');
script('function look(): array { return [ini_get("precision"), ini_get("memory_limit"), $GLOBALS["ran"] ?? []]; }', 'functions.php');
foreach (['a', 'b'] as $who) {
    foreach (['prepend', 'bootstrap', 'auto'] as $what) {
        script("\$GLOBALS['ran'][] = '$who $what';" . ($what === 'auto' ? '' : 'require_once ' . var_export(tmp('functions.php'), true) . ';'), "$who-$what.php");
    }
}
$functions = '
    $look = fn () => FfiZts::boot()->runScript(' . var_export($look, true) . ')->value;
    $of = fn (string $who): array => ["prepend" => ["' . tmp() . '/$who-prepend.php"], "bootstrap" => "' . tmp() . '/$who-bootstrap.php",
        "ini" => ["precision" => $who === "a" ? 5 : 6, "memory_limit" => $who === "a" ? "32M" : "40M", "auto_prepend_file" => "' . tmp() . '/$who-auto.php", "user_agent" => $who, "variables_order" => "GP"]];
    $task = fn (FfiZts\Vm $vm) => $vm->run("look")->await();';
$pages = [
    'only checked' => 'FfiZts::boot($of("a")); echo "checked\n";',
    'the next page' => 'show("script", $look);',
    'the first that has options' => 'FfiZts::boot($of("a")); show("script", $look); show("task", fn () => $task(FfiZts::boot())); show("others", fn () => FfiZts::boot($of("b")) && 0);',
    'a page without' => 'show("script", $look); show("task", fn () => $task(FfiZts::boot())); ini_set("memory_limit", "48M"); show("script", $look);',
    'another page' => 'show("script", fn () => FfiZts::boot($of("b")) ? $look() : 0); show("task", fn () => $task(FfiZts::boot()));',
    'settings of its own' => 'ini_set("precision", 3); ini_set("user_agent", "host"); FfiZts::boot($of("a")); show("script", $look);',
    'a limit above the present one' => 'ini_set("memory_limit", "36M"); show("boot", fn () => FfiZts::boot($of("b"))); show("script", $look);',
    'a limit that came later' => '$vm = FfiZts::boot($of("b")); ini_set("memory_limit", "36M"); show("script", $look);',
    'the process' => 'show("threads", fn () => FfiZts::boot(["threads" => 7])); show("opcache", fn () => FfiZts::boot(["ini" => ["opcache.enable" => 1]])); show("then", $look);',
    'by methods' => '$vm = FfiZts::boot()->withPrepend("' . tmp() . '/b-prepend.php")->withIniEntry("precision", "8"); show("script", fn () => $vm->runScript(' . var_export($look, true) . ')->value); show("again", fn () => $vm->withIniEntry("precision", "9"));',
    'the last page' => 'show("script", $look);',
];
$web = new Web(['memory_limit' => '64M', 'ffi_zts.threads' => 2]);
foreach ($pages as $title => $code) {
    echo "--- $title\n", $web->page($functions . $code), "\n";
}
unset($web);
echo "=== a process that boots for a page with options\n";
$web = new Web(['memory_limit' => '64M', 'ffi_zts.threads' => 2]);
foreach (['the first that has options', 'a page without', 'another page', 'the last page'] as $title) {
    echo "--- $title\n", $web->page($functions . $pages[$title]), "\n";
}
?>
--EXPECTF--
--- only checked
checked
--- the next page
script: ["14","64M","",[],"","EGPCS",true]
--- the first that has options
script: ["5","32M","a",["a prepend","a auto"],"auto","GP",true]
task: ["5","32M",["a prepend","a auto","a bootstrap"]]
others: FfiZts\Error: the VM of this process was booted with other options (ini, prepend, bootstrap); a process has one VM: boot it once with what every part needs
--- a page without
script: ["14","64M","",[],"","EGPCS",true]
task: FfiZts\TransferException: look cannot be called here: function "look" not found or invalid function name
script: ["14","48M","",[],"","EGPCS",true]
--- another page
script: ["6","40M","b",["b prepend","b auto"],"auto","GP",true]
task: ["6","40M",["b prepend","b auto","b bootstrap"]]
--- settings of its own
script: ["5","32M","a",["a prepend","a auto"],"auto","GP",true]
--- a limit above the present one
boot: FfiZts\PolicyException: option `ini["memory_limit"]` = "40M" would be weaker than the host's memory_limit, "36M"; it may only restrict further
script: ["14","36M","",[],"","EGPCS",true]
--- a limit that came later
script: FfiZts\PolicyException: %soption `ini["memory_limit"]` = "40M" would be weaker than the host's memory_limit, "36M"; it may only restrict further
--- the process
threads: FfiZts\Error: the VM of this process was booted with other options (threads); a process has one VM: boot it once with what every part needs
opcache: FfiZts\Error: the VM of this process was booted with other options (ini); a process has one VM: boot it once with what every part needs
then: ["14","64M","",[],"","EGPCS",true]
--- by methods
script: ["8","64M","",["b prepend"],"","EGPCS",true]
again: FfiZts\Error: the VM has started: its configuration can be changed only before the first job
--- the last page
script: ["14","64M","",[],"","EGPCS",true]
=== a process that boots for a page with options
--- the first that has options
script: ["5","32M","a",["a prepend","a auto"],"auto","GP",true]
task: ["5","32M",["a prepend","a auto","a bootstrap"]]
others: FfiZts\Error: the VM of this process was booted with other options (ini, prepend, bootstrap); a process has one VM: boot it once with what every part needs
--- a page without
script: ["14","64M","",[],"","EGPCS",true]
task: FfiZts\TransferException: look cannot be called here: function "look" not found or invalid function name
script: ["14","48M","",[],"","EGPCS",true]
--- another page
script: ["6","40M","b",["b prepend","b auto"],"auto","GP",true]
task: ["6","40M",["b prepend","b auto","b bootstrap"]]
--- the last page
script: ["14","64M","",[],"","EGPCS",true]
