<?php

/*
 * php react.php AUTOLOAD: FfiZts\EventLoop\React in the loop that AUTOLOAD brings; prints a line for each thing that holds.
 */

declare(strict_types=1);

use FfiZts\Channel;
use FfiZts\EventLoop\React;
use React\EventLoop\Loop;

require $argv[1];
require __DIR__ . '/../../../php/autoload.php';

$vm = FfiZts::boot(['threads' => 3]);
$loop = Loop::get();
$say = static fn (string $prefix): Closure => static function (mixed $value) use ($prefix): void {
    echo $prefix, $value instanceof Throwable ? $value::class . ': ' . $value->getMessage() : $value, "\n";
};

// Two jobs that end only when the loop has let a timer run.
$gate = new Channel(2);
$wait = static fn (Channel $gate, string $name): string => $gate->recv() . " for $name";
React::promise($vm->run($wait, [$gate, 'a']))->then(static function (string $value) use ($gate): void {
    echo $value, "\n";
    $gate->send('next');
});
$loop->addTimer(0.05, static function () use ($gate, $vm, $wait, $say): void {
    echo "the loop ticks\n";
    $gate->send('opened');
    React::promise($vm->run($wait, [$gate, 'b']))->then($say(''));
});
$loop->run();

// What a job throws; another loop than the global one would be the second argument.
React::promise($vm->run(static fn () => throw new DomainException('the job threw')), $loop)->then(null, $say(''));
$loop->run();

// Output that is more than a job's buffer holds.
$bytes = 0;
ob_start(static function (string $chunk) use (&$bytes): string {
    $bytes += strlen($chunk);
    return '';
}, 4096);
React::promise($vm->run(static function (): void {
    for ($i = 0; $i < 3072; $i++) {
        echo str_repeat('x', 1024);
    }
}));
$loop->run();
ob_end_flush();
echo "output: $bytes\n";

// Waiting takes no processor time; cancel() stops the job.
$forever = $vm->run(static function (): void {
    while (true) {
        usleep(100_000);
    }
});
$promise = React::promise($forever);
$promise->then(null, $say(''));
$before = getrusage();
$loop->addTimer(0.5, static function () use ($promise, $before): void {
    $after = getrusage();
    $microseconds = 0;
    foreach (['utime', 'stime'] as $kind) {
        $microseconds += ($after["ru_$kind.tv_sec"] - $before["ru_$kind.tv_sec"]) * 1_000_000 + $after["ru_$kind.tv_usec"] - $before["ru_$kind.tv_usec"];
    }
    echo $microseconds < 100_000 ? 'idle' : "busy for $microseconds us", "\n";
    $promise->cancel();
});
$loop->run();
echo 'done: ', var_export($forever->isDone(), true), "\n";

// Both ends of channels, in the loop and in jobs; capacity 0 meets a job that waits.
foreach ([0, 1, 3, Channel::UNBOUNDED] as $capacity) {
    [$in, $out] = [new Channel($capacity), new Channel($capacity)];
    React::promise($vm->run(static function (Channel $in, Channel $out): void {
        foreach ($in as $value) {
            $out->send(2 * $value);
        }
        $out->close();
    }, [$in, $out]));
    $feed = static function (int $i) use (&$feed, $in): void {
        if ($i > 200) {
            $in->close();
        } else {
            React::send($in, $i)->then(static fn () => $feed($i + 1));
        }
    };
    $sum = $count = 0;
    $drain = static function () use (&$drain, $out, &$sum, &$count): void {
        React::receive($out)->then(static function (int $value) use (&$drain, &$sum, &$count): void {
            $sum += $value;
            $count++;
            $drain();
        }, static fn (FfiZts\ClosedException $closed) => null);
    };
    $feed(1);
    $drain();
    $loop->run();
    echo "capacity $capacity: $count values, $sum\n";
}

// A wait for a channel that is given up takes no value.
$channel = new Channel(1);
$promise = React::receive($channel);
$promise->then(null, $say(''));
$promise->cancel();
React::send($channel, 'kept');
React::receive($channel)->then($say(''));
$channel->send('full');
$promise = React::send($channel, 'not sent');
$promise->then(null, $say(''));
$promise->cancel();
echo count($channel), ' ', $channel->recv(), "\n";
$loop->run();

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
    React::promise($vm->run(static fn (int $i): int => $i, [$i]))->then(static function (int $i) use (&$sum): void {
        $sum += $i;
    });
}
$loop->addTimer(0.1, static function () use ($gate, $descriptors, $before): void {
    $more = $descriptors() - $before;
    echo '10000 pending: ', $more <= 1 ? 'one' : $more, " descriptor\n";
    for ($i = 0; $i < 3; $i++) {
        $gate->send(null);
    }
});
$loop->run();
echo "sum: $sum\n";
