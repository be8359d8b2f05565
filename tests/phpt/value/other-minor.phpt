--TEST--
Values of every kind cross between PHP minors too: named functions, objects, throwables, channels, scripts' results
--FILE--
<?php
require __DIR__ . '/../support.inc';

$code = <<<'PHP'
    enum Suit: string { case Hearts = 'H'; }
    class Base { private $hidden = 'b'; public function hidden(): string { return $this->hidden; } }
    final class Point extends Base
    {
        public ?Point $next = null;
        public readonly array $list;
        public function __construct(protected int $x = 0) { $this->list = [1, 'a' => [true, null, -0.0]]; }
        public function sum(int $more): int { return $this->x + $more; }
    }
    class Kept { public function __construct(public array $data = []) {} public function __serialize(): array { return ['d' => $this->data]; } public function __unserialize(array $d): void { $this->data = $d['d']; } }
    function same(mixed $value): mixed { return $value; }
    function fail(string $message): never { throw new DomainException($message, 7, new LogicException('inner')); }
    function drain(FfiZts\Channel $channel): int { $sum = 0; foreach ($channel as $value) { $sum += $value; } return $sum; }
    PHP;
$vm = FfiZts::boot(['threads' => 2, 'bootstrap' => $file = script($code)]);
require $file;
$point = new Point(5);
$point->next = new Point(6);
$point->next->next = $point;
$values = [null, true, PHP_INT_MIN, NAN, INF, "\0\xff", range(1, 1000), [3 => 'x', 'k' => [1.5]], Suit::Hearts, $point, new Kept([1, [2]]),
    new ArrayObject(['a' => 1]), new DateTimeImmutable('2026-01-02 03:04:05', new DateTimeZone('Europe/Berlin')), (object) ['a' => 1], str_repeat('long', 100000)];
foreach ($values as $index => $value) {
    $back = $vm->run('same', [$value])->await();
    if (@print_r($back, true) !== @print_r($value, true) || get_debug_type($back) !== get_debug_type($value)) {
        echo "differs: $index ", get_debug_type($value), "\n";
    }
}
$back = $vm->run('same', [[$point, $point]])->await();
var_dump($back[0] === $back[1], $back[0]->next->next === $back[0], $back[0]->hidden());
echo $vm->run([$point, 'sum'], [10])->await(), ' ', $vm->run('Suit::from', ['H'])->await()->name, "\n";
$e = thrown(fn () => $vm->run('fail', ['on purpose'])->await());
echo $e->getPrevious()->getMessage(), ' ', $e->getCode(), "\n";
$channel = new FfiZts\Channel(2);
$sum = $vm->run('drain', [$channel]);
for ($i = 1; $i <= 100; $i++) { $channel->send($i); }
$channel->close();
echo $sum->await(), ' ', array_sum($vm->pool(2)->map(range(1, 500), 'abs')), "\n";
echo $vm->runScript(script('return ["object" => new ArrayObject([1, 2])];'))->value['object']->count(), "\n";
?>
--EXPECT--
bool(true)
bool(true)
string(1) "b"
15 Hearts
DomainException: on purpose
inner 7
5050 125250
2
