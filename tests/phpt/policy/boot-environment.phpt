--TEST--
Promises 9, 10: native code of a guest reads the environment that the process was started with, whatever a script has made of it before the boot or makes of it later
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (!is_file(runtime() . '/ext/fileinfo.so') && !str_contains((string) shell_exec(runtime() . '/bin/php -n -m'), 'fileinfo')) die('skip the guest has no fileinfo');
?>
--FILE--
<?php
require __DIR__ . '/web.inc';

foreach (['first', 'mine', 'later', 'scanned'] as $name) {
    mkdir(tmp($name));
}
file_put_contents(tmp('magic'), "0 string FFIZTS chosen by a script\n");
file_put_contents(tmp('evil.cnf'), "openssl_conf = x\n[x]\nengines = y\n");
file_put_contents(tmp('scanned/evil.ini'), "precision=3\n");
script('
    $limit = (int) ini_get("memory_limit");
    try { $text = (new finfo(FILEINFO_NONE))->buffer("FFIZTS"); } catch (Throwable $e) { $text = get_class($e); }
    return [basename(sys_get_temp_dir()), $text, getenv("TMPDIR") === false ? "" : basename(getenv("TMPDIR")), ini_get("precision")];', 'look.php');
script('$x = str_repeat("x", 200 << 20); return strlen($x);', 'much.php');
$code = '
    $at = fn (string $name): string => ' . var_export(tmp(), true) . ' . "/$name";
    $show = function (string $label) use ($at) {
        $said = [];
        try { $said = FfiZts::boot()->runScript($at("look.php"))->value; } catch (FfiZts\Exception $e) { $said[] = $e->getMessage(); }
        try { $said[] = FfiZts::boot()->runScript($at("much.php"))->value; } catch (FfiZts\ScriptException $e) { $said[] = substr($e->getMessage(), 0, 25); }
        echo $label, ": ", json_encode($said), "\n";
    };
    foreach (["USE_ZEND_ALLOC=0", "TMPDIR=" . $at("mine"), "MAGIC=" . $at("magic"), "OPENSSL_CONF=" . $at("evil.cnf"), "PHP_INI_SCAN_DIR=" . $at("scanned"), "GCONV_PATH=" . $at("mine")] as $variable) {
        putenv($variable);
    }
    $show("set before the boot");
    putenv("TMPDIR=" . $at("later"));
    $show("set later");
    putenv("TMPDIR");
    $show("taken away");
    echo "the host: ", basename(getenv("MAGIC")), "\n";';
$environment = ['TMPDIR' => tmp('first')] + array_diff_key(getenv(), ['MAGIC' => 1, 'USE_ZEND_ALLOC' => 1, 'PHP_INI_SCAN_DIR' => 1]);
$ini = ['memory_limit' => '64M', 'ffi_zts.ini_file' => tmp('php.ini')];
file_put_contents(tmp('php.ini'), "precision=9\nmemory_limit=64M\n");
foreach (['a command line' => [], 'a confined one' => ['open_basedir' => tmp()]] as $title => $more) {
    echo "--- $title\n", plain(run([...php_command($ini + $more), script($code)], environment: $environment)['out']);
}
echo "--- pages\n";
$web = new Web($ini, $environment);
echo $web->page($code), "\n", $web->page('$at = fn (string $name): string => ' . var_export(tmp(), true) . ' . "/$name"; show("the next page", fn () => FfiZts::boot()->runScript($at("look.php"))->value);'), "\n";
?>
--EXPECT--
--- a command line
set before the boot: ["first","ASCII text, with no line terminators","mine","9","Allowed memory size of 67"]
set later: ["first","ASCII text, with no line terminators","later","9","Allowed memory size of 67"]
taken away: ["first","ASCII text, with no line terminators","","9","Allowed memory size of 67"]
the host: magic
--- a confined one
set before the boot: ["first","ASCII text, with no line terminators","mine","9","Allowed memory size of 67"]
set later: ["first","ASCII text, with no line terminators","later","9","Allowed memory size of 67"]
taken away: ["first","ASCII text, with no line terminators","","9","Allowed memory size of 67"]
the host: magic
--- pages
set before the boot: ["first","ASCII text, with no line terminators","mine","9","Allowed memory size of 67"]
set later: ["first","ASCII text, with no line terminators","later","9","Allowed memory size of 67"]
taken away: ["first","ASCII text, with no line terminators","","9","Allowed memory size of 67"]
the host: magic
the next page: ["first","ASCII text, with no line terminators","first","9"]
