<?php
// Values of all kinds for damaged messages (scripts/run-engine.sh damage, src/bin/engine/damage.rs). As a script it returns the
// value of the number given; as the tasks' bootstrap it declares what they call and what the values are made of.
declare(strict_types=1);

enum Suit: string
{
    case Hearts = 'H';
    case Spades = 'S';
}

class Base
{
    public int $typed = 1;
    public readonly array $readonly;
    protected ?Base $next = null;
    private string|int $private = 'base';
    public mixed $unset = 1;

    public function __construct(array $readonly = [])
    {
        $this->readonly = $readonly;
    }

    public function link(?Base $next): static
    {
        $this->next = $next;
        unset($this->unset);
        return $this;
    }

    public function bound(): Closure
    {
        static $count = 0;
        return fn (int $n): int => $n + $this->typed + ++$count;
    }

    public function __call(string $name, array $arguments): mixed
    {
        return $name;
    }
}

final class Derived extends Base
{
    private string|int $private = 2;
    public float $number = 1.5;
}

#[AllowDynamicProperties]
class Dynamic
{
}

class Stateful
{
    public function __construct(public array $state = [])
    {
    }

    public function __serialize(): array
    {
        return ['state' => $this->state, 'key' => 1];
    }

    public function __unserialize(array $data): void
    {
        $this->state = $data['state'];
    }
}

class Sleeper
{
    public string $kept = 'kept';
    protected array $also = [1, [2]];
    public int $lost = 3;

    public function __sleep(): array
    {
        return ['kept', 'also'];
    }

    public function __wakeup(): void
    {
        $this->lost = 4;
    }
}

class Detailed extends DomainException
{
    public array $detail = ['a' => 1];
    private ?Suit $suit = Suit::Spades;
}

/** One whose properties lead to each other: some of them cannot be built when the message is damaged. */
class Parted extends RuntimeException
{
    public mixed $first = null;
    public mixed $second = null;
    public array $third = ['third'];

    public function with(mixed $first, mixed $second, array $third): static
    {
        [$this->first, $this->second, $this->third] = [$first, $second, $third];
        return $this;
    }
}

function named(int ...$numbers): int
{
    return array_sum($numbers);
}

/** Looks into all of a value, and throws it away. */
function swallow(mixed $value): int
{
    ob_start();
    try {
        @var_dump($value);
        visit($value, 0);
    } finally {
        ob_end_clean();
    }
    return 1;
}

class Swallower
{
    public static function take(mixed $value): int
    {
        return swallow($value);
    }
}

function visit(mixed $value, int $depth): void
{
    if ($depth > 20) {
        return;
    }
    if (is_array($value)) {
        foreach ($value as $key => $item) {
            isset($value[$key]);
            if (is_string($item)) {
                [$item => 1];
            }
            visit($item, $depth + 1);
        }
        $value[] = 1;
        array_pop($value);
    } elseif ($value instanceof Closure) {
        $closure = new ReflectionFunction($value);
        $closure->getName() . $closure->getFileName() . $closure->getStartLine() . $closure->getReturnType() . $closure->getDocComment();
        is_callable($value);
        visit($closure->getStaticVariables(), $depth + 1);
        foreach ($closure->getParameters() as $parameter) {
            $parameter->getName() . $parameter->getType() . $parameter->isOptional();
        }
        foreach ($closure->getAttributes() as $attribute) {
            $attribute->getName();
        }
        clone $value;
    } elseif ($value instanceof Throwable) {
        for (; $value; $value = $value->getPrevious()) {
            (string) $value;
        }
    } elseif (is_object($value) && !$value instanceof UnitEnum) {
        visit(get_mangled_object_vars($value), $depth + 1);
        (array) $value;
    } elseif (is_resource($value)) {
        @stream_get_meta_data($value);
    }
}

function usage(): int
{
    gc_collect_cycles();
    return memory_get_usage();
}

if (!isset($argv[1])) {
    return null;
}

$shared = ['one', ['two' => 2]];
$string = str_repeat('shared', 5);
$cyclic = new Dynamic();
$cyclic->self = $cyclic;
$cyclic->list = [$cyclic, [$cyclic]];
$cyclic->{'0'} = $string;
$holes = range(0, 9);
unset($holes[3], $holes[9]);
$sparse = [1, 2, 3];
unset($sparse[2]);
$objects = new SplObjectStorage();
$objects[new Base()] = 'base';
$heap = new SplMaxHeap();
array_map($heap->insert(...), [2, 3, 1]);
$queue = new SplPriorityQueue();
array_map($queue->insert(...), ['a', $heap, 'c'], [1, 3, 2]);
$siblings = [new Dynamic(), 'k' => new Stateful()];
$siblings[0]->siblings = $siblings['k']->state = $siblings;
$tied = [1, [2, 3], new Base(), 'list' => []];
$tied['one'] = &$tied[0];
$tied['two'] = &$tied[1][0];
$tied[2]->typed = &$tied[0];
$tied[] = new Dynamic();
$tied[3]->list = &$tied['list'];
$tied['list'] = [$tied[3], &$tied[1]];
$channel = new FfiZts\Channel(4);
$channel->send('waits');
$n = 5;

