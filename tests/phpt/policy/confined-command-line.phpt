--TEST--
Promises 9, 10: a confined command line chooses no native code by options, and gets past nothing by the class of ffi-zts run
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('in'));
file_put_contents(tmp('secret.php'), '<?php echo "SECRET\n";');
file_put_contents(tmp('in/inside.php'), '<?php echo "inside\n";');
file_put_contents(tmp('in/own.ini'), "precision=7\n");

$try = 'foreach ([["library" => "/nowhere"], ["libdir" => "/nowhere"], ["runtime" => "/nowhere"], ["extensions" => ["/nowhere/x.so"]], ["extension_dir" => "/nowhere"],
    ["ini_file" => "/nowhere"], ["ini" => ["opcache.preload" => "/nowhere"]], ["ini" => ["sendmail_path" => "/nowhere"]]] as $options) {
    $name = json_encode($options);
    try { FfiZts::boot($options); $said[] = "accepted"; } catch (FfiZts\Exception $e) { $said[] = get_class($e); $text ??= $e->getMessage(); }
    try { FfiZts\Internal\Doctor::findings($options); } catch (FfiZts\PolicyException $e) { $doctor[] = 1; }
    try { FfiZts\relink(__FILE__, null, null, true, $options); } catch (FfiZts\PolicyException) { $relink[] = 1; } catch (FfiZts\BootException) { }
}
echo count(array_keys($said, "FfiZts\\\\PolicyException")), " ", count($doctor ?? []), " ", count($relink ?? []), " ", $said[0] === "FfiZts\\\\PolicyException" ? $text : "", "\n";';
foreach ([
    'nothing' => [],
    'open_basedir' => ['open_basedir' => tmp()],
    'disable_functions' => ['disable_functions' => 'mail'],
    'disable_classes' => PHP_VERSION_ID < 80500 ? ['disable_classes' => 'SplTempFileObject'] : ['disable_functions' => 'mail'], // 8.5 has none
    'allowed' => ['disable_functions' => 'mail', 'ffi_zts.allow_runtime_options' => 1],
] as $label => $ini) {
    $process = php($try, $ini, support: false);
    echo "$label: ", plain(trim($process['out'] . $process['err'])), "\n";
}

echo "--- ffi-zts run\n";
$code = 'echo function_exists("mail") ? "ESCAPED" : "disabled", " ", ini_get("memory_limit"), " ", ini_get("allow_url_fopen") ? "ESCAPED" : "no urls", " ",
    ini_get("ffi.enable") ? "ESCAPED" : "no FFI", " ", @file_get_contents(' . var_export(tmp('secret.php'), true) . ') ? "ESCAPED" : "no file", "\n";';
