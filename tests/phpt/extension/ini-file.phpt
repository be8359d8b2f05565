--TEST--
Extensions of a php.ini that lack the libphp dependency are relinked unseen, in the order of the file; info() and doctor tell
--SKIPIF--
<?php
require __DIR__ . '/extension.inc';
if ($why = no_compiler()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/extension.inc';

mkdir($elsewhere = tmp('elsewhere'));
mkdir($directory = tmp('extensions'));
build_extension('fzone', $elsewhere);
build_extension('fztwo', $directory);
build_extension('fzthree', $directory);
copy(vanilla('opcache'), "$elsewhere/opcache.so");
$before = array_map('sha1_file', [...glob("$elsewhere/*"), ...glob("$directory/*")]);
chmod($elsewhere, 0555);
chmod($directory, 0555);
$ini = ini_file(<<<INI
    ; a comment with extension=nothing
    zend_extension=$elsewhere/opcache.so
    extension=fztwo
    extension_dir="$directory"
    extension = $elsewhere/fzone.so ; by its path
    extension=fzthree.so
    opcache.enable_cli=1
    INI);
$code = '
    $vm = FfiZts::boot(["threads" => 2, "extensions" => [], "ini_file" => ' . var_export($ini, true) . ']);
    $job = script("return [array_values(array_filter(get_loaded_extensions(), fn (\$name) => str_starts_with(\$name, \"fz\"))),
        basename(fzone_loaded()), (opcache_get_status(false) ?: [])[\"opcache_enabled\"] ?? false];", "job.php");
    foreach ([$vm->startScript($job), $vm->startScript($job)] as $future) {
        echo json_encode($future->await()->value), "\n";
    }
    $info = $vm->info();
    foreach ($info["extensions"] as $file => $how) echo basename($file), " $how\n";
    foreach ($info["relinked"] as $from => $to) {
        echo basename($from), " -> ", preg_replace("~fd/\d+$~", "fd/N", $to), "\n";
    }
    exit(3);';
$cache = tmp('cache');
// What is executed comes from memory, cache or not: any script of this user could put a file into the cache.
foreach (['with a cache' => $cache, 'without' => '/dev/null/cache'] as $label => $place) {
    echo "--- $label\n";
    ended(php($code, ['ffi_zts.cache_dir' => $place]));
    printf("%o, %s\n", fileperms($cache) & 0777, implode(' ', array_map(basename(...), glob("$cache/*"))));
}
echo "--- doctor\n";
$findings = json_decode(php('echo json_encode(FfiZts\Internal\Doctor::findings(["extensions" => [], "ini_file" => ' . var_export($ini, true) . ']));',
    ['ffi_zts.cache_dir' => $cache])['out'], true);
foreach ($findings as $finding) {
    if (str_starts_with($finding['check'], 'extension ')) {
        echo $finding['ok'] ? 'ok ' : 'BAD ', $finding['check'], ': ', plain($finding['detail']), "\n";
    }
}
clearstatcache();
var_dump($before === array_map('sha1_file', [...glob("$elsewhere/*"), ...glob("$directory/*")]));
?>
--EXPECT--
--- with a cache
status 3: [["fztwo","fzone","fzthree"],"job.php",true]
[["fztwo","fzone","fzthree"],"job.php",true]
opcache.so relinked
fztwo.so relinked
fzone.so relinked
fzthree.so relinked
opcache.so -> /proc/self/fd/N
fztwo.so -> /proc/self/fd/N
fzone.so -> /proc/self/fd/N
fzthree.so -> /proc/self/fd/N
700, verified
--- without
status 3: [["fztwo","fzone","fzthree"],"job.php",true]
[["fztwo","fzone","fzthree"],"job.php",true]
opcache.so relinked
fztwo.so relinked
fzone.so relinked
fzthree.so relinked
opcache.so -> /proc/self/fd/N
fztwo.so -> /proc/self/fd/N
fzone.so -> /proc/self/fd/N
fzthree.so -> /proc/self/fd/N
700, verified
--- doctor
ok extension opcache: {tmp}/elsewhere/opcache.so, relinked in memory at each boot
ok extension fztwo: {tmp}/extensions/fztwo.so, relinked in memory at each boot
ok extension fzone: {tmp}/elsewhere/fzone.so, relinked in memory at each boot
ok extension fzthree: {tmp}/extensions/fzthree.so, relinked in memory at each boot
bool(true)