$values = [
    fn () => [null, true, false, 0, -128, 127, 1 << 40, PHP_INT_MIN, 1.5, NAN, '', 'c', 'string', "\0\xff"],
    fn () => [$string, [$string, $string], $string . 'other', [$string => $string]],
    fn () => [range(0, 20), [1.5, 2.5], $holes, $sparse, [], ['a' => 1, 5 => 2, '7' => 3, 'b' => []], [-5 => 1, -4 => 2]],
    fn () => [$shared, $shared, [$shared, 'k' => $shared]],
    fn () => [[[[[[[['deep' => [1, [2, [3, [4]]]]]]]]]]]],
    fn () => [(new Derived([1, $string]))->link(new Base([2])), new Base(), (new Base())->link(null)],
    fn () => $cyclic,
    fn () => [$siblings, $siblings],
    fn () => [$heap, $queue, new SplFileInfo('/a/file'), $heap],
    fn () => $tied,
    fn () => (new Parted('tied'))->with([&$tied[0], &$tied[0]], $siblings, $tied),
    fn () => [new Stateful([1, $cyclic]), new Sleeper(), new Stateful()],
    fn () => [Suit::Hearts, Suit::Spades, Suit::Hearts],
    fn () => [new ArrayObject(['a' => 1]), new ArrayIterator([1, 2]), $objects, new SplFixedArray(3), new stdClass()],
    fn () => [new DateTimeImmutable('2020-01-01 UTC'), new DateInterval('P1D'), new DateTimeZone('Europe/Berlin')],
    fn () => new Detailed('message', 5, new LogicException('inner', 0, new Error('innermost'))),
    function () use ($shared, $string) {
        $state = new Stateful([1, new Sleeper()]);
        $list = [$state, new ArrayObject([named(...)]), (new Base())->bound()];
        $inner = (new Parted('inner'))->with([$state, $list], Suit::Spades, $shared);
        $parted = (new Parted('parted', 3, $inner))->with($list, [$state, $inner, static fn () => $list], [$shared, $list, $string]);
        return [$parted, new Stateful([$inner]), $string];
    },
    fn () => [new FfiZts\TransferException('ours'), new class ('anonymous') extends RuntimeException {
    }],
    function () {
        $memory = fopen('php://memory', 'w+');
        fwrite($memory, 'in memory');
        return [$memory, fopen('php://temp/maxmemory:4', 'w+'), fopen('data:,text', 'r'), $memory, tmpfile()];
    },
    fn () => [tmpfile(), stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0)],
    fn () => [$channel, $channel, new FfiZts\SharedBuffer(64), FfiZts\Int64View::fromArray([1, 2, 3])],
    fn () => [strlen(...), named(...), Closure::fromCallable([new Base(), 'link']), (new Base())->magic(...), Suit::from(...)],
    // Code.
    fn () => fn (int $a = 1, ?string $b = null): int => $a + strlen($b ?? 'none'),
    fn () => static function (array|Suit $x = PHP_INT_MAX > 1 ? Suit::Hearts : [], self|null &...$rest) use ($n, $shared): ?iterable {
        /** a comment */
        static $kept = [1, 'two' => 2], $later = PHP_VERSION_ID + 1;
        try {
            foreach ($rest as $key => $value) {
                $kept[$key] = match (true) {
                    is_int($value) => named($value, $n),
                    default => throw new Detailed("no $key"),
                };
            }
        } catch (Detailed | LogicException $e) {
            return [$e->getMessage(), Base::class, $GLOBALS['x'] ?? null];
        } finally {
            $later++;
        }
        return array_map(fn ($y) => [...$kept, $y => fn () => $y], $rest);
    },
    fn () => #[Other('because', since: PHP_VERSION)] #[Note(flags: 1 | 2, of: [Suit::Hearts, 'k' => null])] function (#[SensitiveParameter] $p) {
        $x = yield 1;
        yield from [1, 2];
        switch ($x) {
            case 'a': case 'b': case 'c': case 'd': case 'e': case 'f': case 'g': case 'h': case 'i':
                return $p?->typed;
        }
        ['a' => $q, 'b' => [$r]] = $p;
        return $q . $r . __LINE__;
    },
    fn () => (new Derived())->bound(),
    fn () => [fn () => $n, fn () => $shared, function () use ($string, $cyclic) {
        return isset($cyclic->list[0]) && $cyclic instanceof Dynamic ? clone $cyclic : (string) $string . date('Y') . str_contains($string, 'x');
    }],
];
return isset($values[(int) $argv[1]]) ? $values[(int) $argv[1]]() : null;
