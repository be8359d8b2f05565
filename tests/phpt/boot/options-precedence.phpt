--TEST--
An option beats its ini setting; a setting that is wrong is refused by its name
--FILE--
<?php
require __DIR__ . '/../support.inc';

$show = 'echo FfiZts::boot($options)->info()["threads"], "\n";';
ended(php('$options = [];' . $show, ['ffi_zts.threads' => 3]));
ended(php('$options = ["threads" => 2];' . $show, ['ffi_zts.threads' => 3]));
ended(php('$options = ["threads" => null];' . $show, ['ffi_zts.threads' => 3]));
ended(php('thrown(fn () => FfiZts::boot());', ['ffi_zts.threads' => 'many']));
ended(php('thrown(fn () => FfiZts::boot());', ['ffi_zts.stack_size' => '1']));
ended(php('thrown(fn () => FfiZts::boot(["stack_size" => 1]));', ['ffi_zts.stack_size' => '1M']));
// The guest's settings: entries of both, the option's first where both have one.
ended(php('var_dump(FfiZts::boot(["ini" => ["precision" => 5]])->runScript(script("return [ini_get(\"precision\"), ini_get(\"arg_separator.output\")];"))->value);',
    ['ffi_zts.ini' => '"precision=7; arg_separator.output=x"']));
// The settings are the administrator's.
ended(php('var_dump(ini_set("ffi_zts.threads", "5"), ini_get("ffi_zts.threads"));', ['ffi_zts.threads' => 3]));
?>
--EXPECTF--
status 0: 3
status 0: 2
status 0: 3
status 0: FfiZts\Error: %sffi_zts.threads%s
status 0: FfiZts\Error: %sffi_zts.stack_size%s
status 0: FfiZts\Error: %sstack_size%s
status 0: array(2) {
  [0]=>
  string(1) "5"
  [1]=>
  string(1) "x"
}
status 0: bool(false)
string(1) "3"
