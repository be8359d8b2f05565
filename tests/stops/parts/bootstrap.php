<?php

/**
 * What a worker's request runs first: the classes that the kinds use, and what looks at the request's end whether the stop left
 * anything behind.
 */

declare(strict_types=1);

class Counted
{
    public const NAME = 'counted';
    public static WeakMap $live;
    public static int $total = 0;
    public static array $kept = [];
    public mixed $held = null;
    public array $list = [];
    public int $number = 0;
    public string $text = '';

    public function __construct(mixed ...$held)
    {
        self::$live[$this] = true; // a count would be wrong: a stop may come before the destructor's first line
        $this->held = $held[0] ?? null;
    }

    public function __destruct()
    {
        $this->text = strrev(md5($this->text));
    }

    public function __clone()
    {
        self::$live[$this] = true;
    }

    public function __unserialize(array $data): void
    {
        self::$live[$this] = true;
        $this->held = $data;
    }

    public function __serialize(): array
    {
        return [$this->text, md5($this->text)];
    }

    public function __toString(): string
    {
        return strrev(md5((string) $this->number));
    }

    public function with(self $other): self
    {
        $this->held = $other;

        return $this;
    }

    public function me(): self
    {
        return $this;
    }

    public function name(string $name): string
    {
        return strrev($name) . md5($name);
    }

    public static function there(mixed ...$all): mixed
    {
        return Stops::take(...$all);
    }
}

final class Magic extends Counted implements ArrayAccess
{
    private array $data = [];

    public function __get(string $name): mixed
    {
        return [strrev($name), new Counted(md5($name))];
    }

    public function __set(string $name, mixed $value): void
    {
        $this->data[strrev($name)] = $value;
    }

    public function __isset(string $name): bool
    {
        return (bool) strlen(md5($name));
    }

    public function __call(string $name, array $arguments): mixed
    {
        return Stops::take(md5($name), ...$arguments);
    }

    public static function __callStatic(string $name, array $arguments): mixed
    {
        return Stops::take(md5($name), ...$arguments);
    }

    public function offsetExists(mixed $offset): bool
    {
        return isset($this->data[strrev($offset)]);
    }

    public function offsetGet(mixed $offset): mixed
    {
        return md5($offset);
    }

    public function offsetSet(mixed $offset, mixed $value): void
    {
        $this->data[strrev((string) $offset)] = [$value, md5((string) $offset)];
    }

    public function offsetUnset(mixed $offset): void
    {
        unset($this->data[strrev($offset)]);
    }
}

final class Stops
{
    private static int $before = 0;
    private static int $classes = 0;
    private static bool $unwound = false;
    private static ?array $kinds = null;

    /** A string that is a new one each time. */
    public static function big(int $n): string
    {
        return str_repeat(chr(65 + $n % 26), 150_000);
    }

    /** Not `$all[0]`: compiled by the function JIT of PHP 8.4 that keeps the arguments for good, stopped or not. */
    public static function take(mixed ...$all): mixed
    {
        return current($all);
    }

    public static function refer(mixed &$a, mixed $b, mixed &$c): void
    {
        $c = [$a, $b];
        $a = strrev(self::big(1));
    }

    public static function named(mixed $a = null, mixed $b = null, mixed $c = null, mixed ...$more): mixed
    {
        return $a ?? $c ?? $more;
    }

    public static function three(int $i): array
    {
        return [new Counted(), self::big($i), md5((string) $i)];
    }

    public static function nothing(): mixed
    {
        return null;
    }

    public static function lazily(int $i): Generator
    {
        foreach (self::three($i) as $value) {
            yield self::take($value);
        }
    }

    /** Ends with work that no interrupt is looked for in: what comes meanwhile is met by the loop that asked for more. */
    public static function slowly(int $i): Generator
    {
        $all = str_repeat((string) $i, 100);
        yield new Counted();
        $all .= $all . $all;
        $all .= $all . $all;
        $all .= $all . $all;
        $all .= $all . $all;
        $all .= $all . $all;
        $all .= $all . $all;
        $all .= $all . $all;
    }

    public static function perhaps(int $i): ?Counted
    {
        return $i % 3 ? new Counted(new Counted()) : null;
    }

    public static function fails(int $i): never
    {
        throw new RangeException(self::big($i), 0, new LogicException(md5((string) $i)));
    }

    /** Runs a kind that this side has compiled, or was sent, until it is stopped. */
    public static function run(string|Closure $kind, FfiZts\Channel $begun): void
    {
        if (is_string($kind)) {
            self::$kinds ??= require dirname(__DIR__) . '/kinds.php';
            $kind = self::$kinds[$kind];
        }
        $begun->send(true);
        self::$classes = count(get_declared_classes());
        self::$before = memory_get_usage();
        try {
            $kind();
        } finally {
            self::$unwound = true;
        }
    }

