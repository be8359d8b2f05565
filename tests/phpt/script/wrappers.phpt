--TEST--
A script may be named by a stream wrapper, as for include: phar://, file://; what cannot be opened, or include may not open, says so
--EXTENSIONS--
phar
--INI--
phar.readonly=0
--FILE--
<?php
require __DIR__ . '/../support.inc';

$phar = new Phar(tmp('a.phar'));
$phar['main.php'] = '<?php echo __FILE__, " ", __DIR__, " ", implode(",", $argv), " ", $_SERVER["SCRIPT_FILENAME"], "\n"; return require __DIR__ . "/sub/lib.php";';
$phar['sub/lib.php'] = '<?php return [42, __LINE__];';
$phar['throws.php'] = "<?php\n\nthrow new DomainException('from the archive');";
$phar['wrong.php'] = "<?php\n\n+;";
$phar->setStub('<?php Phar::mapPhar(); echo "stub "; return require "phar://" . __FILE__ . "/main.php"; __HALT_COMPILER();');
unset($phar);
script('return [__FILE__, get_included_files()];', 'plain.php');
script('echo "include: ", (include ' . var_export('phar://' . tmp('a.phar'), true) . ' . "/sub/lib.php")[0], "\n";', 'includes.php');

$vm = FfiZts::boot(['threads' => 1, 'ini' => ['allow_url_include' => '0']]);
$runs = function (string $file) use ($vm): void {
    ob_start();
    try {
        $value = $vm->runScript($file, ['x'])->value;
        echo json_encode($value, JSON_UNESCAPED_SLASHES), "\n";
    } catch (Throwable $e) {
        echo $e::class, ': ', preg_replace('/ \((?:job|script) .*\)$/', '', $e->getMessage()), ' at ', basename($e->getFile()), ':', $e->getLine(), "\n";
    }
    echo plain((string) ob_get_clean());
};
$runs(tmp('a.phar'));
$runs('phar://' . tmp('a.phar') . '/main.php');
$runs('file://' . tmp('plain.php'));
chdir(tmp());
$runs('phar://a.phar/sub/lib.php');
$runs('includes.php');
$runs('phar://' . tmp('a.phar') . '/throws.php');
$runs('phar://' . tmp('a.phar') . '/wrong.php');
$runs('phar://' . tmp('a.phar') . '/none.php');
$runs('phar://' . tmp('none.phar') . '/main.php');
$runs('data:text/plain,<?php echo "no";');
$runs('http://127.0.0.1:1/x.php');
$runs('nothing://x');
// The restriction is the archive's.
ini_set('open_basedir', tmp());
$runs('phar://' . tmp('a.phar') . '/sub/lib.php');
mkdir(tmp('within'));
ini_set('open_basedir', tmp('within'));
$runs('phar://' . tmp('a.phar') . '/sub/lib.php');
?>
--EXPECTF--
stub phar://{tmp}/a.phar/main.php phar://{tmp}/a.phar {tmp}/a.phar,x {tmp}/a.phar
[42,1]
phar://{tmp}/a.phar/main.php phar://{tmp}/a.phar phar://{tmp}/a.phar/main.php,x phar://{tmp}/a.phar/main.php
[42,1]
["{tmp}/plain.php",["{tmp}/plain.php"]]
[42,1]
include: 42
1
DomainException: from the archive at throws.php:3
ParseError: %s at wrong.php:3
FfiZts\ScriptException: cannot open script phar://{tmp}/a.phar/none.php: Failed to open stream: phar error: "none.php" is not a file in phar "{tmp}/a.phar" at %s
FfiZts\ScriptException: cannot open script phar://{tmp}/none.phar/main.php: Failed to open stream: phar error: invalid url or non-existent phar "phar://{tmp}/none.phar/main.php" at %s
FfiZts\ScriptException: cannot open script data:text/plain,<?php echo "no";: Failed to open stream: no suitable wrapper could be found at %s
FfiZts\ScriptException: cannot open script http://127.0.0.1:1/x.php: Failed to open stream: no suitable wrapper could be found at %s
FfiZts\ScriptException: cannot open script nothing://x: No such file or directory at %s
[42,1]
FfiZts\ScriptException: cannot open script phar://{tmp}/a.phar/sub/lib.php: Failed to open stream: phar error: invalid url or non-existent phar "phar://{tmp}/a.phar/sub/lib.php" at %s
