<?php

/*
 * php revolt.php AUTOLOAD: FfiZts\EventLoop\Revolt in the loop that AUTOLOAD brings; prints a line for each thing that holds.
 */

declare(strict_types=1);

use FfiZts\Channel;
use FfiZts\EventLoop\Revolt;
use Revolt\EventLoop;

require $argv[1];
require __DIR__ . '/../../../php/autoload.php';

$vm = FfiZts::boot(['threads' => 3]);

// Two fibers wait, a timer runs meanwhile: the jobs end only when the loop has let all of them go on.
$gate = new Channel(2);
$wait = static fn (Channel $gate, string $name): string => $gate->recv() . " for $name";
foreach (['a', 'b'] as $name) {
    EventLoop::queue(static function () use ($vm, $wait, $gate, $name): void {
        echo Revolt::await($vm->run($wait, [$gate, $name])), "\n";
        Revolt::send($gate, 'next');
    });
}
EventLoop::delay(0.05, static function () use ($gate): void {
    echo "the loop ticks\n";
    $gate->send('opened');
});
EventLoop::run();
echo 'left in the channel: ', $gate->recv(0.0), "\n";

// From {main}, and what a job throws.
echo 'main: ', Revolt::await($vm->run(static fn (): int => 6 * 7)), "\n";
try {
    Revolt::await($vm->run(static fn () => throw new DomainException('the job threw')));
} catch (DomainException $exception) {
    echo $exception->getMessage(), "\n";
}

// Output that is more than a job's buffer holds.
$bytes = 0;
ob_start(static function (string $chunk) use (&$bytes): string {
    $bytes += strlen($chunk);
    return '';
}, 4096);
Revolt::await($vm->run(static function (): void {
    for ($i = 0; $i < 3072; $i++) {
        echo str_repeat('x', 1024);
    }
}));
ob_end_flush();
echo "output: $bytes\n";

// A cancellation stops the wait and not the job; waiting takes no processor time.
$forever = $vm->run(static function (): void {
    while (true) {
        usleep(100_000);
    }
});
$before = getrusage();
try {
    Revolt::await($forever, new Amp\TimeoutCancellation(0.5));
} catch (Amp\CancelledException) {
    $after = getrusage();
    $microseconds = 0;
    foreach (['utime', 'stime'] as $kind) {
        $microseconds += ($after["ru_$kind.tv_sec"] - $before["ru_$kind.tv_sec"]) * 1_000_000 + $after["ru_$kind.tv_usec"] - $before["ru_$kind.tv_usec"];
    }
    echo 'cancelled, the job ', $forever->isDone() ? 'has ended' : 'goes on', ', ', $microseconds < 100_000 ? 'idle' : "busy for $microseconds us", "\n";
}
echo 'stopped: ', var_export($forever->cancel(), true), "\n";

// Both ends of channels, in the loop and in jobs; capacity 0 meets a job that waits.
foreach ([0, 1, 3, Channel::UNBOUNDED] as $capacity) {
    [$in, $out] = [new Channel($capacity), new Channel($capacity)];
    $double = $vm->run(static function (Channel $in, Channel $out): void {
        foreach ($in as $value) {
            $out->send(2 * $value);
        }
        $out->close();
    }, [$in, $out]);
    EventLoop::queue(static function () use ($in): void {
        for ($i = 1; $i <= 200; $i++) {
            Revolt::send($in, $i);
        }
        $in->close();
    });
    $sum = $count = 0;
    EventLoop::queue(static function () use ($out, &$sum, &$count): void {
        try {
            while (true) {
                $sum += Revolt::receive($out);
                $count++;
            }
        } catch (FfiZts\ClosedException) {
            return;
        }
    });
    EventLoop::run();
    Revolt::await($double);
    echo "capacity $capacity: $count values, $sum\n";
}

// A wait for a channel that is given up takes no value.
$channel = new Channel(1);
try {
    Revolt::receive($channel, new Amp\TimeoutCancellation(0.02));
} catch (Amp\CancelledException) {
    Revolt::send($channel, 'kept');
    echo Revolt::receive($channel), "\n";
}
$channel->send('full');
try {
    Revolt::send($channel, 'not sent', new Amp\TimeoutCancellation(0.02));
} catch (Amp\CancelledException) {
    echo count($channel), ' ', $channel->recv(), "\n";
}

// amphp's own combinators, where it is amphp.
if (function_exists('Amp\Future\await')) {
    $futures = array_map(static fn (int $n): Amp\Future => Revolt::future($vm->run(static fn (int $n): int => $n * $n, [$n])), [2, 3, 4]);
    echo 'Amp\Future\await: ', implode(' ', Amp\Future\await($futures)), "\n";
}

// Ten thousand futures in a loop over stream_select(), which ends at 1,024 descriptors.
$gate = new Channel(Channel::UNBOUNDED);
$links = static fn (): array => array_map(static fn (string $file): string => (string) @readlink($file), glob('/proc/self/fd/*'));
$descriptors = static fn (): int => count(preg_grep('/eventfd/', $links())); // of a worker that starts others are open
$before = $descriptors();
for ($i = 0; $i < 3; $i++) {
    $vm->run(static fn (Channel $gate) => $gate->recv(), [$gate]); // of the three workers each waits
}
$sum = 0;
for ($i = 1; $i <= 10_000; $i++) {
    $future = $vm->run(static fn (int $i): int => $i, [$i]);
    EventLoop::queue(static function () use ($future, &$sum): void {
        $sum += Revolt::await($future);
    });
}
EventLoop::delay(0.1, static function () use ($gate, $descriptors, $before): void {
    $more = $descriptors() - $before;
    echo '10000 pending: ', $more <= 1 ? 'one' : $more, " descriptor\n";
    for ($i = 0; $i < 3; $i++) {
        $gate->send(null);
    }
});
EventLoop::run();
echo "sum: $sum\n";
