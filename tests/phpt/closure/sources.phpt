--TEST--
Closures from standard input, php -r, a phar, eval, and files that are gone
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/closure.inc';

$code = '$x = 5; $vm = FfiZts::boot(); echo json_encode($vm->run(function (int $n) use ($x) {
    static $kept = PHP_INT_SIZE;
    return [$n + $x, $kept, __LINE__, (fn () => __FUNCTION__)()];
}, [1])->await());';
ended(run(php_command(), stdin: "<?php\n" . $code));
ended(run([...php_command(), '-r', $code]));
ended(php('eval(' . var_export($code, true) . ');'));

ended(php('
    $phar = new Phar(' . var_export(tmp('a.phar'), true) . ');
    $phar["in/side.php"] = ' . var_export('<?php return fn () => [basename(__FILE__), basename(__DIR__), file_get_contents(__DIR__ . "/data")];', true) . ';
    $phar["in/data"] = "data of the phar";
    $f = require "phar://' . tmp('a.phar') . '/in/side.php";
    echo json_encode(FfiZts::boot()->run($f)->await());', ['phar.readonly' => 0], ['phar']));

$file = script('return ["f" => function () { throw new DomainException("from a file that is gone"); }];', 'gone.php');
$f = (require $file)['f'];
unlink($file);
$e = thrown(fn () => FfiZts::boot()->run($f)->await());
echo basename($e->getFile()), ':', $e->getLine(), "\n";

/* From a script on a worker, and from a task to a task. */
$vm = FfiZts::boot();
$f = $vm->runScript(script('$k = 3; return fn (int $n) => [$n * $k, PHP_VERSION_ID > 0];'))->value;
echo json_encode([$f(2), $vm->run($f, [4])->await()]), "\n";
echo $vm->run(fn () => (fn () => 'at the end ' . (function () {
    static $n = 1;
    return $n;
})()))->await()(), "\n";
?>
--EXPECTF--
status 0: [6,8,4,"{closure%S}"]
status 0: [6,8,3,"{closure%S}"]
status 0: [6,8,3,"{closure%S}"]
status 0: ["side.php","in","data of the phar"]
DomainException: from a file that is gone
gone.php:2
[[6,true],[12,true]]
at the end 1
