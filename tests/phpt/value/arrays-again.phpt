--TEST--
Values: an array that objects in it have, too, is not recursive, and stays one array; one that contains itself is refused by name
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';
require __DIR__ . '/classes.inc';

$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => __DIR__ . '/classes.inc']);
$shape = fn (mixed $value) => serialize($value); // terminates, and tells objects that are the same
/** Both ways: there, as the other side has it, and back. */
$crosses = function (string $name, mixed $value) use ($vm, $shape): mixed {
    [$there, $back] = $vm->run(fn ($value) => [serialize($value), $value], [$value])->await();
    echo $name, ': ', $there === $shape($value) ? '' : "there $there, here " . $shape($value) . ' ',
        $shape($back) === $shape($value) ? 'the same' : 'back ' . $shape($back), "\n";
    return $back;
};
$siblings = [new stdClass(), 'k' => new stdClass(), [1, 2]];
$siblings[0]->siblings = $siblings['k']->siblings = $siblings;
$back = $crosses('siblings', $siblings);
var_dump(count($back[0]->siblings['k']->siblings), $back[0]->siblings['k'] === $back['k']);
$back[0]->siblings[] = 'of its own'; // separated, as values are
var_dump(count($back[0]->siblings), count($back['k']->siblings), count($back));
$list = [new stdClass()];
$list[0]->deep = ['x' => [$list, (object) ['y' => $list]]];
$crosses('packed, deep', $list);
$typed = [(new Base())->set('protected', null), new Derived()];
$typed[1]->set('next', $typed[0]);
$typed[0]->set('public', $typed)->set('protected', [$typed]);
$crosses('declared properties', $typed);
$hooked = [new Hooked('outer')];
$hooked[0]->inner = $hooked;
[$name, $same] = $vm->run(fn (array $hooked) => [$hooked[0]->name, $hooked[0]->inner[0] === $hooked[0]], [$hooked])->await();
echo "__serialize(): $name ", var_export($same, true), "\n";
$sleepy = [new Sleeper()];
$sleepy[0]->kept = $sleepy;
var_dump($vm->run(fn (array $sleepy) => $sleepy[0]->kept[0][0] === $sleepy[0], [$sleepy])->await());
$closure = [new stdClass()];
$closure[0]->call = (static fn () => count($closure));
var_dump($vm->run(fn (array $closure) => ($closure[0]->call)(), [$closure])->await());
$storage = [new ArrayObject([1]), new SplObjectStorage()];
$storage[0][] = $storage;
$storage[1][$storage[0]] = $storage;
$crosses('ArrayObject, SplObjectStorage', $storage);
$thrown = [new Detailed('message')];
$thrown[0]->detail = $thrown;
var_dump($vm->run(fn (array $thrown) => $thrown[0]->detail[0] === $thrown[0], [$thrown])->await());
$channel = new FfiZts\Channel(1);
$channel->send($siblings);
var_dump(count($channel->recv()[0]->siblings));
// One that contains itself.
$send = fn (mixed ...$values) => thrown(fn () => $vm->run('abs', $values));
$recursive = [1];
$recursive['self'] = &$recursive;
$send($recursive);
$send(['list' => &$recursive]);
$object = new stdClass();
$object->list = &$recursive;
$send([$object]);
$two = [[1]];
$two[0]['other'] = &$two;
$send($two);
// An object in between makes it none.
$list = [new stdClass()];
$list[0]->list = &$list;
[$same, $count] = $vm->run(fn (array $list) => [$list[0]->list[0] === $list[0], count($list)], [$list])->await();
var_dump($same, $count);
// Something in it cannot be had there: nothing is half-done.
$siblings[0]->unknown = new class2();
thrown(fn () => $vm->run(fn (array $siblings) => null, [$siblings])->await());
$siblings[0]->unknown = new WeakMap();
$send($siblings);
echo $vm->run('strlen', ['alive'])->await(), ', cycles collected: ', var_export($vm->run('gc_collect_cycles')->await() >= 0, true), "\n";
class class2 {}

