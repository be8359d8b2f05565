<?php

/*
 * An event loop that goes on ticking while scripts run: stream_select() over the futures' streams.
 *
 *     php -d extension=ffi_zts.so examples/event-loop.php
 *
 * To show that the loop is not held up, each script waits for something that the loop does at one of its ticks.
 * Revolt and React take the same streams: EventLoop::onReadable($future->getStream(), …).
 */

declare(strict_types=1);

const TICK = 10_000; // microseconds

$name = sys_get_temp_dir() . '/ffi_zts-loop-' . bin2hex(random_bytes(6));
$vm = FfiZts::boot(['threads' => 2]);

$futures = $streams = [];
foreach (['first' => 3, 'second' => 6] as $script => $tick) {
    $futures[$script] = $vm->startScript(__DIR__ . '/workers/wait-for.php', ["$name-$tick"]);
    $streams[$script] = $futures[$script]->getStream();
}

$ticks = 0;
$next = hrtime(true);
while ($streams !== []) {
    $wait = max(0, intdiv($next - hrtime(true), 1000));
    $ready = $streams;
    $none = null;
    if (stream_select($ready, $none, $none, 0, $wait) > 0) {
        foreach (array_keys($ready) as $script) {
            echo "the $script script got '{$futures[$script]->await()->value}'\n";
            unset($streams[$script]);
        }
    }
    if (hrtime(true) >= $next) {
        $next += TICK * 1000;
        $ticks++;
        if ($ticks === 3 || $ticks === 6) {
            echo "tick $ticks: the loop has something for a script\n";
            file_put_contents("$name.part", "said at tick $ticks");
            rename("$name.part", "$name-$ticks");
        }
    }
}
