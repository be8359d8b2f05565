--TEST--
What a closure asks about its PHP is answered by the PHP that runs it, whatever the compiler and opcache of the other one have put in
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
if (!extension_loaded('pcntl')) die('skip the host has no pcntl, which no guest has');
?>
--FILE--
<?php
require __DIR__ . '/closure.inc';

/* In the guest the same file is compiled by the guest: that is what is right there. */
$check = '
    $vm = FfiZts::boot(' . var_export(['bootstrap' => script('
        $questions = require ' . var_export(__DIR__ . '/answers.inc', true) . ';
        function ask(string $name): mixed { global $questions; return $questions[$name](); }
        function question(string $name): Closure { global $questions; return $questions[$name]; }')], true) . ' + OPTIONS);
    $count = ["right there" => 0, "right here" => 0, "differ" => 0];
    $questions = require ' . var_export(__DIR__ . '/answers.inc', true) . ';
    foreach ($questions as $name => $f) {
        /* Sent before it is called anywhere, which counts in static variables. */
        $there = json_encode($vm->run($f)->await());
        $back = json_encode(($vm->run("question", [$name])->await())());
        $right = json_encode($vm->run("ask", [$name])->await());
        $here = json_encode($f());
        $count["right there"] += $right === $there;
        $count["right here"] += $here === $back;
        $count["differ"] += $here !== $right;
        if ($right !== $there) {
            echo "$name: there $there, right is $right\n";
        }
        if ($back !== $here) {
            echo "$name: back here $back, right is $here\n";
        }
    }
    echo $count["right there"] === count($questions) && $count["right here"] === count($questions) && $count["differ"] > 20 ? "right\n" : json_encode($count) . "\n";';
$opcache = ['opcache.enable' => 1, 'opcache.enable_cli' => 1, 'opcache.file_update_protection' => 0, 'opcache.jit_buffer_size' => '16M'];
foreach ([null, 'disable', 'tracing', 'function'] as $host) {
    foreach ([null, 'tracing'] as $guest) {
        $options = $guest === null ? [] : ['extensions' => ['opcache'], 'ini' => $opcache + ['opcache.jit' => $guest]];
        printf("%-8s → %-8s ", $host ?? 'none', $guest ?? 'none');
        ended(php(str_replace('OPTIONS', var_export($options, true), $check),
            $host === null ? [] : ['zend_extension' => 'opcache', 'opcache.jit' => $host] + $opcache, limit: 120));
    }
}
?>
--EXPECT--
none     → none     status 0: right
none     → tracing  status 0: right
disable  → none     status 0: right
disable  → tracing  status 0: right
tracing  → none     status 0: right
tracing  → tracing  status 0: right
function → none     status 0: right
function → tracing  status 0: right
