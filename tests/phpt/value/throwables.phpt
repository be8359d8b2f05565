--TEST--
Values: throwables cross with their properties, as values too; what of them cannot cross is left out
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';
require __DIR__ . '/classes.inc';

$vm = FfiZts::boot(['bootstrap' => __DIR__ . '/classes.inc']);
$tell = function (Throwable $e): void {
    echo $e::class, ' "', $e->getMessage(), '" ', var_export($e->getCode(), true), ' ', basename($e->getFile()), ' ';
    echo $e instanceof Detailed ? json_encode($e->detail) . ' ' . $e->secret() : '', $e instanceof FfiZts\RemoteException ? strtok($e->getRemoteClass(), "\0") : '', "\n";
};
$tell($vm->run(fn () => new Detailed('as a value', ['d' => 1]))->await());
try {
    $vm->run(fn () => throw new Detailed('thrown', [1, 2]))->await();
} catch (Detailed $e) {
    $tell($e);
    echo strtok($e->getTraceAsString(), "\n"), ' ', str_contains((string) $e, 'Detailed: thrown') ? 'as text' : $e, "\n";
}
$tell($vm->run(fn () => new Detailed('the detail stays there', stream_context_create()))->await());
$tell($vm->run(fn (Throwable $e) => $e, [new Detailed('there and back', new Detailed('inside'))])->await());
$self = new Detailed('self');
$self->detail = $self;
$copy = $vm->run(fn (Throwable $e) => $e, [$self])->await();
var_dump($copy->detail === $copy);
// Chains are cut at 32, whether they end or not.
for ($e = null, $i = 0; $i < 100; $i++) {
    $e = new Exception("e$i", $i, $e);
}
$copy = $vm->run(fn (Throwable $e) => $e, [$e])->await();
for ($length = 0; $copy; $copy = $copy->getPrevious()) {
    $length++;
}
echo "chain of $length\n";
// A class that only they know; inside of one that is known here too; with a property of such a class.
$unknown = fn (string $code) => $vm->run(function (string $code) { eval($code); }, [$code]);
foreach ([
    'class OnlyThere extends DomainException { public $x = 1; } throw new OnlyThere("m", 5);',
    'class OnlyThere2 extends Error {} throw new Detailed("an error", new OnlyThere2("in the detail"));',
    'class OnlyThere3 { public $x = 1; } throw new Detailed("property of an unknown class", [1, new OnlyThere3]);',
    'enum OnlyThere4 { case A; } throw new Detailed("unknown enum", OnlyThere4::A);',
    'class OnlyThere5 extends Exception { protected $code = "HY000"; } throw new Exception("outer", 1, new OnlyThere5("inner"));',
    'throw new ErrorException("severity", 1, E_WARNING, "file.php", 7);',
    'throw new class("anonymous") extends RuntimeException {};',
] as $code) {
    try {
        $unknown($code)->await();
    } catch (Throwable $e) {
        $tell($e);
        $e->getPrevious() && $tell($e->getPrevious());
        echo $e instanceof ErrorException ? $e->getSeverity() . "\n" : '';
    }
}
// Arguments do not travel in traces.
$e = $vm->run(function () {
    $thrower = fn (string $secret) => throw new Exception($secret === 'secret' ? 'traced' : '');
    try {
        $thrower('secret');
    } catch (Exception $e) {
        return $e;
    }
})->await();
echo $e->getMessage(), ' ', array_key_exists('args', $e->getTrace()[0]) ? 'with arguments' : 'without arguments', "\n";
?>
--EXPECTF--
Detailed "as a value" 12 throwables.php {"d":1} s7
Detailed "thrown" 12 throwables.php [1,2] s7
#0 [internal function]: {closure%S}() as text
Detailed "the detail stays there" 12 throwables.php null s7
Detailed "there and back" 12 throwables.php {"detail":null} s7
bool(true)
chain of 33
FfiZts\RemoteException "OnlyThere: m" 5 throwables.php(33) : eval()'d code OnlyThere
Detailed "an error" 12 throwables.php(33) : eval()'d code {} s7
Detailed "property of an unknown class" 12 throwables.php(33) : eval()'d code null s7
Detailed "unknown enum" 12 throwables.php(33) : eval()'d code null s7
Exception "outer" 1 throwables.php(33) : eval()'d code 
FfiZts\RemoteException "OnlyThere5: inner" 'HY000' throwables.php(33) : eval()'d code OnlyThere5
ErrorException "severity" 1 file.php 
2
FfiZts\RemoteException "RuntimeException@anonymous: anonymous" 0 throwables.php(33) : eval()'d code RuntimeException@anonymous
traced without arguments
