--TEST--
A directory that is no runtime, or one with a damaged manifest or changed files, is refused with the reason
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
function attempt(string $label, array $options): void
{
    try {
        FfiZts::boot($options)->runScript(script('echo "ran\n";'));
        echo "$label: not refused\n";
    } catch (FfiZts\BootException $e) {
        echo "$label: ", plain($e->getMessage()), "\n";
    } catch (\Throwable $e) {
        echo "$label: ", $e::class, ': ', plain($e->getMessage()), "\n";
    }
}
/** A runtime made of links to the real one, with another manifest. */
function runtime_with(string $name, callable $change): string
{
    mkdir(tmp($name), 0700);
    foreach (array_diff(scandir(runtime()), ['.', '..', 'runtime.json']) as $file) {
        is_dir(runtime() . "/$file") ? symlink(runtime() . "/$file", tmp("$name/$file")) : copy(runtime() . "/$file", tmp("$name/$file"));
    }
    $manifest = json_decode(file_get_contents(runtime() . '/runtime.json'), true);
    $change($manifest, tmp($name));
    file_put_contents(tmp("$name/runtime.json"), is_string($manifest) ? $manifest : json_encode($manifest));
    return tmp($name);
}

mkdir(tmp('nothing'));
attempt('missing', ['runtime' => tmp('missing')]);
attempt('empty', ['runtime' => tmp('nothing')]);
attempt('a file', ['runtime' => script('')]);
attempt('no json', ['runtime' => runtime_with('nojson', function (&$manifest) { $manifest = '{"php_version": '; })]);
attempt('no object', ['runtime' => runtime_with('list', function (&$manifest) { $manifest = '[1,2]'; })]);
attempt('not zts', ['runtime' => runtime_with('nts', function (&$manifest) { $manifest['zts'] = false; })]);
attempt('libphp changed', ['runtime' => runtime_with('swapped', function ($manifest, $directory) { file_put_contents("$directory/libphp.so", 'x', FILE_APPEND); })]);
attempt('guest half changed', ['runtime' => runtime_with('guest', function ($manifest, $directory) { file_put_contents("$directory/ffi_zts_guest.so", 'x', FILE_APPEND); })]);
attempt('guest half gone', ['runtime' => runtime_with('gone', function ($manifest, $directory) { unlink("$directory/ffi_zts_guest.so"); })]);
attempt('writable by all', ['runtime' => runtime_with('open', function ($manifest, $directory) { chmod("$directory/libphp.so", 0666); })]);
Probe::assertSame();
FfiZts::boot()->runScript(script('echo "ran\n";'));
?>
--EXPECTF--
missing: %s{tmp}/missing%s
empty: %sruntime.json%s
a file: %s{tmp}/script1.php%s
no json: %sruntime.json%s
no object: %sruntime.json%s
not zts: %s
libphp changed: %slibphp.so%s
guest half changed: %sffi_zts_guest.so%s
guest half gone: %sffi_zts_guest.so%s
writable by all: %slibphp.so%s
same
ran
