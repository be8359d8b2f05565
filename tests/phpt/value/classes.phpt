--TEST--
Values: classes are autoloaded on arrival; unknown and different ones are refused by name
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['prepend' => [script(<<<'PHP'
    enum There { case A; }
    class Unknown { public $x = 1; }
    class Changed { public string $type = 'text'; public $gone = 'gone'; private $moved = 'moved'; public static $was = 1; }
    class Now { public $x = 1; }
    class Wider { public int $number = 1; }
    final class Strict { public $x = 1; public $y = 2; }
    interface Marker {} class NowInterface {} class NowEnum {} class NowException { public $message = 5; } class NowInternal {}
    class Loaded { public $x = 'loaded'; } class Thrower {} class NotSerializable { }
    PHP)]]);
spl_autoload_register(function (string $class): void {
    echo "load $class\n";
    match ($class) {
        'Loaded' => eval('class Loaded { public $x, $y = "default"; }'),
        'Thrower' => throw new LogicException('the autoloader threw'),
        default => null,
    };
});
class Changed { public int $type = 1; protected $moved; }
class Wider { public float|string $number; public $more = 'default'; }
readonly class NotReadonly {}
abstract class Now {}
interface NowInterface {}
enum NowEnum {}
class NowException extends Exception {}
enum There { case B; }
eval(PHP_VERSION_ID >= 80200 ? 'final readonly class Strict { public mixed $x; }' : '');
$get = fn (string $code) => thrown(fn () => var_dump($vm->runScript(script("return $code;"))->value));
foreach (['new Loaded', '[new Loaded, new Loaded]', 'new Unknown', '["k" => new Unknown]', 'new Thrower', 'There::A', 'new Changed', 'new Wider', 'new Now',
    'new NowInterface', 'new NowEnum', 'new NowException', 'new Strict'] as $code) {
    echo "--- $code\n";
    $get($code);
}
thrown(fn () => $vm->run(fn (mixed $value) => $value, [new NotReadonly()])->await());
?>
--EXPECTF--
--- new Loaded
load Loaded
object(Loaded)#%d (2) {
  ["x"]=>
  string(6) "loaded"
  ["y"]=>
  string(7) "default"
}
nothing thrown, returned null
--- [new Loaded, new Loaded]
array(2) {
  [0]=>
  object(Loaded)#%d (2) {
    ["x"]=>
    string(6) "loaded"
    ["y"]=>
    string(7) "default"
  }
  [1]=>
  object(Loaded)#%d (2) {
    ["x"]=>
    string(6) "loaded"
    ["y"]=>
    string(7) "default"
  }
}
nothing thrown, returned null
--- new Unknown
load Unknown
FfiZts\TransferException: class Unknown is not known on the receiving side; make it loadable there, by an autoloader or a bootstrap file
--- ["k" => new Unknown]
load Unknown
FfiZts\TransferException: class Unknown is not known on the receiving side; make it loadable there, by an autoloader or a bootstrap file
--- new Thrower
load Thrower
LogicException: the autoloader threw
--- There::A
FfiZts\TransferException: There::A is no enum case on the receiving side; load the same enum there
--- new Changed
FfiZts\TransferException: Changed::$type is of another type on the receiving side, and cannot hold the string that came
--- new Wider
object(Wider)#%d (2) {
  ["number"]=>
  float(1)
  ["more"]=>
  string(7) "default"
}
nothing thrown, returned null
--- new Now
FfiZts\TransferException: Now cannot be made on the receiving side from what the object was on the other
--- new NowInterface
FfiZts\TransferException: NowInterface cannot be made on the receiving side from what the object was on the other
--- new NowEnum
FfiZts\TransferException: NowEnum cannot be made on the receiving side from what the object was on the other
--- new NowException
FfiZts\TransferException: NowException cannot be made on the receiving side from what the object was on the other
--- new Strict
FfiZts\TransferException: Strict has no property $y on the receiving side
FfiZts\TransferException: class NotReadonly is not known on the receiving side; make it loadable there, by an autoloader or a bootstrap file
