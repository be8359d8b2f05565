--TEST--
Promise 3: an uncaught throwable is thrown at the caller: class, message, code, file, line, trace, previous
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
class KnownException extends DomainException
{
    public function __construct(public string $detail)
    {
        echo "no constructor may run on the host\n";
    }
}
$vm = FfiZts::boot();
$file = script(<<<'PHP'
    class Unit { static function work(string $secret, array $a) { throw new LengthException("too long \xff", 42, new TypeError('before', 7, new Exception('first'))); } }
    function caller() {
        Unit::work('argument', [1]);
    }
    caller();
    PHP);
try {
    $vm->runScript($file);
} catch (LengthException $e) {
    echo $e::class, ' ', bin2hex(substr($e->getMessage(), -1)), ' ', $e->getCode(), ' ', plain($e->getFile()), ':', $e->getLine(), "\n";
    echo plain($e->getTraceAsString()), "\n";
    for ($p = $e->getPrevious(); $p; $p = $p->getPrevious()) {
        echo $p::class, ' ', $p->getMessage(), ' ', $p->getCode(), ' ', $p->getLine(), "\n";
    }
    echo str_contains((string) $e, 'TypeError: before') ? "as text\n" : (string) $e;
}
foreach ([
    'throw new ErrorException("e", 1, E_WARNING, "elsewhere.php", 99);',
    'throw new Error("plain", -5);',
    'throw new Exception("", 0);',
    'throw new JsonException("j");',
    'throw new ArithmeticError("a");',
    'intdiv(1, 0);',
    'strlen();',
    '(function (int $x) {})("x");',
    'null->x();',
    'class Own extends RuntimeException {} throw new Own("mine", 3);',
    'class KnownException extends DomainException { public $detail = 1; } throw new KnownException("known", 4);',
    'class Fake { } class OddCode extends Exception { protected $code = "HY000"; } throw new OddCode("odd");',
    'eval("throw new OutOfBoundsException(\"eval\");");',
    'throw new Exception("nested", 0, new class("anonymous") extends Exception {});',
] as $code) {
    $e = thrown(fn () => $vm->runScript(script($code)));
    printf("    code %s, file %s, line %d%s%s\n", var_export($e->getCode(), true), basename($e->getFile()), $e->getLine(),
        $e instanceof FfiZts\RemoteException ? ', remote class ' . $e->getRemoteClass() : '', $e->getPrevious() ? ', previous ' . $e->getPrevious()::class : '');
}
// What the script's own handler takes is not thrown here.
var_dump($vm->runScript(script('set_exception_handler(function ($e) { echo "handled: ", $e->getMessage(), "\n"; }); throw new Exception("x");'))->exitCode);
thrown(fn () => $vm->runScript(script('set_exception_handler(function ($e) { throw new LogicException("from the handler", 0, $e); }); throw new Exception("x");')));
Probe::assertSame();
?>
--EXPECTF--
LengthException ff 42 {tmp}/script1.php:2
#0 {tmp}/script1.php(4): Unit::work()
#1 {tmp}/script1.php(6): caller()
#2 {main}
TypeError before 7 2
Exception first 0 2
as text
ErrorException: e
    code 1, file elsewhere.php, line 99
Error: plain
    code -5, file script3.php, line 2
Exception: 
    code 0, file script4.php, line 2
JsonException: j
    code 0, file script5.php, line 2
ArithmeticError: a
    code 0, file script6.php, line 2
DivisionByZeroError: Division by zero
    code 0, file script7.php, line 2
ArgumentCountError: strlen() expects exactly 1 argument, 0 given
    code 0, file script8.php, line 2
TypeError: {closure%S}(): Argument #1 ($x) must be of type int, string given, called in {tmp}/script9.php on line 2
    code 0, file script9.php, line 2
Error: Call to a member function x() on null
    code 0, file script10.php, line 2
FfiZts\RemoteException: Own: mine
    code 3, file script11.php, line 2, remote class Own
KnownException: known
    code 4, file script12.php, line 2
FfiZts\RemoteException: OddCode: odd
    code 'HY000', file script13.php, line 2, remote class OddCode
OutOfBoundsException: eval
    code 0, file script14.php(2) : eval()'d code, line 1
Exception: nested
    code 0, file script15.php, line 2, previous FfiZts\RemoteException
handled: x
int(0)
%s: %Afrom the handler%A
same