    /** The same, and goes on. */
    public static function caught(string $kind, FfiZts\Channel $begun): never
    {
        while (true) {
            try {
                self::run($kind, $begun);
            } catch (FfiZts\CancelledException) {
            }
        }
    }

    /** What the stop has left, if it came as an exception: objects, bytes, and how many classes were declared meanwhile. */
    public static function report(FfiZts\Channel $left): void
    {
        Counted::$kept = [];
        gc_collect_cycles();
        if (self::$unwound) {
            $bytes = memory_get_usage() - self::$before;
            $left->send([count(Counted::$live), $bytes, count(get_declared_classes()) - self::$classes]);
        }
    }

    /** What a healthy request answers. */
    public static function check(int $n): array
    {
        $list = array_map(static fn (int $i): string => md5((string) $i), range(1, 200));
        usort($list, static fn (string $a, string $b): int => strcmp($a, $b));
        $text = preg_replace_callback('/[0-9]+/', static fn (array $found): string => "<$found[0]>", implode(',', $list));
        $copy = unserialize(serialize([$list, new ArrayObject($list)]));

        return [$n, md5($text), count($copy[1]), strlen(self::big($n)), error_reporting()];
    }
}

enum Suit: int
{
    case One = 1;
    case Two = 2;
    public const NAME = self::One;

    public function name(string $with): string
    {
        return strrev($with) . $this->name;
    }
}

final class Fixed
{
    public function __construct(public readonly mixed $one, private readonly mixed $two = new Counted())
    {
        strrev(Stops::big(1));
    }
}

final class Walk implements Iterator, Countable, JsonSerializable
{
    private int $at = 0;

    public function __construct(private int $i)
    {
    }

    public function current(): mixed
    {
        return Stops::take([Stops::big($this->at), new Counted()]);
    }

    public function key(): mixed
    {
        return Stops::take($this->at);
    }

    public function next(): void
    {
        $this->at += strlen(md5(Stops::big(1))) / 32;
    }

    public function rewind(): void
    {
        $this->at = strlen(Stops::big(1)) * 0;
    }

    public function valid(): bool
    {
        return Stops::take($this->at < 3);
    }

    public function count(): int
    {
        return strlen(Stops::big(1));
    }

    public function jsonSerialize(): mixed
    {
        return [Stops::big(1), new Counted()];
    }

    public function __invoke(string $with): mixed
    {
        return strrev($with);
    }
}

final class Walks implements IteratorAggregate
{
    public function __construct(private int $i)
    {
    }

    public function getIterator(): Traversable
    {
        foreach (Stops::three($this->i) as $value) {
            yield Stops::take($value);
        }
    }
}

final class Chain extends Counted
{
    public function __construct(public ?Chain $next, public string $own)
    {
        parent::__construct();
    }

    public function __destruct()
    {
        $this->own = strrev(Stops::big(1));
        $this->next = null;
        parent::__destruct();
    }
}

final class Busy
{
    public mixed $context;
    private int $at = 0;

    public function stream_open(string $path, string $mode): bool
    {
        return (bool) strlen(Stops::big(1));
    }

    public function stream_read(int $count): string
    {
        return $this->at++ > 2 ? '' : substr(Stops::take(Stops::big($this->at)), 0, 100) . "\n";
    }

    public function stream_write(string $data): int
    {
        return strlen(strrev(Stops::take($data)));
    }

    public function stream_eof(): bool
    {
        return Stops::take($this->at > 2);
    }

    public function stream_stat(): array
    {
        return Stops::take([]);
    }

    public function stream_flush(): bool
    {
        Stops::take(new Counted(), Stops::big(1), Stops::big(2));

        return true;
    }

    public function stream_close(): void
    {
        for ($i = 0; $i < 10; $i++) {
            Stops::take(new Counted(), strrev(Stops::big(1)));
        }
    }
}

final class BusyFilter extends php_user_filter
{
    public function filter($in, $out, &$consumed, bool $closing): int
    {
        while ($bucket = stream_bucket_make_writeable($in)) {
            $bucket->data = strrev(Stops::take($bucket->data));
            $consumed += $bucket->datalen;
            stream_bucket_append($out, $bucket);
        }

        return PSFS_PASS_ON;
    }

    public function onClose(): void
    {
        Stops::take(new Counted(), Stops::big(1));
    }
}

Counted::$live = new WeakMap();
register_shutdown_function(static function (): void {
    Stops::report(FfiZts\Channel::open('stops'));
});
