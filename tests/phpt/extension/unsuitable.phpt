--TEST--
What is no suitable extension is refused by boot() and by relink(), with the reason; none of its code runs, and the host lives
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
// Small objects for PHP 8.2 (fuzz/seeds.sh), and what can be made of them.
$seeds = root() . '/fuzz/seeds';
$good = file_get_contents("$seeds/bfd.so");
$made = [
    'empty' => '',
    'text' => "#!/bin/sh\nexit 1\n",
    'header' => substr($good, 0, 64),
    'truncated' => substr($good, 0, 1000),
    'class32' => substr_replace($good, "\1", 4, 1),
    'bigendian' => substr_replace($good, "\2", 5, 1),
    'machine' => substr_replace($good, pack('v', 243), 18, 2), // EM_RISCV
    'object' => substr_replace($good, pack('v', 1), 16, 2),
    'executable' => substr_replace($good, pack('v', 2), 16, 2),
    'core' => substr_replace($good, pack('v', 4), 16, 2),
    'offset' => substr_replace($good, pack('P', 1 << 40), 32, 8), // e_phoff
    'static' => str_replace(pack('VV', 2, 6), pack('VV', 0, 6), $good), // no PT_DYNAMIC
    'strings' => str_replace(pack('PP', 5, 0x220), pack('PP', 5, 0x7fffffff), $good), // DT_STRTAB
    'noextension' => str_replace('get_module', 'got_module', $good),
    'api' => str_replace(['API20220829', pack('V', 20220829)], ['API20190902', pack('V', 20190902)], $good),
    'nobuild' => str_replace('API20220829', 'ABI20220829', $good),
];
foreach ($made as $name => $bytes) {
    if ($bytes === $good) {
        echo "$name: nothing was changed\n";
    }
    file_put_contents(tmp("$name.so"), $bytes);
}
copy("$seeds/" . (php_uname('m') === 'aarch64' ? 'bfd' : 'aarch64') . '.so', tmp('othermachine.so'));
copy("$seeds/nts.so", tmp('nts.so'));
copy("$seeds/debug.so", tmp('debug.so'));
mkdir(tmp('directory.so'));
copy(getenv('FFI_ZTS_TEST_SO'), tmp('hosthalf.so'));
copy(runtime() . '/libphp.so', tmp('libphp.so'));

$expected = [
    'missing' => 'does not exist',
    'directory' => 'not a regular file',
    'empty' => 'not an ELF file',
    'text' => 'not an ELF file',
    'header' => 'malformed ELF file',
    'truncated' => 'malformed ELF file',
    'offset' => 'malformed ELF file',
    'strings' => 'malformed ELF file: the string table lies outside of the file',
    'class32' => 'not a 64-bit object',
    'bigendian' => 'not a little-endian object',
    'machine' => 'built for another processor (ELF machine 243)',
    'othermachine' => 'it is built for ' . (php_uname('m') === 'aarch64' ? 'x86_64' : 'aarch64'),
    'object' => 'an object file, not a shared object',
    'executable' => 'an executable, not a shared object',
    'core' => 'a core dump, not a shared object',
    'static' => 'not dynamically linked: there is no dynamic section',
    'noextension' => 'it is no PHP extension',
    'libphp' => 'it is no PHP extension',
    'nts' => 'it is not thread-safe (NTS; the guest is ZTS)',
    'hosthalf' => 'it is not thread-safe (NTS; the guest is ZTS)',
    'debug' => 'it is a debug build, the guest is a release build',
    'api' => 'it needs API 20190902, the runtime has ',
    'nobuild' => 'its build cannot be told',
];
/** What $do throws is to name the file and the reason. */
function refused(string $what, string $file, string $reason, callable $do): void
{
    try {
        $do();
        echo "$what: not refused\n";
    } catch (FfiZts\BootException $e) {
        $message = $e->getMessage();
        if (!str_contains($message, $file) || !str_contains($message, $reason)) {
            echo "$what: refused, but because: ", plain($message), "\n";
        }
    } catch (\Throwable $e) {
        echo "$what: ", $e::class, ': ', plain($e->getMessage()), "\n";
    }
}
foreach ($expected as $name => $reason) {
    $file = tmp("$name.so");
    file_put_contents($ini = tmp("$name.ini"), "extension=$file\n");
    refused("boot with $name", $file, $reason, fn () => FfiZts::boot(['extensions' => [$file]]));
    if (is_file($file)) {
        refused("boot with $name in a php.ini", "$name.ini, line 1", $reason, fn () => FfiZts::boot(['ini_file' => $ini]));
    }
    $before = is_file($file) ? sha1_file($file) : null;
    refused("relink $name", $file, $reason, fn () => FfiZts\relink($file));
    refused("relink $name elsewhere", $file, $reason, fn () => FfiZts\relink($file, tmp('output.so')));
    if ($before !== (is_file($file) ? sha1_file($file) : null) || file_exists(tmp('output.so'))) {
        echo "$name: something was written\n";
    }
}
echo count($expected), " files\n";
// Nothing was opened, and nothing came of it.
echo preg_match('~libphp|' . preg_quote(tmp()) . '~', file_get_contents('/proc/self/maps')) ? "opened\n" : "none opened\n";
Probe::assertSame();
echo Probe::threads(), "\n";
FfiZts::boot()->runScript(script('echo "ran\n";'));
?>
--EXPECT--
23 files
none opened
same
1
ran
