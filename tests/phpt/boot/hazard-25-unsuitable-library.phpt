--TEST--
Hazard 25: what is no suitable libphp is refused with the reason, before any of its code runs
--EXTENSIONS--
posix
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$real = (string) file_get_contents(runtime() . '/libphp.so');
file_put_contents(tmp('empty.so'), '');
file_put_contents(tmp('text.so'), "this is not a library\n");
file_put_contents(tmp('truncated.so'), substr($real, 0, 100000));
file_put_contents(tmp('header.so'), substr($real, 0, 64));
file_put_contents(tmp('arch.so'), substr_replace($real, pack('v', 183), 18, 2)); // EM_AARCH64
file_put_contents(tmp('class32.so'), substr_replace($real, "\1", 4, 1));
mkdir(tmp('directory.so'));
unset($real);
$libraries = ['missing.so', 'empty.so', 'text.so', 'truncated.so', 'header.so', 'arch.so', 'class32.so', 'directory.so'];
foreach ([...array_map(tmp(...), $libraries), PHP_BINARY, ini_get('extension_dir') . '/posix.so', '/proc/self/maps', '/dev/zero'] as $library) {
    if (!file_exists($library) && basename($library) !== 'missing.so') {
        echo "there is no $library here\n";
        continue;
    }
    $e = null;
    try {
        FfiZts::boot(['library' => $library])->runScript(script('echo "ran\n";'));
        echo basename($library), ": not refused\n";
    } catch (FfiZts\BootException $e) {
        $named = str_contains($e->getMessage(), basename($library)) || str_contains($e->getMessage(), $library);
        echo basename($library), $named && strlen($e->getMessage()) > 20 ? ": refused\n" : ": refused, saying only: {$e->getMessage()}\n";
    } catch (\Throwable $e) {
        echo basename($library), ': ', $e::class, ': ', $e->getMessage(), "\n";
    }
}
// Nothing came of the attempts, and the right one still boots.
Probe::assertSame();
echo Probe::threads(), "\n";
FfiZts::boot()->runScript(script('echo "ran\n";'));
?>
--EXPECTF--
missing.so: refused
empty.so: refused
text.so: refused
truncated.so: refused
header.so: refused
arch.so: refused
class32.so: refused
directory.so: refused
php%S: refused
posix.so: refused
maps: refused
zero: refused
same
1
ran