// The limit of nesting.
$nested = function (int $levels): array {
    for ($value = []; $levels > 1; $levels--) {
        $value = $levels % 2 ? [$value] : ['k' => $value, 'o' => null];
    }
    return [$value];
};
echo $vm->run(fn ($value) => count($value), [$nested(1022)])->await(), "\n";
$send($nested(1024));
$makes = 'function nested(int $levels): array { for ($value = [1]; $levels > 1; $levels--) $value = [$value]; return $value; }'
    . '$vm = FfiZts::boot(["max_nesting" => %1$d, "bootstrap" => ' . var_export(script('function nested(int $levels): array { for ($value = [1]; $levels > 1; $levels--) $value = [$value]; return $value; }'), true) . ']);'
    . 'echo $vm->info()["max_nesting"], " ";';
$reads = 'thrown(fn () => print(count($vm->run("nested", [%2$d])->await())));';
$sends = 'thrown(fn () => print(count($vm->run("current", [nested(%2$d)])->await())));';
foreach ([[5000, 4998], [5000, 5001], [128, 130]] as [$most, $levels]) {
    ended(php(sprintf($makes . $reads . $sends, $most, $levels)));
}
// The stack's, where it is the narrower one; how many levels there are differs. To read 40,000 levels more than 1 MB is needed, whatever
// the compiler made of it; workers have 16 MB. PHP itself frees arrays by recursion, so that the host has its own stack for what it sends.
$narrow = ['sh', '-c', 'ulimit -s 1024 && exec "$@"', 'sh', ...php_command()];
$support = 'require ' . var_export(dirname(__DIR__) . '/support.inc', true) . ';';
foreach ([run([...$narrow, script($support . sprintf($makes . $reads, 65535, 40000))]), php(sprintf($makes . $sends, 65535, 60000))] as $deep) {
    echo $deep['status'], ' ', preg_replace(['/\d+ (more|levels)/', '/(\[0\])+/'], ['N $1', '[0]'], $deep['out']);
}
thrown(fn () => FfiZts::boot(['max_nesting' => 127]));
?>
--EXPECT--
siblings: the same
int(3)
bool(true)
int(4)
int(3)
int(3)
packed, deep: the same
declared properties: the same
__serialize(): outer true
bool(true)
int(1)
ArrayObject, SplObjectStorage: the same
bool(true)
int(3)
FfiZts\TransferException: argument $args[0]['self']: a recursive array cannot cross to another thread
FfiZts\TransferException: argument $args[0]['list']['self']: a recursive array cannot cross to another thread
FfiZts\TransferException: argument $args[0][0]->list['self']: a recursive array cannot cross to another thread
FfiZts\TransferException: argument $args[0][0]['other']: a recursive array cannot cross to another thread
bool(true)
int(1)
FfiZts\TransferException: class class2 is not known on the receiving side; make it loadable there, by an autoloader or a bootstrap file
FfiZts\TransferException: argument $args[0][0]->unknown: WeakMap cannot cross to another thread
5, cycles collected: true
1
FfiZts\TransferException: argument $args[0][0]['k'][0]['k'][0]['k'][0]… (1016 more): nested deeper than 1024 levels, which cannot cross to another thread: the option max_nesting allows no more
status 0: 5000 1nothing thrown, returned int
1nothing thrown, returned int
status 0: 5000 FfiZts\TransferException: value[0][0][0][0][0][0][0][0]… (4992 more): nested deeper than 5000 levels, which cannot cross to another thread: the option max_nesting allows no more
FfiZts\TransferException: argument $args[0][0][0][0][0][0][0][0]… (4992 more): nested deeper than 5000 levels, which cannot cross to another thread: the option max_nesting allows no more
status 0: 128 FfiZts\TransferException: value[0][0][0][0][0][0][0][0]… (120 more): nested deeper than 128 levels, which cannot cross to another thread: the option max_nesting allows no more
FfiZts\TransferException: argument $args[0][0][0][0][0][0][0][0]… (120 more): nested deeper than 128 levels, which cannot cross to another thread: the option max_nesting allows no more
0 65535 FfiZts\TransferException: the value is nested deeper than N levels: for which there is no stack here
0 65535 FfiZts\TransferException: argument $args[0]… (N more): nested deeper than N levels, which cannot cross to another thread: for which there is no stack here
FfiZts\Error: FfiZts::boot(): option `max_nesting` must be 128 to 65535, 127 given
