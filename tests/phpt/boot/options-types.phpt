--TEST--
boot(): ill-typed and out-of-range options are refused by name, type and range
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$cases = [
    ['threads' => '4'], ['threads' => 2.0], ['threads' => true], ['threads' => 0], ['threads' => -1], ['threads' => 100000], ['threads' => PHP_INT_MAX],
    ['stack_size' => 1.5], ['stack_size' => 1024], ['stack_size' => '1T'], ['stack_size' => -1], ['stack_size' => '16 potatoes'],
    ['shutdown_timeout' => '1'], ['shutdown_timeout' => -1], ['shutdown_timeout' => NAN], ['shutdown_timeout' => INF],
    ['library' => 1], ['library' => ''], ['library' => "a\0b"], ['runtime' => []], ['scope' => ''], ['scope' => 5], ['sapi_name' => 'Not A Name'],
    ['ini' => 'memory_limit=1G'], ['ini' => ['memory_limit' => []]], ['ini' => ['memory_limit' => new stdClass]], ['ini' => [5 => 'x']],
    ['ini' => ["a b" => "1"]], ['ini' => ['a' => "x\0y"]], ['ini' => ['extension' => 'x.so']],
    ['extensions' => 'opcache'], ['extensions' => [1]], ['extensions' => ['a' => 'opcache']], ['extensions' => ['..']], ['prepend' => [null]],
    ['output' => 'nowhere'], ['output' => 1],
];
foreach ($cases as $options) {
    $e = thrown(fn () => FfiZts::boot($options));
    $name = array_key_first($options);
    if (!$e instanceof FfiZts\Error || !str_contains($e->getMessage(), "`$name") || substr_count($e->getMessage(), "\n") > 0) {
        echo '^ does not say it: ', json_encode($options, JSON_PARTIAL_OUTPUT_ON_ERROR), "\n";
    }
}
thrown(fn () => FfiZts::boot('threads'));
Probe::assertSame(strict: true);
// What is null is as if it had not been given.
echo get_class(FfiZts::boot(['threads' => null, 'ini' => null, 'stack_size' => '1M', 'shutdown_timeout' => 1])), "\n";
?>
--EXPECTREGEX--
(FfiZts\\Error: [^\n]*\n){37}(TypeError|FfiZts\\Error): [^\n]*
same
FfiZts\\Vm
