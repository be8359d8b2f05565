--TEST--
What the options say holds in the guest: threads, ini, ini_file, prepend, sapi_name, output
--FILE--
<?php
require __DIR__ . '/../support.inc';

file_put_contents(tmp('guest.ini'), "precision=9\nserialize_precision=8\nuser_agent=from file\n");
$one = script('$GLOBALS["seen"][] = "one";');
$two = script('$GLOBALS["seen"][] = "two";');
$auto = script('$GLOBALS["seen"][] = "auto";');
$vm = FfiZts::boot([
    'threads' => 3,
    'ini_file' => tmp('guest.ini'),
    'ini' => ['precision' => 6, 'date.timezone' => 'Asia/Tokyo', 'auto_prepend_file' => $auto, 'assert.exception' => true, 'from' => "it's \${HOME} \"q\" \\"],
    'prepend' => [$one, $two],
    'sapi_name' => 'my-sapi',
]);
$result = $vm->runScript(script(<<<'PHP'
    return [$GLOBALS['seen'], ini_get('precision'), ini_get('serialize_precision'), ini_get('user_agent'), date_default_timezone_get(),
        ini_get('assert.exception'), ini_get('from'), PHP_SAPI, php_sapi_name()];
    PHP));
echo json_encode($result->value, JSON_UNESCAPED_SLASHES), "\n";
echo $vm->info()['threads'], ' ', $vm->info()['sapi_name'], "\n";
ended(php('FfiZts::boot(["output" => "stdout"])->runScript(script("echo \"direct\";")); ob_start(); FfiZts::boot()->runScript(script("echo \" past the buffer\";")); ob_end_clean();'));
?>
--EXPECT--
[["one","two","auto"],"6","8","from file","Asia/Tokyo","1","it's ${HOME} \"q\" \\","my-sapi","my-sapi"]
3 my-sapi
status 0: direct past the buffer
