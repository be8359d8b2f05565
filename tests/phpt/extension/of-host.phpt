--TEST--
A guest has those of the runtime's extensions that its host has, unless other ones are asked for; what is lacking is told
--FILE--
<?php
require __DIR__ . '/../support.inc';

/** A task that tells which of these the guest has, and that they work. */
const TASK = <<<'PHP'
file_put_contents(tmp('worker.php'), '<?php
function there(): string {
    return implode(" ", array_filter(["calendar", "shmop", "sysvshm", "mbstring"], extension_loaded(...)))
        . (function_exists("jdtogregorian") ? " " . jdtogregorian(2451545) : "");
}');
$vm = FfiZts::boot(%s + ['bootstrap' => tmp('worker.php'), 'autoload' => false]);
echo $vm->run('there')->await(), "\n";
foreach (array_diff_key($vm->info()['lacking'], ['pcntl' => 1]) as $name => $lacking) {
    echo "  not $name: $lacking[reason]: $lacking[remedy]\n";
}
PHP;

function guest(string $label, string $options, array $extensions, array $ini = []): void
{
    echo "$label: ";
    ended(php(sprintf(TASK, $options), $ini + ['ffi_zts.extensions' => 'host'], $extensions));
}

guest('a bare host', '[]', []);
guest('two', '[]', ['calendar', 'shmop']);
guest('none', "['extensions' => []]", ['calendar', 'shmop']);
guest('none by setting', '[]', ['calendar'], ['ffi_zts.extensions' => '']);
guest('one of them alone', "['extensions' => ['bare', 'shmop']]", ['calendar', 'shmop']);
guest('another beside them', "['extensions' => ['sysvshm']]", ['calendar']);
guest('these and another', "['extensions' => ['sysvshm', 'host']]", ['calendar']);
guest('named twice', "['extensions' => ['host', 'calendar']]", ['calendar']);
guest('by setting', '[]', ['calendar'], ['ffi_zts.extensions' => 'host, sysvshm']);
file_put_contents(tmp('php.ini'), "extension=calendar\n");
guest('by a php.ini as well', "['ini_file' => '" . tmp('php.ini') . "']", ['calendar', 'shmop']);
echo php('$vm = FfiZts::boot()->withExtension("shmop"); var_dump($vm->run("extension_loaded", ["shmop"])->await());', ['ffi_zts.extensions' => 'host'], ['calendar'])['out'];

// A runtime whose calendar needs a library that is not there.
mkdir(tmp('runtime'), 0755);
mkdir(tmp('runtime/ext'), 0755);
foreach (array_diff(scandir(runtime()), ['.', '..', 'runtime.json', 'ext']) as $file) {
    is_dir(runtime() . "/$file") ? symlink(runtime() . "/$file", tmp("runtime/$file")) : copy(runtime() . "/$file", tmp("runtime/$file"));
}
foreach (['calendar.so', 'shmop.so'] as $file) {
    copy(runtime() . "/ext/$file", tmp("runtime/ext/$file"));
}
$so = file_get_contents(tmp('runtime/ext/calendar.so'));
file_put_contents(tmp('runtime/ext/calendar.so'), str_replace("\0libc.so.6\0", "\0libq.so.6\0", $so));
$manifest = json_decode(file_get_contents(runtime() . '/runtime.json'), true);
$manifest['extensions'] = array_map(static fn ($name) => hash_file('sha256', tmp("runtime/ext/$name")), ['calendar.so' => 'calendar.so', 'shmop.so' => 'shmop.so']);
file_put_contents(tmp('runtime/runtime.json'), json_encode($manifest));
guest('a library is missing', "['runtime' => '" . tmp('runtime') . "']", ['calendar', 'shmop', 'sysvshm']);
guest('a library of a named one is missing', "['runtime' => '" . tmp('runtime') . "', 'extensions' => ['bare', 'calendar']]", ['shmop']);
// What the runtime lists has to be what it was.
file_put_contents(tmp('runtime/ext/shmop.so'), 'x', FILE_APPEND);
guest('changed', "['runtime' => '" . tmp('runtime') . "']", ['shmop']);
?>
--EXPECTF--
a bare host: status 0
two: status 0: calendar shmop 1/1/2000
none: status 0: not calendar: the runtime has it, and nobody has asked for it: name it: extensions => ['calendar']
  not shmop: the runtime has it, and nobody has asked for it: name it: extensions => ['shmop']
none by setting: status 0: not calendar: the runtime has it, and nobody has asked for it: name it: extensions => ['calendar']
one of them alone: status 0: shmop
  not calendar: the runtime has it, and nobody has asked for it: name it: extensions => ['calendar']
another beside them: status 0: calendar sysvshm 1/1/2000
these and another: status 0: calendar sysvshm 1/1/2000
named twice: status 0: calendar 1/1/2000
by setting: status 0: calendar sysvshm 1/1/2000
by a php.ini as well: status 0: calendar shmop 1/1/2000
bool(true)
a library is missing: status 0: shmop
  not sysvshm: the runtime has no such extension: vendor/bin/ffi-zts build sysvshm
  not calendar: libq.so.6: cannot open shared object file: No such file or directory: install the library that it names, then start php anew
a library of a named one is missing: status 255: Fatal error: Uncaught FfiZts\BootException: boot: open an extension: {tmp}/runtime/ext/calendar.so: libq.so.6: cannot open shared object file%A
changed: status 255: Fatal error: Uncaught FfiZts\BootException: boot: extension {tmp}/runtime/ext/shmop.so was changed: its SHA-256 is %x, runtime.json states %x; rebuild the runtime with `make build`%A
