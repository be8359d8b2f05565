<?php

// A value there and back: seconds. argv[1]: ours, parallel, or serialize, which does that twice; argv[2]: ints, string or arrays.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/side.php';

$value = match ($_SERVER['argv'][2]) {
    'ints' => range(1, 1_000_000),
    'string' => random_bytes(1_000_000) . str_repeat("\0 a long string ", 6_600_000),
    'arrays' => array_map(static fn(int $i): array => ['id' => $i, 'name' => "name $i", 'price' => $i / 4, 'sold' => $i % 2 === 0], range(1, 100_000)),
};
$same = static fn(mixed $value): mixed => $value;
$act = $_SERVER['argv'][1] === 'serialize'
    ? static fn(): mixed => unserialize(serialize(unserialize(serialize($value))))
    : side(
        static function () use ($value, $same): callable {
            $vm = \FfiZts::boot(['threads' => 1, 'ini' => ['memory_limit' => '-1']]);
            return static fn(): mixed => $vm->run($same, [$value])->await();
        },
        static function () use ($value, $same): callable {
            $runtime = new \parallel\Runtime();
            return static fn(): mixed => $runtime->run($same, [$value])->value();
        },
    );
if ($act() !== $value) {
    throw new \RuntimeException('another value came back');
}
report(['back' => best(4, $act)]);
