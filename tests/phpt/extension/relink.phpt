--TEST--
FfiZts\relink(): what it returns, writes and keeps; twice is once; open_basedir is heeded
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
copy(vanilla('opcache'), $file = tmp('opcache.so'));
chmod($file, 0640);
$soname = json_decode(file_get_contents(runtime() . '/runtime.json'), true)['soname'];
/** Without what differs between runtimes. */
function told(array $result): string
{
    global $soname;
    return plain(str_replace($soname, 'SONAME', preg_replace('/[0-9a-f]{64}/', 'SUM', json_encode($result, JSON_UNESCAPED_SLASHES))));
}
$sum = hash_file('sha256', $file);
echo told($found = FfiZts\relink($file, check: true)), "\n";
var_dump($sum === hash_file('sha256', $file));
echo told($made = FfiZts\relink($file, tmp('out.so'), '/opt/lib')), "\n";
var_dump($sum === hash_file('sha256', $file), $made['sha256'] === hash_file('sha256', tmp('out.so')), decoct(fileperms(tmp('out.so')) & 0777));
echo told(FfiZts\relink(tmp('out.so'))), "\n";
echo "--- in place, through a link, which stays\n";
chmod($file, 0444);
symlink($file, tmp('link.so'));
echo told($first = FfiZts\relink(tmp('link.so'))), "\n";
var_dump(is_link(tmp('link.so')), decoct(fileperms($file) & 0777), $found['sha256'] === hash_file('sha256', $file));
$inode = fileinode($file);
$again = FfiZts\relink($file, tmp('again.so'));
clearstatcache();
var_dump($again['changed'], $inode === fileinode($file), file_get_contents($file) === file_get_contents(tmp('again.so')));
echo implode(' ', array_diff(scandir(tmp()), ['.', '..'])), "\n";
echo "--- refused\n";
thrown(fn () => FfiZts\relink($file, tmp('nowhere/out.so'), '/new'));
thrown(fn () => FfiZts\relink("a\0b"));
thrown(fn () => FfiZts\relink(''));
thrown(fn () => FfiZts\relink($file, options: ['nonsense' => 1]));
thrown(fn () => FfiZts\relink($file, options: ['runtime' => tmp('none')]));
echo json_encode(FfiZts\relink(__FILE__, check: true)['reasons']), "\n";
$here = tmp('here');
mkdir($here);
copy($file, "$here/in.so");
$code = 'foreach ([[__FILE__, null], [HERE . "/in.so", dirname(HERE) . "/out2.so"], [HERE . "/../opcache.so", null]] as [$in, $out]) {
        thrown(fn () => FfiZts\relink($in, $out, "/x"));
    }
    var_dump(FfiZts\relink(HERE . "/in.so", HERE . "/out.so", "/x")["changed"]);';
$code = str_replace('HERE', var_export($here, true), $code);
$support = 'function thrown($do) { try { $do(); echo "done\n"; } catch (Throwable $e) { echo $e::class, ": ", $e->getMessage(), "\n"; } }';
ended(php($support . $code . ' exit(3);', ['open_basedir' => "$here:" . tmp('script1.php')], support: false));
var_dump(file_exists(tmp('out2.so')));
Probe::assertSame();
// What was relinked is opened as it is.
$vm = FfiZts::boot(['extensions' => [$file], 'ini' => ['opcache.enable_cli' => 1]]);
var_dump($vm->runScript(script('return extension_loaded("Zend OPcache");'))->value, $vm->info()['extensions'][$file], $vm->info()['relinked']);
?>
--EXPECTF--
{"file":"{tmp}/opcache.so","suitable":true,"reasons":[],"module":"Zend OPcache","changed":true,"added":"SONAME","replaced":null,"runpath":null,"output":null,"sha256":"SUM"}
bool(true)
{"file":"{tmp}/opcache.so","suitable":true,"reasons":[],"module":"Zend OPcache","changed":true,"added":"SONAME","replaced":null,"runpath":"/opt/lib","output":"{tmp}/out.so","sha256":"SUM"}
bool(true)
bool(true)
string(3) "640"
{"file":"{tmp}/out.so","suitable":true,"reasons":[],"module":"Zend OPcache","changed":false,"added":null,"replaced":null,"runpath":null,"output":null,"sha256":"SUM"}
--- in place, through a link, which stays
{"file":"{tmp}/link.so","suitable":true,"reasons":[],"module":"Zend OPcache","changed":true,"added":"SONAME","replaced":null,"runpath":null,"output":"{tmp}/opcache.so","sha256":"SUM"}
bool(true)
string(3) "444"
bool(true)
bool(false)
bool(true)
bool(true)
again.so link.so opcache.so out.so
--- refused
FfiZts\BootException: relink: write {tmp}/nowhere/out.so: No such file or directory (os error 2); see `ffi-zts doctor`
FfiZts\Error: relink(): a path is empty or holds a NUL byte
FfiZts\Error: relink(): a path is empty or holds a NUL byte
FfiZts\Error: relink(): unknown option `nonsense`; there are %s
FfiZts\BootException: relink: there is no runtime: no runtime.json in {tmp}/none; build one with `make build`, or name one with the option `runtime` or the setting ffi_zts.runtime
["not an ELF file"]
status 3: FfiZts\BootException: relink: extension {tmp}/script1.php is refused: not an ELF file; name a shared object that was built for this runtime
FfiZts\PolicyException: relink(): open_basedir does not allow {tmp}/out2.so
FfiZts\PolicyException: relink(): open_basedir does not allow {tmp}/here/../opcache.so
bool(true)
bool(false)
same
bool(true)
string(8) "as it is"
array(0) {
}
