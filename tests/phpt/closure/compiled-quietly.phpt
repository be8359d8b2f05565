--TEST--
That a closure's source is compiled once more when it is sent is not seen: nothing is declared, warned of, loaded or left behind
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/closure.inc';

$file = tmp('source.php');
file_put_contents($file, <<<'CODE'
#!/usr/bin/env php
<?php

declare(ticks=1);

namespace Some\Thing;

use Not\There as Alias;

/* Deprecated when it is compiled. */
function optional($a = 1, $b) { return fn () => [$a, $b, (int) PHP_ZTS]; }

if (!\function_exists(__NAMESPACE__ . '\conditional')) {
    function conditional(): \Closure { return static fn () => [__FUNCTION__ !== '', (int) PHP_ZTS]; }
}

interface Shape { public const SIDES = 3; }
trait Sends { public static function sends(): \Closure { return static fn () => [static::class, PHP_ZTS]; } }
abstract class Base implements Shape { use Sends; }
final class Child extends Base { public function __construct(public readonly int $id = 1) {} }
enum Suit: string { case Hearts = 'h'; public const LAST = self::Hearts; }
if (false) {
    class NeverParent extends \Not\There\AtAll {}
}
#[\Attribute]
class Mark { public function __construct(public mixed $value) {} }

return [
    'function' => optional(1, 2), 'conditional' => conditional(),
    'anonymous' => (new class { public function make(): \Closure { return static fn () => PHP_ZTS + Shape::SIDES; } })->make(),
    'data' => fn () => \strlen('x') + __COMPILER_HALT_OFFSET__ * 0 + PHP_ZTS,
];

__halt_compiler();
CODE . 'fn () => 1, anything');

set_error_handler(function (int $type, string $message) use (&$errors) {
    $errors[] = $message;
    return true;
});
spl_autoload_register(function (string $class) use (&$errors) {
    $errors[] = "loads $class";
});
ob_start();
$closures = require $file;
ob_end_clean(); // the first line, of a file that is no script
$closures['anonymous'] = Closure::bind($closures['anonymous'], null, null); // its class cannot cross
$errors = [];
set_error_handler(null);
@trigger_error('an error before');
restore_error_handler();
$vm = FfiZts::boot();
$known = [get_declared_classes(), get_defined_functions()['user'], get_defined_constants(true)['user'] ?? [], get_included_files(), error_reporting()];
foreach ($closures as $name => $f) {
    echo "$name: ", json_encode($vm->run($f)->await()), "\n";
}
var_dump($errors, error_get_last()['message']);
var_dump($known === [get_declared_classes(), get_defined_functions()['user'], get_defined_constants(true)['user'] ?? [], get_included_files(), error_reporting()]);
/* The handler, the tables and the compiler are the program's again. */
echo $undefined;
echo json_encode($errors), ' ', eval('return (fn () => (int) PHP_ZTS)();'), ' ', (new Some\Thing\Child(5))->id, "\n";
?>
--EXPECT--
function: [1,2,1]
conditional: [true,1]
anonymous: 4
data: 2
array(0) {
}
string(15) "an error before"
bool(true)
["Undefined variable $undefined"] 0 5
