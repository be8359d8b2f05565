--TEST--
Every function and class of a host with the usual extensions is there in a task, but for those that docs/extensions.md lists
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (intdiv(runtime_version_id(), 100) !== intdiv(PHP_VERSION_ID, 100)) die('skip another minor has other functions');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

/** What a guest lacks on purpose, or since its build is another one. */
const KNOWN = ['chroot', 'cli_get_process_title', 'cli_set_process_title', 'dl', 'mhash', 'mhash_count', 'mhash_get_block_size', 'mhash_get_hash_name', 'mhash_keygen_s2k'];
const NOT_FOR_GUESTS = ['pcntl', 'readline', 'ffi_zts', 'Zend OPcache'];

file_put_contents(tmp('worker.php'), '<?php function lacking(array $functions, array $classes): array {
    return array_values([...array_filter($functions, fn ($name) => !function_exists($name)),
        ...array_filter($classes, fn ($name) => !class_exists($name) && !interface_exists($name) && !enum_exists($name))]);
}');
// Those of the host that are files beside it, in an order in which each finds what it needs.
$files = array_map(static fn (string $file): string => basename($file, '.so'), glob(ini_get('extension_dir') . '/*.so'));
$first = ['pdo', 'xml', 'dom', 'mysqlnd', 'sockets'];
$there = array_diff([...array_intersect($first, $files), ...array_diff($files, $first)], ['opcache', 'xdebug', 'pcov', 'ffi_zts']);
$ended = php('$apart = ' . var_export(NOT_FOR_GUESTS, true) . ';
    $vm = FfiZts::boot(["threads" => 1, "bootstrap" => ' . var_export(tmp('worker.php'), true) . ', "autoload" => false]);
    $classes = array_filter([...get_declared_classes(), ...get_declared_interfaces()], fn ($name) => (new ReflectionClass($name))->isInternal());
    $host = array_filter(get_defined_functions()["internal"], fn ($name) => !in_array((new ReflectionFunction($name))->getExtensionName(), $apart, true));
    $classes = array_filter($classes, fn ($name) => !in_array((new ReflectionClass($name))->getExtensionName(), $apart, true));
    echo implode("\n", $vm->run("lacking", [array_values($host), array_values($classes)])->await()), "\n";
    foreach (array_keys($vm->info()["lacking"]) as $module) {
        in_array($module, ["pcntl", "readline"], true) || print "not $module\n";
    }
    echo count($host) > 1000 ? "compared" : "few functions", "\n";
', ['ffi_zts.extensions' => 'host'], array_values($there));
echo implode("\n", array_diff(explode("\n", trim($ended['out'] . $ended['err'])), [...KNOWN, ''])), "\n";
?>
--EXPECT--
compared
