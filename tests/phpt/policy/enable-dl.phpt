--TEST--
Promise 9: a guest that the administrator calls cli has dl() where its host has it, also on an unconfined command line; an option may say otherwise there
--FILE--
<?php
require __DIR__ . '/../support.inc';

$look = script('error_clear_last(); $dl = "dl"; function_exists($dl) && @$dl("nothing.so");
    return str_contains(error_get_last()["message"] ?? "", "Unable to load") ? "tried" : "refused";');
$code = 'try { echo FfiZts::boot(OPTIONS)->runScript(' . var_export($look, true) . ')->value, "\n"; } catch (FfiZts\PolicyException $e) { echo get_class($e), "\n"; }';
foreach ([[1, []], [0, []], [0, ['open_basedir' => tmp()]], [1, ['open_basedir' => tmp()]]] as [$on, $more]) {
    foreach (['[]', '["ini" => ["enable_dl" => 1]]'] as $options) {
        $ini = ['enable_dl' => $on, 'ffi_zts.sapi_name' => 'cli'] + $more;
        echo $on, $more ? ' confined ' : ' ', $options, ': ', php(str_replace('OPTIONS', $options, $code), $ini, support: false)['out'];
    }
}
?>
--EXPECT--
1 []: tried
1 ["ini" => ["enable_dl" => 1]]: tried
0 []: refused
0 ["ini" => ["enable_dl" => 1]]: tried
0 confined []: refused
0 confined ["ini" => ["enable_dl" => 1]]: FfiZts\PolicyException
1 confined []: refused
1 confined ["ini" => ["enable_dl" => 1]]: FfiZts\PolicyException
