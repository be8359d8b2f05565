--TEST--
Hazard 20: putenv() of a script moves neither cache nor php.ini files of its guest, and no copy of an extension is kept or opened there
--FILE--
<?php
require __DIR__ . '/web.inc';

mkdir(tmp('home'), 0700);
mkdir(tmp('mine'), 0700);
mkdir(tmp('scanned'));
file_put_contents(tmp('scanned/evil.ini'), "precision=3\n");
file_put_contents(tmp('php.ini'), "precision=9\n");
mkdir(tmp('elsewhere'));
copy(vanilla('opcache'), $extension = tmp('elsewhere/opcache.so'));
$names = fn (string $directory): string => implode(' ', array_map(plain(...), [...glob("$directory/*"), ...glob("$directory/*/*")]));
$environment = ['XDG_CACHE_HOME' => tmp('home')] + getenv();
$web = new Web(['ffi_zts.extensions' => $extension, 'ffi_zts.ini' => '"opcache.enable=1"'], $environment);
$script = var_export(script('return extension_loaded("Zend OPcache");'), true);
echo $web->page('putenv("XDG_CACHE_HOME=' . tmp('mine') . '"); putenv("HOME=' . tmp('mine') . '");
    $vm = FfiZts::boot();
    show("loaded", fn () => $vm->runScript(' . $script . ')->value);
    show("opened", fn () => preg_replace("/\d+$/", "N", $vm->info()["relinked"]));'), "\n";
echo 'there: ', $names(tmp('home')), "\nhere:", $names(tmp('mine')), "\n";
unset($web);

echo "--- a directory to scan\n";
$look = var_export(script('return ini_get("precision");'), true);
$set = 'putenv("PHP_INI_SCAN_DIR=' . tmp('scanned') . '");';
$boot = 'show("precision", fn () => FfiZts::boot()->runScript(' . $look . ')->value);';
$web = new Web(['ffi_zts.ini_file' => tmp('php.ini')]);
echo $web->page($set . $boot . 'putenv("PHP_INI_SCAN_DIR");' . $boot), "\n";
unset($web);
$web = new Web(['ffi_zts.ini_file' => tmp('php.ini')], ['PHP_INI_SCAN_DIR' => tmp('scanned')] + getenv());
echo 'as the process was started: ', $web->page($boot), "\n";
?>
--EXPECT--
loaded: true
opened: {"{tmp}/elsewhere/opcache.so":"/proc/self/fd/N"}
there: {tmp}/home/ffi_zts {tmp}/home/ffi_zts/verified
here:
--- a directory to scan
precision: "9"
precision: "9"
as the process was started: precision: "3"
