--TEST--
A function that one side has of its own and the other as PHP code, with other parameters, or not at all
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
if (function_exists('mb_parse_str')) die('skip the host has mbstring');
if (!shipped('mbstring')) die('skip the guest has no mbstring');
?>
--FILE--
<?php
require __DIR__ . '/closure.inc';

/* PHP code here, by value; the guest's own takes a reference. */
function mb_parse_str(string $s, $into = null): string
{
    return "code $s";
}
function mb_strrev(string $s, int ...$more): string
{
    return "code $s";
}
function mb_strtoupper(string $s, ...$more): string
{
    return 'code ' . strtoupper($s);
}
$vm = FfiZts::boot(['bootstrap' => script('
    function cli_get_process_title(?array &$into = null, ...$more) { $into[] = count($more); return "code"; }')]);
$both = function (Closure $f) use ($vm) {
    foreach ([$f, fn () => $vm->run($f)->await()] as $call) {
        try {
            echo json_encode($call()), "\n";
        } catch (Throwable $e) {
            echo $e::class, ': ', $e->getMessage(), "\n";
        }
    }
};
$both(fn () => mb_strtoupper('ab'));
$both(fn () => mb_strtoupper('ab', 1, 2));
$both(fn () => mb_strrev('ab'));
$both(fn () => mb_parse_str('a=1', 'no variable'));
$both(function () {
    $into = 'before';
    return [mb_parse_str('a=1', $into), $into];
});
$both(function () {
    $into = 'before';
    return [mb_parse_str(strrev(mb_strtoupper('ab')) . '=2', $into), $into, mb_strtoupper(s: 'named')];
});
$both(fn () => cli_get_process_title());
/* The host's own, with an argument that it does not take. */
$both(function () {
    $a = [1];
    return [cli_get_process_title($a, strlen('abc'), max(1, strlen('ab'))), $a];
});
$both(fn () => cli_set_process_title('x'));
?>
--EXPECTF--
"code AB"
"AB"
"code AB"
ArgumentCountError: mb_strtoupper() expects at most 2 arguments, 3 given
"code ab"
Error: Call to undefined function mb_strrev()
"code a=1"
Error: mb_parse_str(): Argument #2 ($result) %s be passed by reference
["code a=1","before"]
[true,{"a":"1"}]
["code BA edoc=2","before","code NAMED"]
[true,{"BA":"2"},"NAMED"]
""
"code"
ArgumentCountError: cli_get_process_title() expects exactly 0 arguments, 3 given
["code",[1,2]]
true
Error: Call to undefined function cli_set_process_title()
