<?php

declare(strict_types=1);

require __DIR__ . '/../part.inc';

/** sysvsem: a semaphore that workers of one process hold by turns. */
const ROUNDS_OF_ONE = 300;

function key_of(string $directory): int
{
    touch("$directory/sysvsem.key");
    return ftok("$directory/sysvsem.key", 's');
}

return part(
    prepare: function (int $count, string $directory): void {
        file_put_contents("$directory/sysvsem.count", '0');
    },
    work: function (int $number, int $count, string $directory): void {
        $semaphore = sem_get(key_of($directory));
        for ($i = 0; $i < ROUNDS_OF_ONE; $i++) {
            same(true, sem_acquire($semaphore), 'acquired');
            file_put_contents("$directory/sysvsem.count", (string) (1 + (int) file_get_contents("$directory/sysvsem.count")));
            same(true, sem_release($semaphore), 'released');
        }
    },
    verify: function (int $count, string $directory): void {
        same($count * ROUNDS_OF_ONE, (int) file_get_contents("$directory/sysvsem.count"), 'rounds');
        sem_remove(sem_get(key_of($directory)));
    },
);
