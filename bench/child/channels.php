<?php

// A value through a channel: seconds for each, with a buffer in one thread, and from the host to a waiting worker without one.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/side.php';

const BUFFERED = 10_000;
const MET = 300;

[$buffer, $meeting, $receiver] = side(
    static function (): array {
        $meeting = new \FfiZts\Channel();
        $receiver = \FfiZts::boot(['threads' => 1])->run(static function (\FfiZts\Channel $meeting): int {
            for ($sum = 0; ($value = $meeting->recv()) !== null; $sum += $value) {
            }
            return $sum;
        }, [$meeting]);
        return [new \FfiZts\Channel(1), $meeting, $receiver->await(...)];
    },
    static function (): array {
        $meeting = new \parallel\Channel();
        $receiver = (new \parallel\Runtime())->run(static function (\parallel\Channel $meeting): int {
            for ($sum = 0; ($value = $meeting->recv()) !== null; $sum += $value) {
            }
            return $sum;
        }, [$meeting]);
        return [new \parallel\Channel(1), $meeting, $receiver->value(...)];
    },
);
$buffered = best(60, static function () use ($buffer): void {
    for ($i = 0; $i < BUFFERED; $i++) {
        $buffer->send($i);
        $buffer->recv();
    }
});
apart();
$met = best(60, static function () use ($meeting): void {
    for ($i = 0; $i < MET; $i++) {
        $meeting->send(1);
    }
});
$meeting->send(null);
if ($receiver() !== 60 * MET) {
    throw new \RuntimeException('the worker got something else');
}
report(['buffered' => $buffered / BUFFERED, 'met' => $met / MET]);
