--TEST--
Values: what cannot cross is refused by name, with the path to it; long paths are cut, deep values are an error
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
$send = fn (mixed ...$values) => thrown(fn () => $vm->run(fn () => null, $values)->await());
$hidden = (new Derived())->set('private', (function () { yield 1; })());
$send(1, $hidden);
$send(named: ['a' => [1, 2, new ReflectionClass('stdClass')]]);
$send(new WeakMap());
$send(new class {});
$send(new MultipleIterator());
$send(new class extends ArrayObject {});
$send(file: new SplFileObject(__FILE__));
$send(stream_context_create());
$send(fopen('php://output', 'w'));
$closed = fopen(__FILE__, 'r');
fclose($closed);
$send($closed);
$deep = new WeakMap();
foreach (range('a', 'k') as $key) {
    $deep = [$key => $deep];
}
$send($deep);
for ($i = 0; $i < 5000; $i++) {
    $deep = [$deep];
}
$send($deep);
$recursive = [1];
$recursive['self'] = &$recursive;
$send($recursive);
$object = new stdClass();
$object->list = &$recursive;
$send($object);
// Shared arrays are written once: this would be 2^50 elements.
$shared = [1];
for ($i = 0; $i < 50; $i++) {
    $shared = [$shared, $shared];
}
var_dump(count($vm->run(fn (array $shared) => $shared[0], [$shared])->await()));
// From there to here.
foreach (['return [1, "x" => new WeakMap];', 'return (object) ["p" => stream_context_create()];', 'return new class {};'] as $code) {
    thrown(fn () => $vm->runScript(script($code)));
}
thrown(fn () => $vm->run(fn () => ['generator' => (function () { yield 1; })()])->await());
?>
--EXPECT--
FfiZts\TransferException: argument $args[1]->private: Generator cannot cross to another thread
FfiZts\TransferException: argument $args['named']['a'][2]: ReflectionClass cannot cross to another thread
FfiZts\TransferException: argument $args[0]: WeakMap cannot cross to another thread
FfiZts\TransferException: argument $args[0]: class@anonymous cannot cross to another thread
FfiZts\TransferException: argument $args[0]: MultipleIterator cannot cross to another thread
FfiZts\TransferException: argument $args[0]: ArrayObject@anonymous cannot cross to another thread
FfiZts\TransferException: argument $args['file']: SplFileObject cannot cross to another thread
FfiZts\TransferException: argument $args[0]: a resource (stream-context) cannot cross to another thread
FfiZts\TransferException: argument $args[0]: a stream without a descriptor (Output) cannot cross to another thread
FfiZts\TransferException: argument $args[0]: a resource (closed) cannot cross to another thread
FfiZts\TransferException: argument $args[0]['k']['j']['i']['h']['g']['f']['e']… (4 more): WeakMap cannot cross to another thread
FfiZts\TransferException: argument $args[0][0][0][0][0][0][0][0]… (1016 more): nested deeper than 1024 levels, which cannot cross to another thread: the option max_nesting allows no more
FfiZts\TransferException: argument $args[0]['self']: a recursive array cannot cross to another thread
FfiZts\TransferException: argument $args[0]->list['self']: a recursive array cannot cross to another thread
int(2)
FfiZts\TransferException: value['x']: WeakMap cannot cross to another thread
FfiZts\TransferException: value->p: a resource (stream-context) cannot cross to another thread
FfiZts\TransferException: value: class@anonymous cannot cross to another thread
FfiZts\TransferException: value['generator']: Generator cannot cross to another thread
