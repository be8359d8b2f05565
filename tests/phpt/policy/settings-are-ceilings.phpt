--TEST--
Promises 9, 10: options of a script that is not trusted only tighten what the administrator has set by ffi_zts.*; files to prepend are added
--FILE--
<?php
require __DIR__ . '/web.inc';

foreach (['set', 'given', 'auto'] as $name) {
    script("\$GLOBALS['ran'][] = '$name';", "$name.php");
}
mkdir(tmp('one'));
mkdir(tmp('two'));
$look = script('return [$GLOBALS["ran"] ?? [], ini_get("memory_limit"), function_exists("system"), function_exists("mail"), ini_get("precision"), count(explode(":", ini_get("open_basedir")))];');
$settings = [
    'ffi_zts.ini' => '"memory_limit=32M;disable_functions=system;open_basedir=' . tmp() . ':/usr;precision=9;auto_append_file=' . tmp('auto.php') . ';allow_url_fopen=0;opcache.max_accelerated_files=4000"',
    'ffi_zts.prepend' => tmp('set.php'), 'ffi_zts.threads' => 2, 'ffi_zts.max_nesting' => 500, 'ffi_zts.stop_timeout' => 1, 'ffi_zts.spare_workers' => 1,
    'ffi_zts.bootstrap' => tmp('set.php'), 'memory_limit' => '64M',
];
$options = [
    ['ini' => ['memory_limit' => '48M']], ['ini' => ['memory_limit' => '-1']], ['ini' => ['memory_limit' => '16M']], ['ini' => ['memory_limit' => '1M']],
    ['ini' => ['disable_functions' => '']], ['ini' => ['disable_functions' => 'mail']],
    ['ini' => ['open_basedir' => '']], ['ini' => ['open_basedir' => '/']], ['ini' => ['open_basedir' => tmp()]],
    ['ini' => ['allow_url_fopen' => 1]], ['ini' => ['precision' => 5]], ['ini' => ['auto_append_file' => tmp('given.php')]], ['ini' => ['opcache.max_accelerated_files' => 2000]],
    ['prepend' => [tmp('given.php')]], ['prepend' => []], ['bootstrap' => tmp('given.php')],
    ['threads' => 3], ['threads' => 1], ['max_nesting' => 1000], ['stop_timeout' => 5.0], ['stop_timeout' => 0.5], ['spare_workers' => 2],
];
foreach ($options as $given) {
    $web = new Web($settings);
    echo plain(json_encode($given, JSON_UNESCAPED_SLASHES)), ' ', $web->page('show("", function () { $vm = FfiZts::boot(' . var_export($given, true) . '); return $vm->runScript(' . var_export($look, true) . ')->value; });'), "\n";
}
?>
--EXPECT--
{"ini":{"memory_limit":"48M"}} : FfiZts\PolicyException: option `ini["memory_limit"]` = "48M" would undo ffi_zts.ini ("32M"), which the administrator has set; it may only tighten it
{"ini":{"memory_limit":"-1"}} : FfiZts\PolicyException: option `ini["memory_limit"]` = "-1" would undo ffi_zts.ini ("32M"), which the administrator has set; it may only tighten it
{"ini":{"memory_limit":"16M"}} : [["set"],"16M",false,true,"9",2]
{"ini":{"memory_limit":"1M"}} : FfiZts\PolicyException: option `ini["memory_limit"]` = "1M" would undo ffi_zts.ini ("32M"), which the administrator has set; it may only tighten it
{"ini":{"disable_functions":""}} : [["set"],"32M",false,true,"9",2]
{"ini":{"disable_functions":"mail"}} : [["set"],"32M",false,false,"9",2]
{"ini":{"open_basedir":""}} : FfiZts\PolicyException: option `ini["open_basedir"]` = "" would undo ffi_zts.ini ("{tmp}:/usr"), which the administrator has set; it may only tighten it
{"ini":{"open_basedir":"/"}} : FfiZts\PolicyException: option `ini["open_basedir"]` = "/" would undo ffi_zts.ini ("{tmp}:/usr"), which the administrator has set; it may only tighten it
{"ini":{"open_basedir":"{tmp}"}} : [["set"],"32M",false,true,"9",1]
{"ini":{"allow_url_fopen":1}} : FfiZts\PolicyException: option `ini["allow_url_fopen"]` = "1" would undo ffi_zts.ini ("0"), which the administrator has set; it may only tighten it
{"ini":{"precision":5}} : [["set"],"32M",false,true,"5",2]
{"ini":{"auto_append_file":"{tmp}/given.php"}} : FfiZts\PolicyException: option `ini["auto_append_file"]` = "{tmp}/given.php" would undo ffi_zts.ini ("{tmp}/auto.php"), which the administrator has set; it may only tighten it
{"ini":{"opcache.max_accelerated_files":2000}} : FfiZts\PolicyException: option `ini["opcache.max_accelerated_files"]` = "2000" would undo ffi_zts.ini ("4000"), which the administrator has set; it may only tighten it
{"prepend":["{tmp}/given.php"]} : [["set","given"],"32M",false,true,"9",2]
{"prepend":[]} : [["set"],"32M",false,true,"9",2]
{"bootstrap":"{tmp}/given.php"} : FfiZts\PolicyException: option `bootstrap` = "{tmp}/given.php" would undo ffi_zts.bootstrap ("{tmp}/set.php"), which the administrator has set; it may only tighten it
{"threads":3} : FfiZts\PolicyException: option `threads` = "3" would undo ffi_zts.threads ("2"), which the administrator has set; it may only tighten it
{"threads":1} : [["set"],"32M",false,true,"9",2]
{"max_nesting":1000} : FfiZts\PolicyException: option `max_nesting` = "1000" would undo ffi_zts.max_nesting ("500"), which the administrator has set; it may only tighten it
{"stop_timeout":5} : FfiZts\PolicyException: option `stop_timeout` = "5" would undo ffi_zts.stop_timeout ("1"), which the administrator has set; it may only tighten it
{"stop_timeout":0.5} : [["set"],"32M",false,true,"9",2]
{"spare_workers":2} : FfiZts\PolicyException: option `spare_workers` = "2" would undo ffi_zts.spare_workers ("1"), which the administrator has set; it may only tighten it
