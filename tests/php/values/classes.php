<?php

declare(strict_types=1);

/* Known on both sides: included by the host's script, and the workers' bootstrap file. */

enum Suit: string
{
    case Hearts = 'h';
    case Spades = 's';
}

#[AllowDynamicProperties]
final class Card
{
    public static int $made = 0;
    public ?Card $next = null;

    public function __construct(public readonly Suit $suit, private int $rank)
    {
        ++self::$made;
    }

    public function rank(): int
    {
        return $this->rank;
    }

    /** A closure with `$this`. */
    public function reader(): Closure
    {
        return fn (int $more): int => $this->rank + $more;
    }

    public static function double(int $rank): int
    {
        return 2 * $rank;
    }
}

final class Secret
{
    public function __construct(public string $open, public string $hidden)
    {
    }

    public function __serialize(): array
    {
        return [$this->open];
    }

    public function __unserialize(array $data): void
    {
        [$this->open, $this->hidden] = [$data[0], 'made anew'];
    }
}

final class Descending extends SplMinHeap
{
    protected function compare($one, $other): int
    {
        return $one <=> $other;
    }
}

final class Spoilt extends RuntimeException
{
    public mixed $source = null;
}
