<?php

/*
 * Closures on other cores: one, several, many, and one that fails.
 *
 *     php -d extension=ffi_zts.so examples/tasks.php
 */

declare(strict_types=1);

$vm = FfiZts::boot();

// A closure runs on a thread of its own; what it captures goes along, what it returns comes back.
$greeting = 'Hello';
$future = $vm->run(fn (string $name): string => "$greeting, $name, from a thread", ['Ada']);
echo $future->await(), "\n";

// Two at once.
[$errors, $sums] = FfiZts\Future::awaitAll([
    'even' => $vm->run(fn (): int => array_sum(range(0, 1000, 2))),
    'odd' => $vm->run(fn (): int => array_sum(range(1, 1000, 2))),
]);
echo json_encode($sums), ' and ', count($errors), " errors\n";

// The same function over many items, on two workers; keys and their order are kept.
$lengths = $vm->pool(2)->map(['a' => 'one', 'b' => 'three'], strlen(...));
echo json_encode($lengths), "\n";

// What a task throws is thrown where its result is asked for.
try {
    $vm->run(function (int $amount): never {
        throw new DomainException("$amount is too much");
    }, [100])->await();
} catch (DomainException $exception) {
    echo $exception->getMessage(), "\n";
}
