--TEST--
Promise 9: where open_basedir is separators or blanks, which no file is in, a guest opens nothing either
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$look = 'fn () => [@file_get_contents("/etc/passwd") === false, @scandir("/") === false, ini_get("open_basedir")]';
foreach ([':', ' ', '::', ' : '] as $text) {
    $code = '$look = ' . $look . '; ini_set("open_basedir", ' . var_export($text, true) . ');
        try { FfiZts::boot(["extensions" => ["/nowhere.so"]]); } catch (FfiZts\Exception $e) { echo get_class($e), " "; }
        echo json_encode([$look(), FfiZts::boot()->run($look)->await(), FfiZts::boot()->run(fn () => FfiZts::boot()->run($look)->await())->await()]), "\n";';
    // From 8.3 on ini_set() refuses a directory without a name: there it is so from the start.
    echo run([...php_command(PHP_VERSION_ID >= 80300 && $text[0] === ':' ? ['open_basedir' => $text] : []), '-r', $code])['out'];
    $early = run([...php_command(['open_basedir' => $text]), '-r', "echo json_encode(FfiZts::boot()->run($look)->await());"]);
    echo trim($text) === '' ? '' : "as it was started: $early[out]\n";
}
?>
--EXPECT--
FfiZts\PolicyException [[true,true,":"],[true,true,":"],[true,true,":"]]
as it was started: [true,true,":"]
FfiZts\PolicyException [[true,true," "],[true,true," "],[true,true," "]]
FfiZts\PolicyException [[true,true,"::"],[true,true,"::"],[true,true,"::"]]
as it was started: [true,true,"::"]
FfiZts\PolicyException [[true,true," : "],[true,true," : "],[true,true," : "]]
as it was started: [true,true," : "]
