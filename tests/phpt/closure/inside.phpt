--TEST--
Closures of every kind within the guest, whatever its minor: functions called without a frame, computed static variables
--FILE--
<?php
require __DIR__ . '/closure.inc';

$work = script('
    require ' . var_export(__DIR__ . '/world.inc', true) . ';
    $cases = require ' . var_export(__DIR__ . '/closures.inc', true) . ';
    /* What both sides share here counts on. */
    unset($cases["counted(...)"], $cases["\$this and self"]);
    $kept = function () { static $n = null, $k = 1, $l = LIMIT; return [$n, ++$k, $l]; };
    $kept();
    $cases["statics that were bound"] = [$kept, []];
    $channel = new FfiZts\Channel(1);
    $same = $wrong = [];
    foreach ($cases as $name => $calls) {
        $closure = array_shift($calls);
        $channel->send($closure);
        $there = FfiZts\Test\Closures\answer($channel->recv(), $calls);
        $here = FfiZts\Test\Closures\answer($closure, $calls);
        $here === $there ? $same[] = $name : $wrong[] = "$name\n$here\n$there";
    }
    return [count($same) > 90, $wrong];');
file_put_contents($work, "<?php\nconst LIMIT = 7;\n" . substr(file_get_contents($work), 6));
$jit = ['extensions' => ['opcache'], 'ini' => ['opcache.enable_cli' => 1, 'opcache.file_update_protection' => 0,
    'opcache.jit_buffer_size' => '16M', 'opcache.jit' => 'tracing', 'opcache.jit_hot_func' => 1]];
foreach ([[], $jit] as $options) {
    ended(php('echo json_encode(FfiZts::boot(' . var_export($options, true) . ')->runScript(' . var_export($work, true) . ')->value);'));
}
?>
--EXPECT--
status 0: [true,[]]
status 0: [true,[]]
