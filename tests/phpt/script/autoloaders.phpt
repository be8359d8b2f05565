--TEST--
The class of a throwable is looked for with the host's autoloaders: one that defines it, that throws, that ends the host
--FILE--
<?php
require __DIR__ . '/../support.inc';

spl_autoload_register(function (string $class): void {
    match ($class) {
        'Loaded' => eval('class Loaded extends DomainException {}'),
        'NoThrowable' => eval('class NoThrowable {}'),
        'Thrower' => throw new LogicException('the autoloader threw'),
        'Ender' => exit(9),
        default => null,
    };
});
$vm = FfiZts::boot();
foreach (['Loaded', 'NoThrowable', 'Thrower', 'Unknown'] as $class) {
    thrown(fn () => $vm->runScript(script("class $class extends Exception {} throw new $class('message');")));
}
// Nothing is kept of them.
$unknown = script('class Unknown extends Exception {} throw new Unknown("message");');
$round = function (int $count) use ($vm, $unknown): int {
    for ($i = 0; $i < $count; $i++) {
        try { $vm->runScript($unknown); } catch (FfiZts\RemoteException) {}
    }
    gc_collect_cycles();
    return memory_get_usage();
};
$round(100);
$before = $round(100);
echo $round(2000) - $before < 10000 ? "flat\n" : "grew\n";
register_shutdown_function(function () { echo "ended\n"; });
try {
    $vm->runScript(script('class Ender extends Exception {} throw new Ender("message");'));
} catch (Throwable $e) {
    echo 'exit was swallowed by ', $e::class, "\n";
} finally {
    echo "finally does not run\n";
}
?>
--EXPECT--
Loaded: message
FfiZts\RemoteException: NoThrowable: message
FfiZts\RemoteException: Thrower: message
FfiZts\RemoteException: Unknown: message
flat
ended
