--TEST--
Promise 9: a name of disable_functions in capitals, which disables nothing, hides none that does; whoever gives which
--FILE--
<?php
require __DIR__ . '/../support.inc';

$code = 'try { $vm = FfiZts::boot(OPTIONS); echo json_encode([function_exists("strrev"), $vm->run("function_exists", ["strrev"])->await()]), "\n"; }
    catch (FfiZts\PolicyException $e) { echo get_class($e), "\n"; }';
foreach ([
    'both in the host' => [['disable_functions' => 'STRREV,strrev'], '[]'],
    'in the host, and an option' => [['disable_functions' => 'STRREV,mail'], '["ini" => ["disable_functions" => "strrev"]]'],
    'in the host, and a setting' => [['disable_functions' => 'STRREV,mail', 'ffi_zts.ini' => '"disable_functions=strrev"'], '[]'],
    'an option, and the host' => [['disable_functions' => 'strrev'], '["ini" => ["disable_functions" => "STRREV"]]'],
    'only so' => [['disable_functions' => 'STRREV'], '[]'],
] as $label => [$ini, $options]) {
    echo "$label: ", php(str_replace('OPTIONS', $options, $code), $ini, support: false)['out'];
}
?>
--EXPECT--
both in the host: [false,false]
in the host, and an option: [true,false]
in the host, and a setting: [true,false]
an option, and the host: [false,false]
only so: [true,true]
