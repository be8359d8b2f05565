--TEST--
Hazard 11: deep recursion by calls, compilation, unserialize, destruction and PCRE fits the stack of a worker
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['ini' => ['memory_limit' => '512M', 'pcre.jit' => 0, 'pcre.recursion_limit' => 1000000, 'pcre.backtrack_limit' => 10000000, 'unserialize_max_depth' => 0]]);
foreach ([
    'calls' => 'function f($n) { return $n ? 1 + f($n - 1) : 0; } return f(200000);',
    'callbacks' => 'function f($n) { return $n ? 1 + array_map("f", [$n - 1])[0] : 0; } return f(8000);',
    'magic' => 'class M { function __get($n) { return $n > 0 ? 1 + $this->{$n - 1 . ""}($n) : 0; } function __call($f, $a) { return $f ? 1 + call_user_func([$this, (string) ($f - 1)]) : 0; } } return (new M)->{"8000"}();',
    'compile' => 'return strlen((string) eval("return " . str_repeat("-(", 2000) . "5" . str_repeat(")", 2000) . ";"));',
    'arrays' => 'return count(eval("return " . str_repeat("[", 2000) . str_repeat("]", 2000) . ";"));',
    'unserialize' => 'return count(unserialize(str_repeat("a:1:{i:0;", 20000) . "i:5;" . str_repeat("}", 20000)));',
    'json' => 'return count(json_decode(str_repeat("[", 3000) . str_repeat("]", 3000), true, 30000)) + strlen(json_encode(json_decode(str_repeat("[", 3000) . str_repeat("]", 3000), true, 30000), 0, 30000));',
    'serialize' => '$a = 5; for ($i = 0; $i < 9000; $i++) $a = [$a]; return strlen(serialize($a)) > 9000;',
    'destruction' => 'class N { public $next; } $n = null; for ($i = 0; $i < 50000; $i++) { $m = new N; $m->next = $n; $n = $m; } unset($n, $m); return 1;',
    'pcre' => 'return preg_match("/^(a|b)*$/", str_repeat("ab", 50000)) . preg_match("/^((((a|b)*)))*$/", str_repeat("ab", 10000));',
    'cycles' => '$a = []; for ($i = 0; $i < 20000; $i++) { $o = new stdClass; $o->p = $a; $a = [$o]; } $o->self = $o; unset($o, $a); return gc_collect_cycles() > 0;',
] as $label => $code) {
    echo $label, ': ', json_encode($vm->runScript(script($code))->value), "\n";
}
?>
--EXPECT--
calls: 200000
callbacks: 8000
magic: 8000
compile: 1
arrays: 1
unserialize: 1
json: 6001
serialize: true
destruction: 1
pcre: "11"
cycles: true
