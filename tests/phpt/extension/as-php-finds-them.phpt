--TEST--
An extension is relinked however php comes to its name: -d, a scanned directory, dl(); what is refused is a warning there, as php has it
--SKIPIF--
<?php
require __DIR__ . '/extension.inc';
if ($why = no_compiler()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/extension.inc';

mkdir($directory = tmp('extensions'));
mkdir($scanned = tmp('scanned'));
build_extension('fzscanned', $directory);
build_extension('fzgiven', $directory);
build_extension('fzlate', $directory);
file_put_contents("$directory/fztext.so", "no library\n");
$nts = ini_get('extension_dir') . '/posix.so';
file_put_contents("$scanned/10.ini", "extension_dir=$directory\nextension=fzscanned\nextension=\${FZ_NAME}\nextension=fztext\nextension=$nts\n");

function ffi_zts(array $arguments, array $environment): void
{
    $command = [...php_command(['ffi_zts.cache_dir' => tmp('cache')]), root() . '/php/bin/ffi-zts', ...$arguments];
    ended(run($command, 60, '', $environment + getenv()));
}
$code = 'echo json_encode(array_values(array_filter(get_loaded_extensions(), fn ($name) => str_starts_with($name, "fz")))), "\n";';
ffi_zts(['run', '-d', "extension=$directory/fzlate.so", '-r', $code], ['PHP_INI_SCAN_DIR' => $scanned, 'FZ_NAME' => 'fzgiven.so']);
echo "--- dl\n";
ffi_zts(['run', '-n', '-d', "extension_dir=$directory", '-d', 'display_errors=1', '-r', 'var_dump(dl("fzgiven")); echo fzgiven_loaded(), "\n"; dl("fztext");'], []);
echo "--- the runtime's directory is the default, and a php.ini may name another\n";
foreach ([[], ['-d', 'extension_dir=/elsewhere']] as $options) {
    ffi_zts(['run', '-n', ...$options, '-r', 'echo ini_get("extension_dir"), "\n";'], []);
}
?>
--EXPECTF--
status 0: Warning: PHP Startup: Unable to load dynamic library 'fztext' (tried: {tmp}/extensions/fztext (%s), {tmp}/extensions/fztext.so (extension {tmp}/extensions/fztext.so is refused: not an ELF file; %s)) in Unknown on line 0

Warning: PHP Startup: Unable to load dynamic library '%sposix.so' (tried: %sposix.so (extension %sposix.so is refused: it is not thread-safe (NTS; the guest is ZTS); %s in Unknown on line 0
["fzscanned","fzgiven","fzlate"]
--- dl
status 0: bool(true)
Command line code

Warning: dl(): Unable to load dynamic library 'fztext' (tried: {tmp}/extensions/fztext (%s), {tmp}/extensions/fztext.so (extension {tmp}/extensions/fztext.so is refused: not an ELF file; %s)) in Command line code on line 1
--- the runtime's directory is the default, and a php.ini may name another
status 0: %s/ext
status 0: /elsewhere
