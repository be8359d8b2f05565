--TEST--
Without /proc nothing boots, and the reason is told
--SKIPIF--
<?php
exec("unshare -m sh -c 'mount -t tmpfs none /proc' 2>&1", $lines, $status);
if ($status !== 0) die('skip mounting is not allowed here: ' . implode(' ', $lines));
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$code = 'foreach ([[], ["runtime" => $argv[1]]] as $options) {
    try {
        FfiZts::boot($options)->run("strlen", [""])->await();
    } catch (FfiZts\BootException $e) {
        echo $e->getMessage(), "\n";
    }
}
echo "goes on\n";';
$runtime = ini_get('ffi_zts.runtime') ?: dirname(getenv('FFI_ZTS_TEST_SO')) . '/runtime';
$process = run(['unshare', '-m', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh', ...php_command(), '-r', $code, $runtime]);
echo $process['out'], $process['err'];
?>
--EXPECT--
boot: /proc is not there: by it the files that were checked are opened, and what the process has mapped is seen; mount it, in a chroot at its own /proc (mount -t proc proc /proc)
boot: /proc is not there: by it the files that were checked are opened, and what the process has mapped is seen; mount it, in a chroot at its own /proc (mount -t proc proc /proc)
goes on
