<?php

// A trivial closure on a warm worker: seconds for each, one at a time (`warm`) and many on their way at once (`pipelined`),
// with a processor for each of the two threads; and `anywhere`: one at a time wherever the scheduler puts the threads.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/side.php';

const WARM = 200;
const PIPELINED = 10_000;

$task = static fn(): int => 1;
[$warm, $pipelined] = side(
    static function () use ($task): array {
        $vm = \FfiZts::boot(['threads' => 1]);
        return [
            static function () use ($vm, $task): void {
                for ($i = 0; $i < WARM; $i++) {
                    $vm->run($task)->await();
                }
            },
            static function () use ($vm, $task): void {
                $futures = [];
                for ($i = 0; $i < PIPELINED; $i++) {
                    $futures[] = $vm->run($task);
                }
                foreach ($futures as $future) {
                    $future->await();
                }
            },
        ];
    },
    static function () use ($task): array {
        $runtime = new \parallel\Runtime();
        return [
            static function () use ($runtime, $task): void {
                for ($i = 0; $i < WARM; $i++) {
                    $runtime->run($task)->value();
                }
            },
            static function () use ($runtime, $task): void {
                $futures = [];
                for ($i = 0; $i < PIPELINED; $i++) {
                    $futures[] = $runtime->run($task);
                }
                foreach ($futures as $future) {
                    $future->value();
                }
            },
        ];
    },
);
$warm();
$anywhere = best(30, $warm) / WARM;
apart();
report(['anywhere' => $anywhere, 'warm' => best(60, $warm) / WARM, 'pipelined' => best(15, $pipelined) / PIPELINED]);
