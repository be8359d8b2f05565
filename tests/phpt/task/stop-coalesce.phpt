--TEST--
A stop that comes at `??` within a call, which the VM executes for code that the tracing JIT has compiled
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$bootstrap = script('
    function take(...$all) { return $all[0]; }
    function busy($begun)
    {
        $begun->send(1);
        $map = json_decode(\'{"a":"x","b":"y"}\', true);
        for ($i = 0; ; $i++) {
            take("a", $map["a"] ?? $map, "c", [$map["a"] ?? $i, $map["b"] ?? 2], take($map["b"] ?? $map, $map["a"] ?? null));
            $x = $map["a"] ?? null; $y = $map["b"] ?? $map; $x = $map["a"] ?? null; $y = $map["b"] ?? $map; $x = $map["a"] ?? null; $y = $map["b"] ?? $map;
            take($map["a"] ?? $map, $map["a"] ?? $map, $map["a"] ?? $map, $map["a"] ?? $map, $map["a"] ?? $map, $map["a"] ?? $map, $map["a"] ?? $map);
        }
    }');
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => $bootstrap, 'extensions' => ['opcache'],
    'ini' => ['opcache.enable_cli' => '1', 'opcache.jit' => 'tracing', 'opcache.jit_buffer_size' => '32M', 'opcache.file_update_protection' => '0']]);
$begun = new FfiZts\Channel(1);
for ($i = 0; $i < 15; $i++) {
    $future = $vm->run('busy', [$begun]);
    $begun->recv(60);
    usleep(mt_rand(3000, 8000)); // for the JIT to compile it
    $future->cancel();
    try { $future->await(60); } catch (FfiZts\CancelledException) {}
    if ($vm->run('strrev', ['enif'])->await(60) !== 'fine') die('another result');
}
echo "fine\n";
?>
--EXPECT--
fine
