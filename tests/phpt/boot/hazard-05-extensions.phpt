--TEST--
Hazard 5: an extension that does not belong to the guest is refused with the reason, or relinked; the host lives
--FILE--
<?php
require __DIR__ . '/../support.inc';

$opcache = runtime() . '/ext/opcache.so';
$bytes = file_get_contents($opcache);
file_put_contents(tmp('text.so'), 'no library');
file_put_contents(tmp('truncated.so'), substr($bytes, 0, intdiv(strlen($bytes), 2)));
file_put_contents(tmp('arch.so'), substr_replace($bytes, pack('v', 183), 18, 2));
copy($opcache, tmp('good.so'));
$cases = [
    'missing name' => 'no_such_extension',
    'missing path' => tmp('missing.so'),
    'text' => tmp('text.so'),
    'truncated' => tmp('truncated.so'),
    'other architecture' => tmp('arch.so'),
    'of the host (NTS)' => ini_get('extension_dir') . '/posix.so',
    'this extension' => getenv('FFI_ZTS_TEST_SO'),
    'no extension at all' => PHP_BINARY,
];
foreach (glob(root() . '/build/runtime*/ext/opcache.so') as $other) {
    if (intdiv(runtime_version_id(dirname($other, 2)), 100) !== intdiv(runtime_version_id(), 100)) {
        $cases['of another minor'] = $other;
    }
}
$cases += ['of another minor' => tmp('missing.so')];
foreach ($cases as $label => $extension) {
    $process = php('
        try {
            FfiZts::boot(["extensions" => [' . var_export($extension, true) . ']])->runScript(script("echo 1;"));
            echo "loaded";
        } catch (FfiZts\BootException $e) {
            echo str_contains($e->getMessage(), ' . var_export(basename($extension, '.so'), true) . ') ? "refused by name" : $e->getMessage();
        } catch (Throwable $e) {
            echo get_class($e), ": ", $e->getMessage();
        }
        exit(3);');
    echo "$label: ";
    ended($process);
}
// A good one loads by name and by path, where it is relinked, each time anew.
foreach (['opcache', tmp('good.so'), tmp('good.so')] as $extension) {
    ended(php('echo FfiZts::boot(["extensions" => [' . var_export($extension, true) . ']])->runScript(script("return extension_loaded(\"Zend OPcache\");"))->value ? "loaded" : "not loaded"; exit(3);',
        ['ffi_zts.cache_dir' => tmp('cache')]));
}
?>
--EXPECT--
missing name: status 3: refused by name
missing path: status 3: refused by name
text: status 3: refused by name
truncated: status 3: refused by name
other architecture: status 3: refused by name
of the host (NTS): status 3: refused by name
this extension: status 3: refused by name
no extension at all: status 3: refused by name
of another minor: status 3: refused by name
status 3: loaded
status 3: loaded
status 3: loaded