$confined = ['open_basedir' => tmp('in'), 'disable_functions' => 'mail', 'memory_limit' => '64M', 'allow_url_fopen' => 0, 'ffi.enable' => 0];
$call = function (array $spec, bool $allowed) use ($confined): string {
    file_put_contents(tmp('in/call.php'), '<?php
        try { $status = FfiZts\Internal\Cli::main(' . var_export($spec, true) . '); echo "status $status\n"; } catch (FfiZts\Exception $e) { echo get_class($e), ": ", strtok($e->getMessage(), " "), " ", strtok(" "), "\n"; }');
    $process = run([...php_command($confined + ['ffi_zts.allow_runtime_options' => (int) $allowed]), tmp('in/call.php')]);
    // From 8.4 on PHP says on standard error what it cannot open.
    return str_replace("\n", ' / ', trim(plain(strstr($process['err'], 'Could not open input file') . $process['out'])));
};
foreach (['', "precision=5\n", "[PATH=/nowhere]\n", "[HOST=nowhere]\nmemory_limit=-1\n", "x=\"", "x='\n", "memory_limit=-1\nallow_url_fopen=1\nffi.enable=1\ndisable_functions=\n", "x=y;\n\n[PATH=\n", "x=\${", "a[]=1\n["] as $text) {
    foreach ([false, true] as $allowed) {
        echo json_encode($text), $allowed ? ' allowed' : '', ': ', $call(['mode' => 'code', 'script' => $code, 'ini_text' => $text, 'no_ini' => true], $allowed), "\n";
    }
}
foreach (['file', 'lint'] as $mode) {
    foreach (['in/inside.php', 'secret.php'] as $script) {
        echo "$mode $script: ", $call(['mode' => $mode, 'script' => tmp($script), 'argv' => [tmp($script)], 'no_ini' => true], false), "\n";
    }
}
echo 'ini file: ', $call(['mode' => 'code', 'script' => 'echo ini_get("precision");', 'ini_path' => tmp('in/own.ini')], false), "\n";
echo 'extensions: ', $call(['mode' => 'code', 'script' => 'echo 1;', 'options' => ['extensions' => ['/nowhere/x.so']]], false), "\n";
?>
--EXPECT--
nothing: 0 0 0
open_basedir: 8 8 8 option `library` chooses what the process executes and is not taken from a script under the SAPI cli, which open_basedir or disable_* confine; set ffi_zts.library in php.ini, or let the administrator set ffi_zts.allow_runtime_options=1 there
disable_functions: 8 8 8 option `library` chooses what the process executes and is not taken from a script under the SAPI cli, which open_basedir or disable_* confine; set ffi_zts.library in php.ini, or let the administrator set ffi_zts.allow_runtime_options=1 there
disable_classes: 8 8 8 option `library` chooses what the process executes and is not taken from a script under the SAPI cli, which open_basedir or disable_* confine; set ffi_zts.library in php.ini, or let the administrator set ffi_zts.allow_runtime_options=1 there
allowed: 0 0 0
--- ffi-zts run
"": disabled 64M no urls no FFI no file / status 0
"" allowed: disabled 64M no urls no FFI no file / status 0
"precision=5\n": FfiZts\PolicyException: a setting
"precision=5\n" allowed: disabled 64M no urls no FFI no file / status 0
"[PATH=\/nowhere]\n": FfiZts\PolicyException: a setting
"[PATH=\/nowhere]\n" allowed: disabled 64M no urls no FFI no file / status 0
"[HOST=nowhere]\nmemory_limit=-1\n": FfiZts\PolicyException: a setting
"[HOST=nowhere]\nmemory_limit=-1\n" allowed: disabled 64M no urls no FFI no file / status 0
"x=\"": FfiZts\PolicyException: a setting
"x=\"" allowed: disabled 64M no urls no FFI no file / status 0
"x='\n": FfiZts\PolicyException: a setting
"x='\n" allowed: disabled 64M no urls no FFI no file / status 0
"memory_limit=-1\nallow_url_fopen=1\nffi.enable=1\ndisable_functions=\n": FfiZts\PolicyException: a setting
"memory_limit=-1\nallow_url_fopen=1\nffi.enable=1\ndisable_functions=\n" allowed: disabled 64M no urls no FFI no file / status 0
"x=y;\n\n[PATH=\n": FfiZts\PolicyException: a setting
"x=y;\n\n[PATH=\n" allowed: disabled 64M no urls no FFI no file / status 0
"x=${": FfiZts\PolicyException: a setting
"x=${" allowed: disabled 64M no urls no FFI no file / status 0
"a[]=1\n[": FfiZts\PolicyException: a setting
"a[]=1\n[" allowed: disabled 64M no urls no FFI no file / status 0
file in/inside.php: inside / status 0
file secret.php: Could not open input file: {tmp}/secret.php / status 1
lint in/inside.php: No syntax errors detected in {tmp}/in/inside.php / status 0
lint secret.php: Could not open input file: {tmp}/secret.php / status 1
ini file: FfiZts\PolicyException: a php.ini
extensions: FfiZts\PolicyException: option `extensions`
