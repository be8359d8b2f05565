--TEST--
Promise 9, hazard 6: a guest gets past none of the host's restrictions
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('inside'));
mkdir(tmp('outside'));
file_put_contents(tmp('outside/secret'), '<?php return "SECRET";');
file_put_contents(tmp('inside/allowed'), 'allowed');
symlink(tmp('outside/secret'), tmp('inside/link'));
symlink(tmp('outside'), tmp('inside/linkdir'));
$GLOBALS['attempts'] = [
    'inside' => 'file_get_contents($in . "/allowed")',
    'file' => 'file_get_contents($out . "/secret")',
    'fopen' => 'fread(fopen($out . "/secret", "r"), 100)',
    'include' => 'include $out . "/secret"',
    'dots' => 'file_get_contents($in . "/../outside/secret")',
    'symlink there' => 'file_get_contents($in . "/link")',
    'directory link' => 'file_get_contents($in . "/linkdir/secret")',
    'new symlink' => 'symlink($out . "/secret", $in . "/mine") && file_get_contents($in . "/mine")',
    'hard link' => 'link($out . "/secret", $in . "/hard") && file_get_contents($in . "/hard")',
    'copy' => 'copy($out . "/secret", $in . "/copied") && file_get_contents($in . "/copied")',
    'rename' => 'rename($out . "/secret", $in . "/moved") && file_get_contents($in . "/moved")',
    'file url' => 'file_get_contents("file://" . $out . "/secret")',
    'filter' => 'file_get_contents("php://filter/read=string.rot13/resource=" . $out . "/secret")',
    'compress' => 'file_get_contents("compress.zlib://" . $out . "/secret")',
    'phar' => 'file_get_contents("phar://" . $out . "/x.phar/y")',
    'glob' => 'count(glob($out . "/*") ?: []) ? "SECRET" : false',
    'glob url' => 'iterator_count(new DirectoryIterator("glob://" . $out . "/*")) ? "SECRET" : false',
    'scandir' => 'scandir($out) ? "SECRET" : false',
    'spl' => '(new SplFileObject($out . "/secret"))->fgets()',
    'curl' => '(function () use ($out) { $c = curl_init("file://" . $out . "/secret"); curl_setopt($c, CURLOPT_RETURNTRANSFER, true); return curl_exec($c); })()',
    'dom' => '(function () use ($out) { $d = new DOMDocument; $d->loadHTMLFile($out . "/secret"); return strpos((string) $d->saveHTML(), "SECRET") !== false ? "SECRET" : false; })()',
    'xxe' => '(function () use ($out) { $d = new DOMDocument; $d->loadXML("<!DOCTYPE x [<!ENTITY e SYSTEM \"file://" . $out . "/secret\">]><x>&e;</x>", LIBXML_NOENT); return $d->textContent; })()',
    'sqlite' => '(function () use ($out) { new SQLite3($out . "/db"); return file_exists($out . "/db") ? "SECRET" : "SECRET"; })()',
    'sqlite attach' => '(function () use ($in, $out) { $d = new PDO("sqlite:" . $in . "/ok.db"); $d->exec("attach \"" . $out . "/a.db\" as a; create table a.t (x)"); return "SECRET"; })()',
    'chdir' => 'chdir($out) ? file_get_contents("secret") : false',
    'error_log' => 'error_log("x", 3, $out . "/log") ? "SECRET" : false',
    'tempnam' => 'strpos((string) tempnam($out, "x"), $out) === 0 ? "SECRET" : false',
    'proc fd' => 'file_get_contents("/proc/self/cwd/" . $out . "/secret")',
    'ini_set' => '(ini_set("open_basedir", "/") !== false ? "loosened" : "") . @file_get_contents($out . "/secret")',
    'ini_restore' => '(function () use ($out) { ini_restore("open_basedir"); return file_get_contents($out . "/secret"); })()',
    'exec' => 'exec("cat " . $out . "/secret")',
    'shell_exec' => 'shell_exec("cat " . $out . "/secret")',
    'backticks' => '`cat $out/secret`',
    'system' => 'system("cat " . $out . "/secret")',
    'passthru' => 'passthru("cat " . $out . "/secret")',
    'popen' => 'stream_get_contents(popen("cat " . $out . "/secret", "r"))',
    'proc_open' => '(function () use ($out) { proc_open("cat " . $out . "/secret", [1 => ["pipe", "w"]], $p); return stream_get_contents($p[1]); })()',
    'mail' => 'mail("a", "b", "c", "", "-X" . $out . "/log") ? "SECRET" : false',
    'FFI' => 'FFI::cdef("int getpid(void);")->getpid() ? "SECRET" : false',
    'FFI scope' => 'FFI::scope("x") ? "SECRET" : false',
    'dl' => 'dl("opcache.so") ? "SECRET" : false',
    'class' => !disables_classes() ? 'false' : '(new SplTempFileObject)->fwrite("x") ? "SECRET" : false',
];
$host = '
    $in = ' . var_export(tmp('inside'), true) . '; $out = ' . var_export(tmp('outside'), true) . ';
    foreach ($attempts as $label => $code) {
        $value = null;
        try { $value = @eval("return " . $code . ";"); } catch (Throwable $e) { $value = false; }
        $found = is_string($value) && preg_match("/SECRET|FRPERG|loosened/", $value) ? "ESCAPED" : ($value === "allowed" ? "allowed" : "refused");
        $results[$label] = $found;
    }
    return $results;';
$guestFile = tmp('inside/escape.php');
file_put_contents($guestFile, '<?php $attempts = ' . var_export($GLOBALS['attempts'], true) . ';' . $host);
$ini = ['open_basedir' => tmp('inside'),
    'disable_functions' => 'exec,shell_exec,system,passthru,popen,proc_open,mail,link', 'disable_classes' => 'SplTempFileObject'];
file_put_contents(tmp('inside/host.php'), '<?php
    try {
        $results = FfiZts::boot()->runScript(' . var_export($guestFile, true) . ')->value;
        foreach ($results as $label => $result) echo "$label: $result\n";
    } catch (Throwable $e) { echo get_class($e), ": ", $e->getMessage(), "\n"; }');
echo run([...php_command($ini), tmp('inside/host.php')])['out'];
?>
--EXPECT--
inside: allowed
file: refused
fopen: refused
include: refused
dots: refused
symlink there: refused
directory link: refused
new symlink: refused
hard link: refused
copy: refused
rename: refused
file url: refused
filter: refused
compress: refused
phar: refused
glob: refused
glob url: refused
scandir: refused
spl: refused
curl: refused
dom: refused
xxe: refused
sqlite: refused
sqlite attach: refused
chdir: refused
error_log: refused
tempnam: refused
proc fd: refused
ini_set: refused
ini_restore: refused
exec: refused
shell_exec: refused
backticks: refused
system: refused
passthru: refused
popen: refused
proc_open: refused
mail: refused
FFI: refused
FFI scope: refused
dl: refused
class: refused
