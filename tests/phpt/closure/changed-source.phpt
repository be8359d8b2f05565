--TEST--
A closure whose source has changed since, or is gone, crosses as it is; what opcache took for PHP's own function is not PHP code of that name
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
if (!file_exists(ini_get('extension_dir') . '/opcache.so')) die('skip the host has no opcache');
if (!extension_loaded('pcntl')) die('skip the host has no pcntl, which no guest has');
?>
--FILE--
<?php
require __DIR__ . '/closure.inc';

/* pcntl_get_last_error() returns an int, which opcache relies on: the result of this one would never be freed. */
$bootstrap = script('function pcntl_get_last_error() { return str_repeat("x", 10); }');
$source = 'return [
    "asks" => fn () => extension_loaded("pcntl"),
    "calls" => fn () => pcntl_get_last_error(),
    "counts" => function (int $n) { for ($i = 0; $i < 100; $i++) { pcntl_get_last_error(); } return $n + $i; },
    "computes" => fn (string $s, int ...$n) => strtoupper($s) . array_sum($n) . (fn () => " inside")(),
];';
$code = '
    $vm = FfiZts::boot(["bootstrap" => ' . var_export($bootstrap, true) . ']);
    $call = function (Closure $f, array $arguments = []) use ($vm) {
        try {
            echo json_encode($vm->run($f, $arguments)->await()), "\n";
        } catch (Throwable $e) {
            echo $e::class, ": ", $e->getMessage(), "\n";
        }
    };
    $closures = require SOURCE;
    CHANGE;
    $call($closures["asks"]);
    $call($closures["calls"]);
    $call($closures["counts"], [1]);
    $call($closures["computes"], ["ab", 1, 2]);';
$opcache = ['zend_extension' => 'opcache', 'opcache.enable' => 1, 'opcache.enable_cli' => 1, 'opcache.file_update_protection' => 0];
$changes = [
    'as it was' => '',
    'a line more' => 'file_put_contents(SOURCE, "\n", FILE_APPEND)',
    'another answer' => 'file_put_contents(SOURCE, str_replace("pcntl", "xxxxx", file_get_contents(SOURCE)))',
    'no PHP' => 'file_put_contents(SOURCE, "<?php {")',
    'gone' => 'unlink(SOURCE)',
    'a directory' => 'unlink(SOURCE) && mkdir(SOURCE)',
];
foreach ([[], $opcache] as $ini) {
    foreach ($changes as $what => $change) {
        $file = var_export(script($source), true);
        echo '--- ', $ini ? 'opcache, ' : '', $what, ': ';
        ended(php(str_replace(['CHANGE', 'SOURCE'], [$change, $file], $code), $ini));
    }
}
?>
--EXPECT--
--- as it was: status 0: false
"xxxxxxxxxx"
101
"AB3 inside"
--- a line more: status 0: false
"xxxxxxxxxx"
101
"AB3 inside"
--- another answer: status 0: false
"xxxxxxxxxx"
101
"AB3 inside"
--- no PHP: status 0: false
"xxxxxxxxxx"
101
"AB3 inside"
--- gone: status 0: false
"xxxxxxxxxx"
101
"AB3 inside"
--- a directory: status 0: false
"xxxxxxxxxx"
101
"AB3 inside"
--- opcache, as it was: status 0: false
"xxxxxxxxxx"
101
"AB3 inside"
--- opcache, a line more: status 0: true
Error: Call to undefined function pcntl_get_last_error()
Error: Call to undefined function pcntl_get_last_error()
"AB3 inside"
--- opcache, another answer: status 0: true
Error: Call to undefined function pcntl_get_last_error()
Error: Call to undefined function pcntl_get_last_error()
"AB3 inside"
--- opcache, no PHP: status 0: true
Error: Call to undefined function pcntl_get_last_error()
Error: Call to undefined function pcntl_get_last_error()
"AB3 inside"
--- opcache, gone: status 0: true
Error: Call to undefined function pcntl_get_last_error()
Error: Call to undefined function pcntl_get_last_error()
"AB3 inside"
--- opcache, a directory: status 0: true
Error: Call to undefined function pcntl_get_last_error()
Error: Call to undefined function pcntl_get_last_error()
"AB3 inside"
