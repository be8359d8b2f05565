--TEST--
Values: __serialize, __unserialize, __sleep, __wakeup and Serializable are honoured, in PHP's order
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
$value = new Hooked('outer', ['list' => new Hooked('inner'), 'name' => 1]);
$nested = new Hooked('a', new Hooked('b', new Hooked('c')));
// PHP's own order, and ours.
foreach ([[$value], $nested] as $value) {
    Hooked::$log = [];
    unserialize(serialize($value));
    $expected = Hooked::$log;
    Hooked::$log = [];
    [$copy, $there] = $vm->run(function (mixed $value): array {
        $log = Hooked::$log;
        Hooked::$log = [];
        return [$value, $log];
    }, [$value])->await();
    // It was written here, built there, written there, and built here.
    $here = Hooked::$log;
    var_dump($copy == $value, array_values(array_filter($expected, fn ($l) => $l[0] === 's')) === array_values(array_filter($here, fn ($l) => $l[0] === 's')),
        array_values(array_filter($expected, fn ($l) => $l[0] === 'u')) === array_values(array_filter($here, fn ($l) => $l[0] === 'u')), $there);
}
var_dump($vm->run(fn (Sleeper $there): Sleeper => $there, [new Sleeper('k')])->await());
echo json_encode($vm->run(fn (Restored $there): array => $there->got, [new Restored()])->await()), "\n";
// A hook that leads back to its object.
final class Looped
{
    public mixed $self;

    public function __serialize(): array
    {
        return ['self' => $this];
    }

    public function __unserialize(array $data): void
    {
        $this->self = $data['self'];
    }
}
$channel = new FfiZts\Channel(1);
$channel->send(new Looped());
$copy = $channel->recv();
var_dump($copy->self === $copy);
error_reporting(E_ALL & ~E_DEPRECATED);
eval('final class Old implements Serializable
{
    public string $state = "";
    public function serialize(): string { return "bytes\0"; }
    public function unserialize(string $data): void { $this->state = $data; }
}');
$channel->send([new Old(), new Old()]);
echo json_encode($channel->recv()), "\n";
// Of internal classes, and classes that extend them.
final class Extended extends ArrayObject
{
    public int $own = 1;
}
$extended = new Extended(['a' => 1], ArrayObject::ARRAY_AS_PROPS);
$extended->own = 2;
$extended[] = $extended;
$channel->send($extended);
$copy = $channel->recv();
var_dump($copy instanceof Extended, $copy->own, $copy->a, $copy[0] === $copy);
$heap = new SplObjectStorage();
$heap[$extended] = new DateTime('2020-02-29 12:00:00', new DateTimeZone('Europe/Berlin'));
$channel->send($heap);
$copy = $channel->recv();
foreach ($copy as $object) {
    echo $object::class, ' ', $copy[$object]->format('c e'), "\n";
}
$channel->send(new DatePeriod(new DateTimeImmutable('@0'), new DateInterval('P1D'), 2));
foreach ($channel->recv() as $day) {
    echo $day->format('Y-m-d '), $day::class, "\n";
}
?>
--EXPECTF--
bool(true)
bool(true)
bool(true)
array(2) {
  [0]=>
  string(23) "unserialize inner first"
  [1]=>
  string(23) "unserialize outer first"
}
bool(true)
bool(true)
bool(true)
array(5) {
  [0]=>
  string(15) "serialize outer"
  [1]=>
  string(15) "serialize inner"
  [2]=>
  string(19) "unserialize c first"
  [3]=>
  string(29) "unserialize b after its inner"
  [4]=>
  string(29) "unserialize a after its inner"
}
object(Sleeper)#%d (4) {
  ["kept"]=>
  array(5) {
    [0]=>
    array(5) {
      [0]=>
      string(1) "k"
      [1]=>
      string(5) "woken"
      [2]=>
      string(7) "default"
      [3]=>
      int(33)
      [4]=>
      int(44)
    }
    [1]=>
    string(5) "woken"
    [2]=>
    string(7) "default"
    [3]=>
    int(33)
    [4]=>
    int(44)
  }
  ["dropped"]=>
  string(7) "default"
  ["protected":protected]=>
  int(33)
  ["private":"Sleeper":private]=>
  int(44)
}
{"got":[],"a":1,"\u0000*\u0000b":2}
bool(true)
[{"state":"bytes\u0000"},{"state":"bytes\u0000"}]
bool(true)
int(2)
int(1)
bool(true)
Extended 2020-02-29T12:00:00+01:00 Europe/Berlin
1970-01-01 DateTimeImmutable
1970-01-02 DateTimeImmutable
1970-01-03 DateTimeImmutable
