--TEST--
An autoloader, or a hook, of an outcome that is being read cannot take that outcome away
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$declared = 'class Late { public $text; public $rest; } class Waker { function __wakeup() { wakes(); } }';
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => script("function wakes() { } $declared")]);

spl_autoload_register(function () use (&$future, $declared): void {
    thrown(fn () => $future->await());
    gc_collect_cycles();
    eval($declared);
});
function wakes(): void
{
    global $other;
    thrown(fn () => FfiZts\Future::awaitAll([$other]));
}

$future = $vm->run(function () {
    $late = new Late();
    $late->text = str_repeat('text', 100000);
    $late->rest = [1, 'two', [3]];
    return [$late, str_repeat('more', 1000)];
});
[$late, $more] = $future->await();
var_dump($late->text === str_repeat('text', 100000), $late->rest === [1, 'two', [3]], $more === str_repeat('more', 1000));
var_dump($future->await()[0] === $late);
$other = $vm->run(fn () => new Waker());
var_dump(get_class($other->await()));
?>
--EXPECT--
FfiZts\Error: the future's outcome is just being read: what that runs cannot wait for it
bool(true)
bool(true)
bool(true)
bool(true)
FfiZts\Error: the future's outcome is just being read: what that runs cannot wait for it
string(5) "Waker"
