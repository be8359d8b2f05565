--TEST--
runScript(): every kind of value comes back; what cannot cross is refused with the path to it
--FILE--
<?php
require __DIR__ . '/../support.inc';

enum HostSuit: string { case Hearts = 'h'; }
$vm = FfiZts::boot();
$code = [
    'null' => 'return null;',
    'nothing' => '$x = 5;',
    'bare return' => 'return;',
    'true' => 'return true;',
    'false' => 'return false;',
    'int' => 'return PHP_INT_MIN;',
    'float' => 'return -0.1;',
    'nan' => 'return NAN;',
    'inf' => 'return -INF;',
    'minus zero' => 'return -0.0;',
    'empty string' => 'return "";',
    'bytes' => 'return implode("", array_map(chr(...), range(0, 255)));',
    'empty array' => 'return [];',
    'nested' => 'return [1, "a" => [true, null, ["x" => 1.5]], 5 => "five", -3 => "minus", "" => "empty"];',
    'order' => 'return ["z" => 1, "a" => 2, 10 => 3, 2 => 4];',
    'reference' => '$a = 1; $b = [&$a, &$a]; return $b;',
    'large' => 'return str_repeat("0123456789abcdef", 1 << 18);',
    'long list' => 'return range(1, 100000);',
];
foreach ($code as $label => $text) {
    $value = $vm->runScript(script($text))->value;
    echo "$label: ", match (true) {
        is_string($value) && strlen($value) > 255 => strlen($value) . ' ' . md5($value),
        is_array($value) && count($value) > 100 => count($value) . ' ' . array_sum($value),
        is_string($value) => var_export(bin2hex($value), true),
        is_array($value) => json_encode($value, JSON_PRESERVE_ZERO_FRACTION),
        default => var_export($value, true),
    }, "\n";
}
foreach ([
    'anonymous class' => 'return new class {};',
    'object' => 'return new ReflectionClass("ArrayObject");',
    'deep' => 'return ["a" => ["b" => [1, 2, stream_context_create()]]];',
    'generator' => 'return (function () { yield 1; })();',
    'recursive' => '$a = []; $a["self"] = &$a; return $a;',
] as $label => $text) {
    echo "$label: ";
    thrown(fn () => $vm->runScript(script($text)));
}
?>
--EXPECTF--
null: NULL
nothing: 1
bare return: NULL
true: true
false: false
int: -9223372036854775807-1
float: -0.1
nan: NAN
inf: -INF
minus zero: -0.0
empty string: ''
bytes: 256 e2c865db4162bed963bfaa9ef6ac18f0
empty array: []
nested: {"0":1,"a":[true,null,{"x":1.5}],"5":"five","-3":"minus","":"empty"}
order: {"z":1,"a":2,"10":3,"2":4}
reference: [1,1]
large: 4194304 %s
long list: 100000 5000050000
anonymous class: FfiZts\TransferException: value: class@anonymous cannot cross to another thread
object: FfiZts\TransferException: %s
deep: FfiZts\TransferException: %s['a']['b'][2]%s
generator: FfiZts\TransferException: %s
recursive: FfiZts\TransferException: %s
